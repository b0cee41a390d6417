from decimal import Decimal
from typing import Any

from django import template
from django.contrib.postgres.fields import ArrayField
from django.utils.translation import gettext as _

from core.fields import FenField
from core.masks import is_year_only
from core.numbers import UNKNOWN, yuan
from households.models import HouseholdYear, Membership, Person, PersonYear
from standards.comparison import Cause
from standards.measures import measure_of
from standards.models import Criterion, HouseholdJudgement, VillageJudgement
from villages.models import VillageYear

register = template.Library()
FACTS = (HouseholdYear, PersonYear, Person, Membership, VillageYear, HouseholdJudgement, VillageJudgement)
MODELS = {model._meta.db_table: model for model in FACTS}


@register.filter
def item(mapping: Any, key: Any) -> Any:
    """The value of a key that a template cannot write out."""
    return mapping.get(key) if mapping else None


@register.filter
def measure_name(criterion: Criterion, subject: str) -> str:
    """What a criterion looks at, in words."""
    return measure_of(subject, criterion.measure).name


@register.filter
def as_fact(value: Any, cause: Cause) -> str:
    """A stored value of the history as a page shows it: yuan, labels, yes and no."""
    if value is None or value == "":
        return UNKNOWN
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    model = MODELS.get(cause.table)
    field = (
        next((f for f in model._meta.concrete_fields if f.column == cause.column), None) if model else None
    )
    if field is not None and is_year_only(field.name):
        return str(value)[:4]
    if isinstance(field, FenField):
        return yuan(Decimal(int(value)) / 100)
    if isinstance(field, ArrayField):
        labels = dict(field.base_field.flatchoices)
        return "、".join(str(labels.get(one, one)) for one in value) or UNKNOWN
    choices = dict(field.flatchoices) if field is not None and field.choices else {}
    return str(choices.get(value, value))
