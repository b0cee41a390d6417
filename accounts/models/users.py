import unicodedata
from datetime import date
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.narrowing import Narrowing
from accounts.roles import ROLES, Role
from core.clock import today


def normal_username(text: str) -> str:
    """Full width to half, without outer spaces, in small letters: one person, one spelling."""
    return unicodedata.normalize("NFKC", text).strip().lower()


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """Save a new account with a hashed password; None makes one that cannot sign in."""
        user = self.model(username=normal_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, *args: Any, **fields: Any) -> "User":
        raise NotImplementedError("No account stands above the rights: use manage.py create_administrator.")

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=normal_username(username or ""))


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in. What they may do comes from roles, where they may look from grants."""

    username = models.CharField(
        _("user name"),
        max_length=60,
        unique=True,
        validators=[RegexValidator(r"^[\w.@+-]+$", _("Letters, digits and . @ + - _ only."))],
        error_messages={"unique": _("There is already an account with this user name.")},
    )
    name = models.CharField(_("full name"), max_length=50)
    email = models.EmailField(_("e-mail"), blank=True, default="")
    language = models.CharField(
        _("language"), max_length=10, default="zh-hans", choices=[("zh-hans", "简体中文"), ("en", "English")]
    )
    single_keys = models.BooleanField(_("single-letter keys"), default=True)
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    password_changed_at = models.DateTimeField(default=timezone.now)
    session_epoch = models.IntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    last_seen_at = models.DateTimeField(null=True, blank=True)
    deactivated_at = models.DateTimeField(null=True, blank=True)
    deactivated_reason = models.CharField(max_length=200, blank=True, default="")
    # Opened again: from here on the days without a sign-in are counted anew.
    reopened_at = models.DateTimeField(null=True, blank=True)
    version = models.IntegerField(default=1, editable=False)

    # For one request, when a token came instead of a password: what it leaves (`accounts.tokens`).
    narrowing: Narrowing | None = None

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()

    class Meta:
        ordering = ["username"]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_superuser=False),
                name="accounts_user_no_superuser",
                violation_error_message=_("No account stands above the rights."),
            ),
            models.CheckConstraint(
                condition=Q(is_active=True) | Q(deactivated_at__isnull=False),
                name="accounts_user_deactivated_at",
                violation_error_message=_("A closed account says since when."),
            ),
        ]

    def __str__(self):
        return self.name or self.username

    def clean(self) -> None:
        self.username = normal_username(self.username)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    def _get_session_auth_hash(self, secret: Any = None) -> str:
        """Sessions end when the password changes or when `session_epoch` is raised."""
        value = f"{self.password}|{self.session_epoch}"
        return salted_hmac("accounts.User.session", value, secret=secret, algorithm="sha256").hexdigest()

    @property
    def has_second_factor(self) -> bool:
        return self.second_factors.filter(ended_at=None).exclude(confirmed_at=None).exists()

    # --- What they may do ---------------------------------------------------------------------
    @cached_property
    def roles(self) -> tuple[str, ...]:
        """Code names of the roles held, in the order of `ROLES`; any other group counts for nothing."""
        held = {group.name for group in self.groups.all()}
        return tuple(code for code in ROLES if code in held)

    @property
    def role(self) -> Role | None:
        """The role that names the person on the screen and in the history."""
        return ROLES[self.roles[0]] if self.roles else None

    def roles_held(self) -> list[Role]:
        return [ROLES[code] for code in self.roles]

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """As Django has it, but no more than the token carries by which the person came in."""
        if self.narrowing is not None and perm.removeprefix("accounts.") not in self.narrowing.rights:
            return False
        return super().has_perm(perm, obj)

    def may(self, right: str) -> bool:
        """Whether one of the roles gives `right`, as `user.may("view_households")`."""
        return self.is_active and self.has_perm(f"accounts.{right}")

    # --- Where they may look ------------------------------------------------------------------
    def area_prefixes(self, day: date | None = None) -> tuple[str, ...]:
        """Prefixes of the areas granted on `day`, the wider ones only; kept for the request."""
        prefixes = self._prefixes_today if day is None else _widest(self.grants.on(day).area_prefixes())
        return prefixes if self.narrowing is None else self.narrowing.prefixes(prefixes)

    @cached_property
    def _prefixes_today(self) -> tuple[str, ...]:
        return _widest(self.grants.on(today()).area_prefixes())

    def household_ids(self) -> tuple[int, ...]:
        """Keys of the households granted one by one; kept for the request."""
        return () if self._narrowed_to_an_area else self._household_ids_today

    @cached_property
    def _household_ids_today(self) -> tuple[int, ...]:
        return self.grants.on(today()).household_ids()

    def organisation_ids(self) -> tuple[int, ...]:
        """Keys of the organisations for which the person acts; kept for the request."""
        return () if self._narrowed_to_an_area else self._organisation_ids_today

    @property
    def _narrowed_to_an_area(self) -> bool:
        """Single households and organisations cannot be told to lie in the token's area."""
        return self.narrowing is not None and self.narrowing.area_prefix is not None

    @cached_property
    def _organisation_ids_today(self) -> tuple[int, ...]:
        return self.grants.on(today()).organisation_ids()


def _widest(prefixes: list[str]) -> tuple[str, ...]:
    """Drop the prefixes that lie inside another one."""
    kept: list[str] = []
    for prefix in sorted(set(prefixes)):
        if not kept or not prefix.startswith(kept[-1]):
            kept.append(prefix)
    return tuple(kept)
