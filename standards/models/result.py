from django.contrib.postgres.fields import ArrayField
from django.db import models

from core.fields import FenField
from core.scope import AreaScopedQuerySet
from households.models import Household
from standards.models.assessment import Assessment
from standards.models.version import StandardVersion
from standards.outcomes import Outcome
from villages.models import Village


class Result(models.Model):
    """What judging stored of one subject and year: enough to explain it without recomputing.

    `outcomes` follows the gating indicators of the version, `criteria` all its criteria, and
    `values` the named parts of their measures, one after the other.
    """

    county = models.IntegerField()
    year = models.SmallIntegerField()
    assessment = models.ForeignKey(
        Assessment, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    version = models.ForeignKey(
        StandardVersion, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    since = models.DateTimeField()
    verdict = models.SmallIntegerField(choices=Outcome)
    doubts = models.SmallIntegerField(default=0)
    outcomes = ArrayField(models.SmallIntegerField())
    criteria = ArrayField(models.SmallIntegerField())
    values = ArrayField(models.BigIntegerField(null=True))

    class Meta:
        abstract = True

    def __str__(self):
        return f"{self.pk} {Outcome(self.verdict).code}"


class HouseholdFigures(Result):
    """A household's result; `net_income` is the year's, in yuan, to be divided by `persons`."""

    AREA_CODE = "household__village__area__code"
    HOUSEHOLD_KEY = "household_id"
    COUNTY = "county"

    household = models.ForeignKey(
        Household, models.DO_NOTHING, related_name="%(class)ss", db_constraint=False, db_index=False
    )
    net_income = FenField(null=True)
    persons = models.IntegerField(null=True)

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        abstract = True


class HouseholdResult(HouseholdFigures):
    """The standing result, one row a household and year."""

    pk = models.CompositePrimaryKey("county", "household_id", "year")


class HouseholdResultHistory(HouseholdFigures):
    """A result that was overwritten, with the moment until which it stood."""

    pk = models.CompositePrimaryKey("county", "household_id", "year", "since")
    until = models.DateTimeField()


class HouseholdTrialResult(HouseholdFigures):
    """A result of a trial with another version; it stands beside the real one."""

    pk = models.CompositePrimaryKey("assessment_id", "household_id")


class VillageFigures(Result):
    """A village's result; the parts of poverty incidence are people of the register."""

    AREA_CODE = "village__area__code"

    village = models.ForeignKey(
        Village, models.DO_NOTHING, related_name="%(class)ss", db_constraint=False, db_index=False
    )
    poor_persons = models.IntegerField(null=True)
    staying_persons = models.IntegerField(null=True)
    population = models.IntegerField(null=True)

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        abstract = True


class VillageResult(VillageFigures):
    """The standing result, one row a village and year."""

    pk = models.CompositePrimaryKey("county", "village_id", "year")


class VillageResultHistory(VillageFigures):
    """A result that was overwritten, with the moment until which it stood."""

    pk = models.CompositePrimaryKey("county", "village_id", "year", "since")
    until = models.DateTimeField()


class VillageTrialResult(VillageFigures):
    """A result of a trial with another version; it stands beside the real one."""

    pk = models.CompositePrimaryKey("assessment_id", "village_id")
