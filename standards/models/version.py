from datetime import date
from decimal import Decimal
from typing import Any, Self

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Length
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Subject(models.TextChoices):
    """What a standard judges."""

    HOUSEHOLD = "household", _("Household")
    VILLAGE = "village", _("Village")


class StandardVersionQuerySet(models.QuerySet["StandardVersion"]):
    def published(self) -> Self:
        return self.exclude(published_at=None)

    def in_force(self, subject: str, code: str, year: int) -> "StandardVersion | None":
        """The published version for the area `code` on 31 December of `year`.

        The longest matching area prefix wins, then the latest start, then the latest number
        (`decisions.md` 18); so a version is superseded by computation, never by a flag.
        """
        return (
            self.published()
            .filter(subject=subject, starts_on__lte=date(year, 12, 31))
            .alias(area_code=Value(code))
            .filter(area_code__startswith=F("area_prefix"))
            .order_by(Length("area_prefix").desc(), "-starts_on", "-number")
            .first()
        )


def in_language(chinese: str, english: str) -> str:
    """The text in the page's language; English where there is a translation."""
    return english if english and (get_language() or "").startswith("en") else chinese


# By key and digest of the text: what is published never changes.
_published_indicators: dict[tuple[int, str], list["Indicator"]] = {}


class StandardVersion(models.Model):
    """One edition of an exit standard for households or villages of an area.

    Published editions never change; a trigger holds that. `lines` is the income line per year in
    yuan a person: the one in force is the last that started by the year asked.
    """

    subject = models.CharField(max_length=10, choices=Subject)
    code = models.SlugField(max_length=60)
    number = models.IntegerField(default=1)
    area_prefix = models.CharField(max_length=12, blank=True, default="", db_collation="C")
    title = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True, default="")
    starts_on = models.DateField()
    document = models.CharField(max_length=300)
    source = models.TextField(blank=True, default="")
    note = models.TextField(blank=True, default="")
    lines = models.JSONField(default=dict)
    text = models.TextField(blank=True, default="")
    digest = models.CharField(max_length=64, blank=True, default="")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.BigIntegerField(null=True, blank=True)

    objects = StandardVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code", "number"],
                name="standards_version_number_once",
                violation_error_message=_("This standard already has a version with this number."),
            ),
        ]
        ordering = ["subject", "code", "-number"]

    def __str__(self):
        return f"{self.title} · {self.number}"

    @property
    def name(self) -> str:
        return in_language(self.title, self.title_en)

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    def line(self, year: int) -> Decimal | None:
        """Yuan a person a year for `year`; None when no line started by then."""
        started = [int(key) for key in self.lines if int(key) <= year]
        return Decimal(str(self.lines[str(max(started))])) if started else None

    def indicator_list(self) -> list["Indicator"]:
        """The indicators with their criteria in order; those of a published text are read once a process."""
        if not hasattr(self, "_indicator_list"):
            key = (self.pk, self.digest)
            kept = _published_indicators.get(key) if self.is_published and self.digest else None
            self._indicator_list = kept or list(self.indicators.prefetch_related("criteria"))
            if self.is_published and self.digest:
                _published_indicators[key] = self._indicator_list
        return self._indicator_list

    def criterion_list(self) -> list["Criterion"]:
        """All criteria in the order in which results keep their outcomes."""
        return [criterion for indicator in self.indicator_list() for criterion in indicator.criterion_list()]

    def gating_indicators(self) -> list["Indicator"]:
        """The indicators of the verdict, in the order in which results keep their outcomes."""
        return [indicator for indicator in self.indicator_list() if indicator.gating]


class Indicator(models.Model):
    """One head of a standard: met when all its gating criteria are."""

    version = models.ForeignKey(StandardVersion, models.CASCADE, related_name="indicators")
    position = models.SmallIntegerField()
    code = models.SlugField(max_length=30)
    label = models.CharField(max_length=60)
    label_en = models.CharField(max_length=60, blank=True, default="")
    clause = models.TextField(blank=True, default="")
    clause_en = models.TextField(blank=True, default="")
    gating = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "code"],
                name="standards_indicator_once",
                violation_error_message=_("The version already has an indicator of this code."),
            )
        ]
        ordering = ["version", "position"]

    def __str__(self):
        return self.label

    @property
    def name(self) -> str:
        return in_language(self.label, self.label_en)

    @property
    def clause_text(self) -> str:
        return in_language(self.clause, self.clause_en)

    def criterion_list(self) -> list["Criterion"]:
        return sorted(self.criteria.all(), key=lambda criterion: criterion.position)


class Criterion(models.Model):
    """One demand of an indicator: a measure, an operator, a threshold, and its clause.

    `threshold` is a number, a list of codes, or the text ``line`` for the year's income line.
    """

    class Operator(models.TextChoices):
        """The closed list; no rule text is ever executed."""

        GT = "gt", ">"
        GE = "ge", "≥"
        LT = "lt", "<"
        LE = "le", "≤"
        EQ = "eq", "="
        IS = "is", "="
        IN = "in", "∈"
        HAND = "hand", ""

    class Unknown(models.TextChoices):
        """What an unknown fact does to the indicator (`decisions.md` 17)."""

        GATES = "gates", _("Unknown makes it “no data”")
        WHEN_RECORDED = "when_recorded", _("Counts only when recorded")

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="criteria")
    position = models.SmallIntegerField()
    measure = models.SlugField(max_length=40)
    operator = models.CharField(max_length=5, choices=Operator)
    threshold = models.JSONField(null=True)
    unit = models.CharField(max_length=20, blank=True, default="")
    clause = models.TextField(blank=True, default="")
    clause_en = models.TextField(blank=True, default="")
    unknown = models.CharField(max_length=15, choices=Unknown, default=Unknown.GATES)
    gating = models.BooleanField(default=True)
    excluded_items = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "position"],
                name="standards_criterion_position_once",
                violation_error_message=_("Two criteria of the indicator have one position."),
            ),
            models.CheckConstraint(
                condition=Q(operator__in=["gt", "ge", "lt", "le", "eq", "is", "in", "hand"]),
                name="standards_criterion_operator_known",
                violation_error_message=_("This operator does not exist."),
            ),
        ]
        ordering = ["indicator", "position"]

    def __str__(self):
        return f"{self.indicator.code} {self.measure} {self.operator} {self.threshold}"

    @property
    def clause_text(self) -> str:
        return in_language(self.clause, self.clause_en) or self.indicator.clause_text

    @property
    def item(self) -> str:
        """By which judgements by hand name this criterion, in every edition of the standard."""
        return f"{self.indicator.code}-{self.position + 1}"

    @property
    def codes(self) -> list[str]:
        """The codes that meet the demand, where the threshold is a list."""
        return list(self.threshold or [])

    def limit(self, year: int) -> Any:
        """The threshold as a number (`Decimal`), list or boolean; the income line for `line`."""
        if self.threshold == "line":
            return self.indicator.version.line(year)
        if isinstance(self.threshold, int | float) and not isinstance(self.threshold, bool):
            return Decimal(str(self.threshold))
        return self.threshold
