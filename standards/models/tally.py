from django.db import models

from core.scope import AreaScopedQuerySet
from villages.models import Village


class VillageTally(models.Model):
    """Households of a village counted by one thing and their verdict: what the counting pages add up.

    Derived: written by `standards.tallies` alone, whenever a `TouchedTally` says that facts or
    results of the village changed.
    """

    AREA_CODE = "village__area__code"
    COUNTY = "county"

    class Kind(models.TextChoices):
        """What `key` holds."""

        DOUBT = "doubt"  # 1 when a doubt is open, else 0
        OUTCOMES = "outcomes"  # the outcomes of the indicators, "1,0,1,2"; empty when not judged
        ROUTE = "route"
        CAUSE = "cause"
        BAND = "band"

    county = models.IntegerField()
    year = models.SmallIntegerField()
    village = models.ForeignKey(
        Village, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    planned = models.BooleanField()
    kind = models.CharField(max_length=10, choices=Kind)
    key = models.CharField(max_length=60, blank=True, db_collation="C")
    verdict = models.SmallIntegerField()
    households = models.IntegerField()
    members = models.IntegerField()

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["village", "year"], name="standards_tally_village")]

    def __str__(self):
        return f"{self.village_id} {self.year} {self.kind} {self.key}"


class TouchedTally(models.Model):
    """A village whose tallies are no longer true; without village the whole county, without year every year.

    Written by triggers in the transaction that changes a fact or a result.
    """

    county = models.IntegerField()
    year = models.SmallIntegerField(null=True)
    village_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["county"], name="standards_touched_county")]

    def __str__(self):
        return f"{self.county} {self.year} {self.village_id}"
