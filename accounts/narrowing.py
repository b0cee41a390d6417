"""What the token of a program leaves of its person's rights and places."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Narrowing:
    """What a token leaves of its person's rights and places."""

    rights: frozenset[str]
    area_prefix: str | None = None

    def prefixes(self, granted: tuple[str, ...]) -> tuple[str, ...]:
        """The granted prefixes inside the token's area; without one all of them."""
        if self.area_prefix is None:
            return granted
        if any(self.area_prefix.startswith(prefix) for prefix in granted):
            return (self.area_prefix,)
        return tuple(prefix for prefix in granted if prefix.startswith(self.area_prefix))
