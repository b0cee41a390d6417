from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.fields import FenField
from core.scope import AreaScopedQuerySet
from households.codes import (
    Attribute,
    Cause,
    DropoutReason,
    Education,
    Fuel,
    Health,
    HouseGrade,
    RoadType,
    Route,
    SchoolStatus,
    Status,
    WorkAbility,
    WorkArea,
)
from households.models.household import Household
from households.models.person import Person
from villages.models import Village


def _fen(label: str) -> FenField:
    return FenField(label, null=True, blank=True)


def _yes_no(label: str) -> models.BooleanField:
    return models.BooleanField(label, null=True, blank=True)


def _code(label: str, choices: type[models.TextChoices], length: int = 2) -> models.CharField:
    return models.CharField(label, max_length=length, choices=choices, null=True, blank=True)


def _measure(label: str, digits: int = 9, places: int = 2) -> models.DecimalField:
    return models.DecimalField(label, max_digits=digits, decimal_places=places, null=True, blank=True)


def _tally() -> models.IntegerField:
    return models.IntegerField(default=0, editable=False)


INCOME_ITEMS = (
    "wage",
    "operating",
    "property_income",
    "transfer",
    "operating_cost",
    "family_planning",
    "dibao",
    "wubao",
    "pension",
    "ecology",
    "other_transfer",
    "asset_dividend",
    "other_property",
)
TRANSFER_PARTS = ("family_planning", "dibao", "wubao", "pension", "ecology", "other_transfer")
TALLIES = (
    "status",
    "members",
    "school_age",
    "out_of_school",
    "school_unknown",
    "uninsured",
    "insurance_unknown",
    "seriously_ill",
    "ill_without_relief",
    "ill_relief_unknown",
)


class HouseholdYear(models.Model):
    """The facts of one household in one year; NULL: nobody has looked.

    Income items are money received in the year (`decisions.md` 10). The tallies count the members
    of 31 December and are kept by the database (14); so is `status`, the household's that day.
    """

    AREA_CODE = "household__village__area__code"
    HOUSEHOLD_KEY = "household_id"
    COUNTY = "county"

    # Indexes by subject and year stand below; each yearly row is written often.
    household = models.ForeignKey(Household, models.PROTECT, db_index=False, related_name="years")
    year = models.SmallIntegerField()
    county = models.IntegerField(editable=False)
    village = models.ForeignKey(Village, models.PROTECT, db_index=False, related_name="household_years")
    version = models.IntegerField(default=1, editable=False)
    closed = models.BooleanField(default=False, editable=False)

    persons = models.IntegerField("家庭人口数", null=True, blank=True)
    attribute = _code("贫困户属性", Attribute)
    main_cause = _code("主要致贫原因", Cause)
    other_causes = ArrayField(
        models.CharField(max_length=2, choices=Cause), null=True, blank=True, verbose_name="其他致贫原因"
    )
    planned_route = _code("计划脱贫路径", Route, 12)
    planned_exit_year = models.SmallIntegerField("计划脱贫年度", null=True, blank=True)

    wage = _fen("工资性收入")
    operating = _fen("生产经营性收入")
    property_income = _fen("财产性收入")
    transfer = _fen("转移性收入")
    operating_cost = _fen("生产经营性支出")
    family_planning = _fen("计划生育金")
    dibao = _fen("低保金")
    wubao = _fen("五保金")
    pension = _fen("养老保险金")
    ecology = _fen("生态补偿金")
    other_transfer = _fen("其他转移性收入")
    asset_dividend = _fen("资产收益扶贫分红收入")
    other_property = _fen("其他财产性收入")
    stated_gross = _fen("年收入")
    stated_net = _fen("纯收入")
    stated_per_capita = _fen("人均纯收入")
    income_from = models.DateField(null=True, blank=True)
    income_to = models.DateField(null=True, blank=True)

    food_secure = _yes_no("吃不愁")
    clothing_secure = _yes_no("穿不愁")
    stable_source = _yes_no("收入来源稳定")

    own_dwelling = _yes_no("有自有住房")
    house_area = _measure("住房面积", 8)
    house_grade = _code("危房级别", HouseGrade, 1)
    dilapidated = _yes_no("是否危房户")
    register_dilapidated = _yes_no("危房户（贫困户信息表）")

    safe_water = _yes_no("是否解决安全饮用水")
    register_safe_water = _yes_no("饮水安全（贫困户信息表）")
    water_difficult = _yes_no("饮水困难")
    production_power = _yes_no("是否通生产用电")
    living_power = _yes_no("是否通生活用电")
    broadcast = _yes_no("是否通广播电视")
    road_distance = _measure("与村主干路距离", 7)
    road_type = _code("入户路类型", RoadType)
    toilet = _yes_no("是否有卫生厕所")
    fuel = _code("主要燃料类型", Fuel)
    arable_land = _measure("耕地面积（亩）")
    irrigated_land = _measure("有效灌溉面积（亩）")
    forest_land = _measure("林地面积（亩）")
    converted_land = _measure("退耕还林面积（亩）")
    orchard_land = _measure("林果面积（亩）")
    pasture_land = _measure("牧草地面积（亩）")
    water_area = _measure("水面面积（亩）")
    cooperative = _yes_no("是否加入农民专业合作组织")
    leading_firm = _yes_no("是否有龙头企业带动")
    rich_leader = _yes_no("是否有创业致富带头人带动")

    status = models.CharField(max_length=20, choices=Status, null=True, editable=False)
    members = _tally()
    school_age = _tally()
    out_of_school = _tally()
    school_unknown = _tally()
    uninsured = _tally()
    insurance_unknown = _tally()
    seriously_ill = _tally()
    ill_without_relief = _tally()
    ill_relief_unknown = _tally()

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["county", "household", "year"],
                name="households_year_once",
                violation_error_message=_("This household already has facts of this year."),
            ),
            models.CheckConstraint(
                condition=Q(year__gte=2000, year__lte=2100),
                name="households_year_range",
                violation_error_message=_("The year must lie between 2000 and 2100."),
            ),
            models.CheckConstraint(
                condition=Q(persons=None) | Q(persons__gte=1, persons__lte=50),
                name="households_year_persons",
                violation_error_message=_("A household has 1 to 50 persons."),
            ),
            *[
                models.CheckConstraint(
                    condition=Q(**{item: None}) | Q(**{f"{item}__gte": 0}),
                    name=f"households_year_{item}_min",
                    violation_error_message=_("An income or cost item cannot be below zero."),
                )
                for item in INCOME_ITEMS
                if item != "operating"
            ],
        ]
        indexes = [
            models.Index(fields=["household", "year"], name="households_year_household"),
            models.Index(fields=["village", "year"], name="households_year_village"),
        ]

    def __str__(self):
        return f"{self.household_id} {self.year}"


class PersonYear(models.Model):
    """The facts of one person in one year; NULL: nobody has looked."""

    person = models.ForeignKey(Person, models.PROTECT, db_index=False, related_name="years")
    year = models.SmallIntegerField()
    county = models.IntegerField(editable=False)
    version = models.IntegerField(default=1, editable=False)

    education = _code("文化程度", Education)
    school_status = _code("在校生状况", SchoolStatus)
    dropout_reason = _code("失学或辍学原因", DropoutReason)
    health = ArrayField(
        models.CharField(max_length=2, choices=Health), null=True, blank=True, verbose_name="健康状况"
    )
    work_ability = _code("劳动技能", WorkAbility)
    work_area = _code("务工状况", WorkArea)
    work_months = _measure("务工时间（月）", 4, 1)
    medical_insurance = _yes_no("是否参加城乡居民基本医疗保险")
    serious_illness_relief = _yes_no("参加大病医疗")
    pension_insurance = _yes_no("是否参加城乡居民基本养老保险")
    commercial_insurance = _yes_no("商业补充医疗保险")
    accident_subsidy = _yes_no("人身意外保险补贴")
    dibao = _yes_no("是否享受农村居民最低生活保障")
    mandarin = _yes_no("是否会讲普通话")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["county", "person", "year"],
                name="households_personyear_once",
                violation_error_message=_("This person already has facts of this year."),
            ),
            models.CheckConstraint(
                condition=Q(work_months=None) | Q(work_months__gte=0, work_months__lte=12),
                name="households_personyear_months",
                violation_error_message=_("Months of work lie between 0 and 12."),
            ),
        ]
        indexes = [models.Index(fields=["person", "year"], name="households_personyear_person")]

    def __str__(self):
        return f"{self.person_id} {self.year}"
