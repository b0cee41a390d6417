from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from areas.models import Area
from core.fields import FenField
from core.scope import AreaScopedQuerySet


class VillageAttribute(models.TextChoices):
    """村属性: whether the village is on the list of poor villages."""

    POOR = "1", "贫困村"
    ORDINARY = "0", "非贫困村"
    WEAK = "2", "经济薄弱村"
    POOR_12 = "3", "十二五贫困村"
    POOR_13 = "4", "十三五贫困村"


POOR_ATTRIBUTES = (VillageAttribute.POOR, VillageAttribute.POOR_12, VillageAttribute.POOR_13)


class VillageQuerySet(AreaScopedQuerySet):
    pass


class Village(models.Model):
    """An administrative village or community: the business side of its area row."""

    AREA_CODE = "area__code"

    area = models.OneToOneField(Area, models.PROTECT, related_name="village")

    objects = VillageQuerySet.as_manager()

    class Meta:
        ordering = ["area__code"]

    def __str__(self):
        return self.area.name


def _count(label: str) -> models.IntegerField:
    return models.IntegerField(label, null=True, blank=True)


def _yes_no(label: str) -> models.BooleanField:
    return models.BooleanField(label, null=True, blank=True)


class VillageYear(models.Model):
    """The facts of one village in one year (贫困村登记表, 村年度信息); NULL: nobody has looked."""

    AREA_CODE = "village__area__code"

    village = models.ForeignKey(Village, models.PROTECT, related_name="years")
    year = models.SmallIntegerField()
    county = models.IntegerField(editable=False)
    version = models.IntegerField(default=1, editable=False)

    attribute = models.CharField("村属性", max_length=1, choices=VillageAttribute, null=True, blank=True)
    exited = _yes_no("是否出列")
    head_name = models.CharField("负责人", max_length=50, null=True, blank=True)
    office_phone = models.CharField("村办公电话", max_length=30, null=True, blank=True)

    households_total = _count("总户数")
    population = _count("总人口数")
    register_population = _count("总人口数（贫困村登记表）")
    rural_population = _count("乡村户籍人口数")
    natural_villages = _count("自然村数")
    stated_poor_households = _count("贫困户数")
    stated_poor_persons = _count("贫困人口数")
    dibao_persons = _count("低保人口数")
    dibao_households = _count("低保户数")
    wubao_persons = _count("五保人口数")
    wubao_households = _count("五保户数")
    minority_persons = _count("少数民族人口数")
    women = _count("妇女人口数")
    disabled_persons = _count("残疾人口数")
    labour_persons = _count("劳动力人数")
    migrant_workers = _count("外出务工人数")

    paved_road = _yes_no("到乡镇是否通沥青(水泥)路")
    road_width = models.DecimalField(
        "通村公路路面宽度（米）", max_digits=5, decimal_places=2, null=True, blank=True
    )
    bus_feasible = _yes_no("是否具备通客运班车条件")
    bus = _yes_no("是否通客运班车")
    unsafe_water_households = _count("未实现饮水安全户数")
    difficult_water_households = _count("饮水困难户数")
    no_living_power = _count("未通生活用电自然村数")
    no_production_power = _count("未通生产用电自然村数")
    no_broadcast_households = _count("未通广播电视户数")
    reading_rooms = _count("文化(图书)室个数")
    culture_centre = _yes_no("是否建有综合性文化服务中心")
    clinics = _count("卫生室个数")
    standard_clinic = _yes_no("是否有标准化卫生室")
    village_doctors = _count("合格乡村医生人数")
    physicians = _count("执业(助理)医师人数")
    broadband_households = _count("通宽带户数")
    committee_broadband = _yes_no("村委会是否通宽带")
    collective_income = FenField("村级集体经济收入", null=True, blank=True)
    cooperatives = _count("农民专业合作社个数")
    main_industry = models.CharField("主导产业", max_length=100, null=True, blank=True)

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["county", "village", "year"],
                name="villages_villageyear_once",
                violation_error_message=_("This village already has facts of this year."),
            ),
            models.CheckConstraint(
                condition=Q(year__gte=2000, year__lte=2100),
                name="villages_villageyear_year",
                violation_error_message=_("The year must lie between 2000 and 2100."),
            ),
            *[
                models.CheckConstraint(
                    condition=Q(**{field: None}) | Q(**{f"{field}__gte": 0}),
                    name=f"villages_vy_{field}_min",
                    violation_error_message=_("A count cannot be below zero."),
                )
                for field in (
                    "households_total",
                    "population",
                    "register_population",
                    "natural_villages",
                    "unsafe_water_households",
                    "difficult_water_households",
                    "no_living_power",
                    "no_production_power",
                    "no_broadcast_households",
                    "reading_rooms",
                    "clinics",
                    "village_doctors",
                    "physicians",
                    "broadband_households",
                    "cooperatives",
                )
            ],
        ]
        indexes = [models.Index(fields=["village", "year"], name="villages_villageyear_village")]

    def __str__(self):
        return f"{self.village} {self.year}"

    @property
    def is_poor_village(self) -> bool | None:
        """Whether the village is on the list of poor villages; None when not recorded."""
        return None if self.attribute is None else self.attribute in POOR_ATTRIBUTES


class CountyYear(models.Model):
    """Whether a year of a county was opened and is closed; a closed one takes no facts any more.

    A year without a row is open. The triggers of the yearly facts read this table; `decisions.md` 7:
    each county opens and closes for itself.
    """

    county = models.IntegerField()
    year = models.SmallIntegerField()
    opened_at = models.DateTimeField(null=True)
    opened_by = models.BigIntegerField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["county", "year"],
                name="villages_countyyear_once",
                violation_error_message=_("This year of the county is known already."),
            ),
            models.CheckConstraint(
                condition=Q(year__gte=2000, year__lte=2100),
                name="villages_countyyear_year",
                violation_error_message=_("The year must lie between 2000 and 2100."),
            ),
        ]

    def __str__(self):
        return f"{self.county} {self.year}"
