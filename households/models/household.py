from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from areas.models import Area
from core.models import Secret
from core.scope import AreaScopedQuerySet
from households.codes import (
    POOR_STATUSES,
    Cause,
    IdentificationBasis,
    ResettlementWay,
    SettlementPlace,
    SettlementWay,
    Status,
)
from villages.models import Village


class HouseholdQuerySet(AreaScopedQuerySet):
    def valid(self) -> Self:
        """Households that were not cancelled."""
        return self.filter(cancelled_on=None)

    def poor(self) -> Self:
        """Households not yet out of poverty, returned ones among them."""
        return self.filter(status__in=POOR_STATUSES)


class Household(models.Model):
    """A registered household (建档立卡户): what does not turn with the year.

    `status` is the current one, kept by the database from `HouseholdStatus`.
    """

    AREA_CODE = "village__area__code"
    HOUSEHOLD_KEY = "pk"
    COUNTY = "county"

    number = models.CharField("户编号", max_length=30, db_collation="C")
    county = models.IntegerField(editable=False)
    village = models.ForeignKey(Village, models.PROTECT, related_name="households")
    group = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="自然村"
    )
    version = models.IntegerField(default=1, editable=False)

    status = models.CharField(
        "脱贫属性", max_length=20, choices=Status, null=True, editable=False, db_index=True
    )
    identification_basis = models.CharField(
        "识别标准", max_length=2, choices=IdentificationBasis, null=True, blank=True
    )
    first_identified_year = models.SmallIntegerField("首次识别时间", null=True, blank=True)
    exit_year = models.SmallIntegerField("脱贫年度", null=True, blank=True)
    return_year = models.SmallIntegerField("返贫年度", null=True, blank=True)
    return_reason = models.CharField("返贫原因", max_length=2, choices=Cause, null=True, blank=True)
    military_family = models.BooleanField("是否军烈属", null=True, blank=True)
    one_child = models.BooleanField("是否独生子女户", null=True, blank=True)
    two_daughters = models.BooleanField("是否双女户", null=True, blank=True)

    head_name = models.CharField("户主姓名", max_length=50, blank=True, default="", editable=False)
    phone = models.ForeignKey(
        Secret, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="联系电话"
    )
    bank_name = models.CharField("开户银行", max_length=60, null=True, blank=True)
    bank_account = models.ForeignKey(
        Secret, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="银行卡号"
    )

    relocated = models.BooleanField("是否搬迁户", null=True, blank=True)
    relocation_wish = models.BooleanField("有无搬迁意愿", null=True, blank=True)
    relocation_way = models.CharField(
        "搬迁方式", max_length=2, choices=ResettlementWay, null=True, blank=True
    )
    settlement_way = models.CharField("安置方式", max_length=2, choices=SettlementWay, null=True, blank=True)
    settlement_place = models.CharField(
        "安置地", max_length=2, choices=SettlementPlace, null=True, blank=True
    )

    cancelled_on = models.DateField("注销日期", null=True, blank=True)
    cancelled_reason = models.CharField("注销原因", max_length=200, blank=True, default="")

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["county", "number"],
                condition=Q(cancelled_on=None),
                name="households_household_number_once",
                violation_error_message=_("Another household of the county has this number."),
            ),
            models.CheckConstraint(
                condition=~Q(number=""),
                name="households_household_number_there",
                violation_error_message=_("A household needs its number."),
            ),
            models.CheckConstraint(
                condition=Q(cancelled_on=None) | ~Q(cancelled_reason=""),
                name="households_household_cancelled_why",
                violation_error_message=_("Say why the household is cancelled."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], name="households_household_gone", condition=Q(cancelled_on__isnull=False)
            )
        ]
        ordering = ["number"]

    def __str__(self):
        return f"{self.number} {self.head_name}".strip()


class HouseholdNumberAlias(models.Model):
    """A number that the household had before; never given to another one."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="aliases")
    number = models.CharField(max_length=30, db_collation="C")
    county = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["county", "number"],
                name="households_alias_once",
                violation_error_message=_("This number belonged to another household."),
            )
        ]

    def __str__(self):
        return self.number


class HouseholdStatus(models.Model):
    """The status of a household from a day on, until the next row begins."""

    AREA_CODE = "household__village__area__code"
    HOUSEHOLD_KEY = "household_id"

    household = models.ForeignKey(Household, models.PROTECT, related_name="statuses")
    status = models.CharField("脱贫属性", max_length=20, choices=Status)
    from_day = models.DateField()
    document = models.CharField("文件", max_length=200, blank=True, default="")

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household", "from_day"],
                name="households_status_once_a_day",
                violation_error_message=_("The household already has a status from this day."),
            )
        ]
        ordering = ["household", "from_day"]

    def __str__(self):
        return f"{self.get_status_display()} {self.from_day}"
