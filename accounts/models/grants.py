from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from areas.models import DIGITS, Level


class GrantQuerySet(models.QuerySet["Grant"]):
    def on(self, day: date) -> Self:
        """Grants that hold on `day`, first and last day included, and were not taken back."""
        return self.filter(taken_back_at=None, from_day__lte=day).filter(Q(to_day=None) | Q(to_day__gte=day))

    def area_prefixes(self) -> list[str]:
        """Prefixes of the granted areas that still exist.

        The whole country is given as its first digits, since no code begins with nothing.
        """
        granted = self.filter(kind=Grant.Kind.AREA, area__valid_to=None)
        prefixes: list[str] = []
        for code, level in granted.values_list("area__code", "area__level"):
            prefix = code[: DIGITS[Level(level)]]
            prefixes += [prefix] if prefix else list("123456789")
        return prefixes

    def household_ids(self) -> tuple[int, ...]:
        granted = self.filter(kind=Grant.Kind.HOUSEHOLDS)
        rows = GrantedHousehold.objects.filter(grant__in=granted).order_by("household_id")
        return tuple(rows.values_list("household_id", flat=True).distinct())

    def organisation_ids(self) -> tuple[int, ...]:
        granted = self.filter(kind=Grant.Kind.ORGANISATION)
        return tuple(granted.order_by("organisation_id").values_list("organisation_id", flat=True).distinct())


class Grant(models.Model):
    """Where a person may look: an area with all below it, an organisation, or single households."""

    class Kind(models.TextChoices):
        AREA = "area", _("area")
        ORGANISATION = "organisation", _("organisation")
        HOUSEHOLDS = "households", _("households")

    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="grants")
    kind = models.CharField(max_length=12, choices=Kind)
    area = models.ForeignKey("areas.Area", models.PROTECT, null=True, blank=True, related_name="grants")
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="grants"
    )
    from_day = models.DateField(_("from"))
    to_day = models.DateField(_("until"), null=True, blank=True)
    given_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    given_at = models.DateTimeField(default=timezone.now)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        ordering = ["user", "from_day", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(kind="area", area__isnull=False, organisation=None)
                    | Q(kind="organisation", area=None, organisation__isnull=False)
                    | Q(kind="households", area=None, organisation=None)
                ),
                name="accounts_grant_one_target",
                violation_error_message=_("A grant names one area, one organisation, or households."),
            ),
            models.CheckConstraint(
                condition=Q(to_day=None) | Q(to_day__gte=F("from_day")),
                name="accounts_grant_days",
                violation_error_message=_("The last day lies before the first."),
            ),
        ]

    def __str__(self):
        return f"{self.user_id} {self.kind} {self.area_id or self.organisation_id or ''}".strip()


class GrantedHousehold(models.Model):
    """One household of a grant. Households stand on a higher floor, so their key is a plain number."""

    grant = models.ForeignKey(Grant, models.PROTECT, related_name="households")
    household_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["grant", "household_id"],
                name="accounts_granted_household_once",
                violation_error_message=_("The grant names this household already."),
            )
        ]
        indexes = [models.Index(fields=["household_id"], name="accounts_granted_household")]

    def __str__(self):
        return str(self.household_id)
