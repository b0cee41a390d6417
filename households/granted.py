"""How the grants of single households find them: by the number on the paper."""

from collections import defaultdict
from collections.abc import Iterable

from households.models import Household, HouseholdNumberAlias


def by_numbers(numbers: Iterable[str]) -> dict[str, list[tuple[int, str]]]:
    """Key and village code of each valid household with one of `numbers`, former numbers too."""
    wanted = list(numbers)
    now = Household.objects.valid().filter(number__in=wanted)
    before = HouseholdNumberAlias.objects.filter(number__in=wanted, household__cancelled_on=None)
    rows = {
        *now.values_list("number", "pk", "village__area__code"),
        *before.values_list("number", "household_id", "household__village__area__code"),
    }
    found: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for number, key, code in sorted(rows):
        found[number].append((key, code))
    return dict(found)


def numbers_of(keys: Iterable[int]) -> dict[int, str]:
    """The number of each household."""
    return dict(Household.objects.filter(pk__in=list(keys)).values_list("pk", "number"))
