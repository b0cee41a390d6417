from typing import Any, Self

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from core.scope import next_prefix

models.CharField.register_lookup(Length)


class Level(models.TextChoices):
    """Levels of the division code; the number of leading digits that count."""

    COUNTRY = "country", "全国"
    PROVINCE = "province", "省"
    PREFECTURE = "prefecture", "市"
    COUNTY = "county", "县"
    TOWNSHIP = "township", "乡镇"
    VILLAGE = "village", "村"
    GROUP = "group", "组"


DIGITS = {
    Level.COUNTRY: 0,
    Level.PROVINCE: 2,
    Level.PREFECTURE: 4,
    Level.COUNTY: 6,
    Level.TOWNSHIP: 9,
    Level.VILLAGE: 12,
    Level.GROUP: 15,
}


class AreaQuerySet(models.QuerySet):
    AREA_CODE = "code"

    def valid(self) -> Self:
        """Areas that have not been abolished or recoded."""
        return self.filter(valid_to=None)

    def within(self, prefix: str) -> Self:
        """The area with this prefix and all below it."""
        return self.filter(code__gte=prefix, code__lt=next_prefix(prefix)) if prefix else self.all()

    def visible_to(self, user: Any) -> Self:
        """Areas inside the area grants of `user`; no grant, no rows."""
        granted = Q(pk__in=[])
        if getattr(user, "is_authenticated", False) and user.is_active:
            for prefix in user.area_prefixes():
                granted |= Q(code__gte=prefix, code__lt=next_prefix(prefix))
        return self.filter(granted)


class Area(models.Model):
    """An administrative division, or a villagers' group (组) inside a village.

    Codes are statistical ones of 12 digits, groups have 15. A recoded area keeps its row and a
    new code from a day on; a merged or split one points to its successor (`decisions.md` 6).
    """

    code = models.CharField(
        max_length=15,
        db_collation="C",
        validators=[RegexValidator(r"^(\d{12}|\d{15})$", _("A division code has 12 digits."))],
    )
    level = models.CharField(max_length=10, choices=Level)
    name = models.CharField(max_length=60)
    stem = models.CharField(max_length=60, editable=False)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")

    objects = AreaQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(valid_to=None),
                name="areas_area_code_once",
                violation_error_message=_("Another valid area has this code."),
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_from=None) | Q(valid_to__gt=models.F("valid_from")),
                name="areas_area_days_in_order",
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(
                condition=Q(code__length=12) | Q(code__length=15, level="group"),
                name="areas_area_code_length",
                violation_error_message=_("A division code has 12 digits, a group's 15."),
            ),
        ]
        indexes = [
            models.Index(fields=["code"], name="areas_area_code"),
            models.Index(fields=["parent", "stem"], name="areas_area_parent_stem"),
        ]
        ordering = ["code"]

    def __str__(self):
        return self.name

    @property
    def prefix(self) -> str:
        """The leading digits shared by everything inside the area."""
        return self.code[: DIGITS[Level(self.level)]]

    @property
    def county_number(self) -> int:
        """The 6-digit county code as the integer that yearly facts carry."""
        return int(self.code[:6])


class AreaShape(models.Model):
    """The boundary of an area as the county loaded it: a GeoJSON polygon or several, WGS-84."""

    area = models.OneToOneField(Area, models.PROTECT, related_name="shape")
    geometry = models.JSONField()

    def __str__(self):
        return f"{self.area}"
