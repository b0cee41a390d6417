"""What would otherwise break silently: a page without an entry, a second factor that nobody asks."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from accounts.roles import ROLES


def register_checks() -> None:
    register(every_route_has_an_entry, Tags.urls)
    register(second_factor_is_asked, Tags.security)


def every_route_has_an_entry(**_options: Any) -> list[Error]:
    from accounts.routes import routes_without_entry

    return [
        Error(
            f"The route {name!r} has no entry in accounts/policy.py and is refused to everybody.",
            hint="Name its methods, the right each needs and the rule of its scope.",
            id="accounts.E001",
        )
        for name in routes_without_entry()
    ]


def second_factor_is_asked(**_options: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    if settings.SECOND_FACTOR not in {"required", "optional", "off"}:
        found.append(
            Error(
                "SECOND_FACTOR must be required, optional or off.", hint="Put it right.", id="accounts.E002"
            )
        )
    unknown = settings.SECOND_FACTOR_ROLES - ROLES.keys()
    if unknown:
        found.append(
            Error(
                f"SECOND_FACTOR_ROLES names a role that there is not: {', '.join(sorted(unknown))}.",
                hint="The roles stand in `docs/access.md`.",
                id="accounts.E003",
            )
        )
    if settings.PRODUCTION and settings.SECOND_FACTOR != "required":
        found.append(
            Warning(
                "Administrators sign in with a password alone.",
                hint="Take SECOND_FACTOR out of the environment, or set it to required.",
                id="accounts.W004",
            )
        )
    return found
