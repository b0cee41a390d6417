from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.scope import inside


class ScopedByAreaQuerySet(models.QuerySet):
    """Rows that hang on the area of an organisation; the model says where in `AREA_CODE`."""

    def visible_to(self, user: Any) -> Self:
        """Keep the rows of the granted areas; who administers accounts sees all of the installation."""
        if not getattr(user, "is_authenticated", False) or not user.is_active:
            return self.none()
        if user.may("manage_accounts"):
            return self.all()
        granted = Q(pk__in=[])
        model: Any = self.model
        for prefix in user.area_prefixes():
            granted |= inside(model.AREA_CODE, prefix)
        return self.filter(granted)

    def valid_on(self, day: date) -> Self:
        """Keep what holds on `day`, first and last day included."""
        begun = Q(valid_from=None) | Q(valid_from__lte=day)
        return self.filter(begun).filter(Q(valid_to=None) | Q(valid_to__gte=day))


class Organisation(models.Model):
    """A responsible unit: a bureau, a township government, a helping unit, a bank, a village committee."""

    AREA_CODE = "area__code"

    class Kind(models.TextChoices):
        POVERTY_OFFICE = "poverty_office", "扶贫办"
        GOVERNMENT = "government", "党委政府"
        DEPARTMENT = "department", "行业部门"
        HELPING_UNIT = "helping_unit", "帮扶单位"
        VILLAGE_COMMITTEE = "village_committee", "村委会"
        SUPERVISION = "supervision", "督导组"
        ENTERPRISE = "enterprise", "企业"
        BANK = "bank", "金融机构"
        OTHER = "other", "其他"

    code = models.CharField(_("code"), max_length=30, unique=True, db_collation="C")
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    area = models.ForeignKey("areas.Area", models.PROTECT, related_name="organisations")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    version = models.IntegerField(default=1, editable=False)

    objects = ScopedByAreaQuerySet.as_manager()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="accounts_organisation_days",
                violation_error_message=_("The last day lies before the first."),
            )
        ]

    def __str__(self):
        return self.name


class Official(models.Model):
    """A responsible person: a leader, a helper, a secretary, a clerk. Most never sign in."""

    AREA_CODE = "organisation__area__code"

    name = models.CharField(_("full name"), max_length=50)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="officials")
    post = models.CharField(_("post"), max_length=60, blank=True, default="")
    phone = models.ForeignKey("core.Secret", models.PROTECT, null=True, blank=True, related_name="+")
    user = models.OneToOneField(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="official"
    )
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    version = models.IntegerField(default=1, editable=False)

    objects = ScopedByAreaQuerySet.as_manager()

    class Meta:
        ordering = ["organisation__code", "name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="accounts_official_days",
                violation_error_message=_("The last day lies before the first."),
            ),
            # The name is what workbooks know a person by inside an organisation.
            models.UniqueConstraint(
                fields=["organisation", "name"],
                condition=Q(valid_to=None),
                name="accounts_official_once",
                violation_error_message=_(
                    "The organisation has an official of this name. Add what tells the two apart."
                ),
            ),
        ]

    def __str__(self):
        return self.name
