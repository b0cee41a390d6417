"""Find households and villages by words that were posted: name, pinyin, number, whole ID, village."""

import re
import unicodedata
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from areas.stems import village_stem
from core.models import Secret
from core.secrets import keyed_hashes
from households.identity import IdNumberError, lengthen, parse
from households.models import Household, HouseholdNumberAlias, HouseholdYear, Membership, Person
from villages.models import Village

MOST = 100
_ID = re.compile(r"^\d{17}[\dX]$|^\d{15}$")
_NUMBER = re.compile(r"^\d{4,30}$")


@dataclass(frozen=True)
class SearchFound:
    """What the words led to: keys of yearly rows, villages, and whether there were more."""

    keys: list[int]
    villages: list[Village]
    more: bool = False


def search(
    user, words: str, rows: QuerySet[HouseholdYear], *, most: int = MOST, by_id: bool = False
) -> SearchFound:
    """The rows of `rows` that the words find, and villages of that name that `user` may see.

    With `by_id` also who has this whole ID number; the comparison was counted or is by the caller.
    """
    text = plain_words(words)
    if not text:
        return SearchFound([], [])
    condition = _with_id(text) | _with_number(text) if by_id else _condition(user, text)
    found = rows.filter(condition).order_by("household__county", "household__number")
    keys = list(found.values_list("pk", flat=True)[: most + 1])
    return SearchFound(keys[:most], villages_named(user, text), len(keys) > most)


def is_whole_id(words: str) -> bool:
    """Whether the words can be a whole ID number: to find somebody by it says that it is theirs."""
    text = plain_words(words)
    if not _ID.match(text):
        return False
    try:
        parse(text)
    except IdNumberError:
        return False
    return True


def plain_words(words: str) -> str:
    """Half width, without spaces, capitals kept only for the last digit of an ID number."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", words))
    return text.upper() if _ID.match(text.upper()) else text.lower()


def _condition(user, text: str) -> Q:
    if _NUMBER.match(text):
        return _with_number(text)
    named = _households_of(Person.objects.filter(name_keys__contains=[text]))
    return Q(household__in=named) | Q(household__head_name__startswith=text) | _in_village(user, text)


def _with_id(text: str) -> Q:
    whole = lengthen(text) if len(text) == 15 else text
    secrets = Secret.objects.filter(field="id_number", keyed_hash__in=keyed_hashes("id_number", whole))
    return Q(household__in=_households_of(Person.objects.filter(id_number__in=secrets.values("pk"))))


def _with_number(text: str) -> Q:
    aliases = HouseholdNumberAlias.objects.filter(number=text).values("household")
    return Q(household__number__startswith=text) | Q(household__in=aliases)


def _households_of(people: QuerySet[Person]) -> QuerySet:
    return Membership.objects.filter(to_day=None, person__in=people.values("pk")).values("household")


def _in_village(user, text: str) -> Q:
    stem = village_stem(text)
    if not stem:
        return Q(pk__in=[])
    return Q(household__village__in=Village.objects.visible_to(user).filter(area__stem=stem).values("pk"))


def villages_named(user, text: str, most: int = 8) -> list[Village]:
    """Villages whose name holds the words."""
    stem = village_stem(text)
    if not stem or stem.isascii():
        return []
    named = Village.objects.visible_to(user).filter(area__valid_to=None, area__stem__contains=stem)
    return list(named.select_related("area__parent").order_by("area__code")[:most])


def households_in_view(user) -> QuerySet[Household]:
    """Every household on the register that `user` may see."""
    return Household.objects.visible_to(user).valid()
