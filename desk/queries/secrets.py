"""Which masked values belong to a household, and whose they are."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from core.masks import mask
from core.models import Secret
from households.models import Household, Person

OF_HOUSEHOLD = {"phone": "phone", "bank_account": "account"}
OF_PERSON = {"id_number": "id_number", "disability_card": "certificate"}


@dataclass(frozen=True)
class Masked:
    """One masked value on the page of a household."""

    household: Household
    secret: Secret
    kind: str
    owner: str
    person: int | None = None

    @property
    def label(self) -> str:
        return {
            "id_number": _("ID number"),
            "certificate": _("Disability card"),
            "phone": _("Phone"),
            "account": _("Bank account"),
        }[self.kind]

    @property
    def text(self) -> str:
        """The masked form."""
        return mask(self.kind, self.secret)

    @property
    def subject(self) -> str:
        """Which value of whom, for the record: keys only."""
        person = f" person {self.person}" if self.person else ""
        return f"household {self.household.number}{person} {self.kind}"


def masked_of(user: Any, household: Household, pk: int) -> Masked | None:
    """The masked value `pk` when it is the household's own or that of one of its people."""
    for field, kind in OF_HOUSEHOLD.items():
        if getattr(household, f"{field}_id") == pk:
            return Masked(household, getattr(household, field), kind, household.head_name)
    people = Person.objects.visible_to(user).filter(memberships__household=household)
    person = people.filter(Q(id_number=pk) | Q(disability_card=pk)).first()
    if person is None:
        return None
    for field, kind in OF_PERSON.items():
        if getattr(person, f"{field}_id") == pk:
            return Masked(household, getattr(person, field), kind, person.name, person.pk)
    return None
