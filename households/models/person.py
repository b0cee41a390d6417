from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from core.models import Secret
from core.scope import AreaScopedQuerySet
from households.codes import LeaveReason, PoliticalStatus, Relation, Sex
from households.models.household import Household


class PersonQuerySet(models.QuerySet):
    def visible_to(self, user: Any) -> Self:
        """People with an open membership in a household that `user` may see."""
        households = Household.objects.visible_to(user).values("pk")
        open_membership = Membership.objects.filter(
            person=OuterRef("pk"), to_day=None, household__in=households
        )
        return self.filter(Exists(open_membership))


class Person(models.Model):
    """A member of a registered household: the identity, with the secrets kept apart."""

    county = models.IntegerField()
    name = models.CharField("姓名", max_length=50)
    name_keys = ArrayField(models.CharField(max_length=100), default=list, editable=False)
    number = models.CharField("人编号", max_length=30, null=True, blank=True, db_collation="C")
    sex = models.CharField("性别", max_length=1, choices=Sex, null=True, blank=True)
    birth_date = models.DateField("出生日期", null=True, blank=True)
    id_number = models.ForeignKey(
        Secret, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="证件号码"
    )
    disability_card = models.ForeignKey(
        Secret, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="残疾证号"
    )
    ethnic_group = models.CharField("民族", max_length=20, null=True, blank=True)
    political_status = models.CharField(
        "政治面貌", max_length=2, choices=PoliticalStatus, null=True, blank=True
    )
    version = models.IntegerField(default=1, editable=False)

    objects = PersonQuerySet.as_manager()

    class Meta:
        indexes = [
            GinIndex(fields=["name_keys"], name="households_person_names"),
            models.Index(fields=["county", "number"], name="households_person_number"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(name=""),
                name="households_person_named",
                violation_error_message=_("A person needs a name."),
            )
        ]

    def __str__(self):
        return self.name


class Membership(models.Model):
    """A person belongs to a household from a day to a day (the last day outside it)."""

    AREA_CODE = "household__village__area__code"
    HOUSEHOLD_KEY = "household_id"

    # The index by household and day below serves this key too.
    household = models.ForeignKey(Household, models.PROTECT, db_index=False, related_name="memberships")
    person = models.ForeignKey(Person, models.PROTECT, related_name="memberships")
    relation = models.CharField("与户主关系", max_length=2, choices=Relation, null=True, blank=True)
    from_day = models.DateField()
    to_day = models.DateField(null=True, blank=True)
    from_reason = models.CharField(max_length=2, choices=LeaveReason, default=LeaveReason.REGISTERED)
    to_reason = models.CharField(max_length=2, choices=LeaveReason, null=True, blank=True)
    version = models.IntegerField(default=1, editable=False)

    objects = AreaScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(to_day=None),
                name="households_membership_one_open",
                violation_error_message=_("This person already belongs to a household."),
            ),
            models.CheckConstraint(
                condition=Q(to_day=None) | Q(to_day__gte=F("from_day")),
                name="households_membership_days",
                violation_error_message=_("The membership ends before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(to_day=None) | ~Q(to_reason=None),
                name="households_membership_end_why",
                violation_error_message=_("Say why the membership ended."),
            ),
        ]
        indexes = [models.Index(fields=["household", "from_day"], name="households_membership_house")]
        ordering = ["household", "relation", "pk"]

    def __str__(self):
        return f"{self.household_id} {self.person_id}"
