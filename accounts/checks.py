"""What would otherwise break silently: a page without an entry in the access policy."""

from typing import Any

from django.core.checks import Error, Tags, register


def register_checks() -> None:
    register(every_route_has_an_entry, Tags.urls)


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
