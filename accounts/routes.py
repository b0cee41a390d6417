"""Walk the addresses of the project: which routes there are, and which the policy does not know."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver

from accounts.policy import POLICY


@dataclass(frozen=True)
class Route:
    """One address pattern: its name with name space, and the parameters it holds."""

    name: str
    pattern: str
    parameters: tuple[str, ...]


def all_routes() -> list[Route]:
    """Every address of the URLconf, in order; one without a name is called by its pattern."""
    return list(_walk(get_resolver(), "", "", ()))


def _walk(resolver: URLResolver, space: str, pattern: str, parameters: tuple[str, ...]) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        whole = pattern + str(entry.pattern)
        held = parameters + tuple(entry.pattern.converters or entry.pattern.regex.groupindex)
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from _walk(entry, inner, whole, held)
        elif isinstance(entry, URLPattern):
            yield Route(space + entry.name if entry.name else whole, whole, held)


def routes_without_entry() -> list[str]:
    """Names of routes that the policy forgot."""
    return sorted({route.name for route in all_routes()} - POLICY.keys())


def entries_without_route() -> list[str]:
    """Names in the policy that no address has."""
    return sorted(POLICY.keys() - {route.name for route in all_routes()})
