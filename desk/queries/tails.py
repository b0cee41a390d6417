"""Find people by the last four characters of their ID number, for whoever may look at numbers.

Nothing is stored for it: the numbers of the households in question are opened and compared in
memory. An index over four digits would give most of each number away with one key.
"""

import re
from typing import Any

from django.db.models import QuerySet

from core import secrets
from core.models import Secret
from desk.queries.search import MOST, SearchFound, plain_words
from households.models import HouseholdYear, Membership, Person

_TAIL = re.compile(r"\d{3}[\dX]")
# How many numbers one search opens at most: a township, not a county.
MOST_OPENED = 20_000


def tail_in(user: Any, words: str) -> str:
    """The four last characters when the words are such, and the person may look at numbers."""
    text = plain_words(words).upper()
    return text if _TAIL.fullmatch(text) and user.may("reveal_secrets") else ""


def numbers_of(rows: QuerySet[HouseholdYear]) -> QuerySet[Secret]:
    """The sealed ID numbers of the people who now belong to the households of `rows`."""
    members = Membership.objects.filter(to_day=None, household__in=rows.order_by().values("household"))
    people = Person.objects.filter(pk__in=members.values("person")).exclude(id_number=None)
    return Secret.objects.filter(pk__in=people.values("id_number"))


def too_many(rows: QuerySet[HouseholdYear]) -> bool:
    """Whether there are more numbers than one search opens."""
    return numbers_of(rows)[: MOST_OPENED + 1].count() > MOST_OPENED


def found_by_tail(rows: QuerySet[HouseholdYear], tail: str) -> SearchFound:
    """The rows of households with somebody whose number ends so; the use is claimed before."""
    sealed = list(numbers_of(rows))
    plain = secrets.reveal_many(sealed)
    people = [one.subject_id for one, text in zip(sealed, plain, strict=True) if text.endswith(tail)]
    members = Membership.objects.filter(to_day=None, person__in=people)
    found = rows.filter(household__in=members.values("household"))
    keys = list(found.order_by("household__number").values_list("pk", flat=True)[: MOST + 1])
    return SearchFound(keys[:MOST], [], len(keys) > MOST)
