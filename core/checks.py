"""What must hold before the system serves anybody; in production a start is refused otherwise."""

import base64
import binascii
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from typing import Any

import redis
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError, connection

from core.models import Installation

SHORTEST_SECRET = 50
KEY_BYTES = 32
NO_EVICTION = "noeviction"

ROLE = """
SELECT rolsuper, rolbypassrls, rolcreatedb OR rolcreaterole, has_schema_privilege('public', 'CREATE'),
    EXISTS (SELECT FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
            AND relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user))
FROM pg_roles WHERE rolname = current_user
"""


# --- Settings ----------------------------------------------------------------------------------
def unsafe_settings() -> list[CheckMessage]:
    """What in the settings of a production installation may not stand as it does."""
    hosts = settings.ALLOWED_HOSTS
    secret = settings.SECRET_KEY
    rules = (
        (not settings.DEBUG, "core.E001", "DEBUG is on.", "Take DEBUG out of the environment."),
        (
            len(secret) >= SHORTEST_SECRET and len(set(secret)) > 9 and "insecure" not in secret,
            "core.E002",
            "SECRET_KEY is missing or weak.",
            "Set it to 50 random characters or more.",
        ),
        (
            hosts and not any("*" in host or host.startswith(".") for host in hosts),
            "core.E003",
            "ALLOWED_HOSTS is empty or holds a wildcard.",
            "Name the exact hosts.",
        ),
        (
            _good_keys(settings.FIELD_KEYS) and settings.CURRENT_FIELD_KEY in settings.FIELD_KEYS,
            "core.E004",
            "A key for secret fields is missing or not 32 bytes.",
            "Set FIELD_KEYS=name:base64 of 32 random bytes; `docs/operations.md` shows how.",
        ),
        (
            _good_keys(settings.HASH_KEYS) and settings.CURRENT_HASH_KEY in settings.HASH_KEYS,
            "core.E005",
            "A key for looking up secret fields is missing or not 32 bytes.",
            "Set HASH_KEYS=name:base64 of 32 random bytes.",
        ),
        (
            not set(settings.FIELD_KEYS.values()) & {*settings.HASH_KEYS.values(), secret},
            "core.E006",
            "One key serves two purposes.",
            "SECRET_KEY, FIELD_KEYS and HASH_KEYS must all differ.",
        ),
        (settings.HTTPS, "core.E007", "Cookies would travel without https.", "Take HTTPS=0 out."),
        (
            settings.REDIS_URL,
            "core.E008",
            "REDIS_URL is not set.",
            "The queue in the file system delivers at most once; production needs Redis.",
        ),
    )
    return [Error(what, hint=cure, id=number) for holds, number, what, cure in rules if not holds]


def _good_keys(keys: dict[str, str]) -> bool:
    try:
        return bool(keys) and all(
            len(base64.b64decode(key, validate=True)) == KEY_BYTES for key in keys.values()
        )
    except binascii.Error:
        return False


# --- What only the running servers can tell ----------------------------------------------------
def unsafe_role() -> list[CheckMessage]:
    """The application's role owns nothing, makes nothing, and skips no rule."""
    with connection.cursor() as cursor:
        cursor.execute(ROLE)
        superuser, skips_rules, makes_roles, makes_tables, owns = cursor.fetchone()
    if not (superuser or skips_rules or makes_roles or makes_tables or owns):
        return []
    level: Any = Error if settings.PRODUCTION else Warning
    return [
        level(
            "The database role of DATABASE_URL owns tables or may do more than an application should.",
            hint="Name the owner in DATABASE_OWNER_URL and a plain role in DATABASE_URL.",
            id="core.E010",
        )
    ]


def demonstration_in_production() -> list[CheckMessage]:
    if not (settings.PRODUCTION and Installation.objects.filter(demonstration=True).exists()):
        return []
    return [
        Error(
            "This database is marked as a demonstration: its people are invented, its passwords known.",
            hint="Give production a database of its own.",
            id="core.E011",
        )
    ]


def evicting_redis() -> list[CheckMessage]:
    """A Redis that throws keys away loses jobs without a word."""
    if not settings.REDIS_URL:
        return []
    client = redis.Redis.from_url(settings.REDIS_URL.replace("redis+socket://", "unix://"))
    policy = client.config_get("maxmemory-policy").get("maxmemory-policy")
    if policy == NO_EVICTION:
        return []
    return [
        Error(
            f"Redis throws keys away when memory is short (maxmemory-policy {policy}).",
            hint="Start it with --maxmemory-policy noeviction.",
            id="core.E012",
        )
    ]


# --- Registered with Django, and asked by the servers as they start ------------------------------
@register(Tags.security)
def check_settings(**_: Any) -> list[CheckMessage]:
    messages = unsafe_settings() if settings.PRODUCTION else []
    if find_spec("defusedxml") is None:
        messages.append(Error("defusedxml is not installed.", id="core.E009"))
    return messages


@register(Tags.database)
def check_database(databases: Iterable[str] | None = None, **_: Any) -> list[CheckMessage]:
    # `migrate` asks as the owner, before the tables stand.
    if not databases or settings.AS_OWNER:
        return []
    return _asked(unsafe_role) + _asked(demonstration_in_production)


def _asked(question: Callable[[], list[CheckMessage]]) -> list[CheckMessage]:
    try:
        return question()
    except (DatabaseError, redis.RedisError) as error:
        return [Warning(f"{question.__name__} could not be asked: {type(error).__name__}", id="core.W013")]


def refuse_unsafe_start() -> None:
    """End the process with its reasons when a production installation is unsafe."""
    if not settings.PRODUCTION:
        return
    messages = check_settings()
    for question in (unsafe_role, demonstration_in_production, evicting_redis):
        messages += _asked(question)
    errors = [
        f"{message.msg} {message.hint or ''} ({message.id})" for message in messages if message.is_serious()
    ]
    if errors:
        raise SystemExit("The system does not start:\n" + "\n".join(errors))
