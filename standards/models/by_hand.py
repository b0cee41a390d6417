from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.scope import AreaScopedQuerySet
from households.models import Household
from villages.models import Village


class Judgement(models.Model):
    """What a person judged where the fact is not kept: one item of a standard, subject and year.

    `standard` and `item` are codes, so that a judgement holds for every edition of the standard;
    `met` empty: taken back, `note` says why.
    """

    year = models.SmallIntegerField()
    standard = models.SlugField(max_length=60)
    item = models.SlugField(max_length=40)
    met = models.BooleanField("人工判定", null=True, blank=True)
    note = models.CharField("判定依据", max_length=500)
    judged_on = models.DateField("判定日期")
    judged_by = models.BigIntegerField(null=True, editable=False)
    judged_by_name = models.CharField("判定人", max_length=50, editable=False)
    version = models.IntegerField(default=1, editable=False)

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self.standard} {self.item} {self.year}"


class HouseholdJudgement(Judgement):
    AREA_CODE = "household__village__area__code"
    HOUSEHOLD_KEY = "household_id"

    household = models.ForeignKey(Household, models.PROTECT, related_name="judgements")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household", "year", "standard", "item"],
                name="standards_householdjudgement_once",
                violation_error_message=_("This item of the household is judged already."),
            ),
            models.CheckConstraint(
                condition=~Q(note=""),
                name="standards_householdjudgement_note",
                violation_error_message=_("Say what the judgement rests on."),
            ),
        ]


class VillageJudgement(Judgement):
    AREA_CODE = "village__area__code"

    village = models.ForeignKey(Village, models.PROTECT, related_name="judgements")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["village", "year", "standard", "item"],
                name="standards_villagejudgement_once",
                violation_error_message=_("This item of the village is judged already."),
            ),
            models.CheckConstraint(
                condition=~Q(note=""),
                name="standards_villagejudgement_note",
                violation_error_message=_("Say what the judgement rests on."),
            ),
        ]
