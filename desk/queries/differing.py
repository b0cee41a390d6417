"""What differs between two states of a household or village: today and a day, or two days.

A state is taken apart into lines, each with a key that stays the same, whatever its words are.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from core.models import Secret
from core.numbers import UNKNOWN, yuan
from desk.queries.facts import VILLAGE_FACTS, label_of, shown
from desk.queries.history import MOVED, SILENT
from desk.queries.household import HouseholdPage, Member
from desk.queries.village import VillagePage
from households.models import Household, HouseholdYear, Membership, Person, PersonYear
from households.models.year import TALLIES
from standards.explanation import Explanation
from villages.models import VillageYear

Key = tuple[Any, ...]
_NOT_FACTS = SILENT | {"year", "head_name", *TALLIES} - {"status", "members"}


@dataclass(frozen=True)
class Line:
    """One thing that can differ; `value` is compared, `text` is shown."""

    about: str
    label: str
    value: Any
    text: str


@dataclass(frozen=True)
class Difference:
    """A line that differs between two states."""

    key: Key
    about: str
    label: str
    before: str
    after: str


def differences(before: dict[Key, Line], after: dict[Key, Line]) -> list[Difference]:
    """What differs, in the order of the page; what one side lacks is a dash there."""
    found = []
    for key in [*after, *(key for key in before if key not in after)]:
        then, now = before.get(key), after.get(key)
        if then is not None and now is not None and then.value == now.value:
            continue
        line = now or then
        assert line is not None
        texts = (then.text if then else UNKNOWN, now.text if now else UNKNOWN)
        if texts[0] != texts[1]:
            found.append(Difference(key, line.about, line.label, *texts))
        elif then is not None and now is not None:
            found.append(Difference(key, line.about, line.label, texts[0], _("another one, not shown")))
    return found


def household_lines(page: HouseholdPage) -> dict[Key, Line]:
    """Verdict, facts of each year, members and what does not turn with the year."""
    lines = dict(_verdict(page.explanation, page.result))
    if page.result is not None:
        each = page.per_capita
        lines["income", page.year] = Line("", _("Income a person"), each, yuan(each))
    lines |= _judgements(page)
    if not page.years:
        return lines
    lines |= _row(page.household, Household, ("household",), "")
    for year in page.years:
        lines |= _row(year, HouseholdYear, ("fact", year.year), str(year.year))
    for member in page.members:
        lines |= _member(member)
    return lines


def village_lines(page: VillagePage) -> dict[Key, Line]:
    """Verdict, incidence and the facts of each year."""
    lines = dict(_verdict(page.explanation, page.result))
    if page.result is not None:
        parts = {
            "poor": (_("Persons not yet out of poverty"), page.result.poor_persons),
            "population": (_("Persons of the village"), page.result.population),
        }
        for code, (label, value) in parts.items():
            lines["incidence", code] = Line("", label, value, UNKNOWN if value is None else str(value))
    lines |= _judgements(page)
    for year in page.years:
        lines |= _row(year, VillageYear, ("fact", year.year), str(year.year), VILLAGE_FACTS)
    return lines


def _verdict(explanation: Explanation | None, result: Any) -> Iterator[tuple[Key, Line]]:
    if explanation is None:
        return
    words = {"met": _("Met"), "not_met": _("Not met"), "no_data": _("No data")}
    words |= {"considered": _("considered"), "not_asked": _("not asked")}
    title = _("Verdict")
    text = words[explanation.verdict]
    yield ("verdict",), Line("", title, explanation.verdict, text)
    version = explanation.version
    edition = f"{version.name} {version.number}"
    yield ("rule",), Line("", _("Standard"), version.pk, edition)
    yield ("doubts",), Line("", _("Doubts"), explanation.doubts, str(explanation.doubts))
    for indicator in explanation.indicators:
        words_of = words[indicator.outcome]
        yield ("indicator", indicator.code, ""), Line(title, indicator.name, indicator.outcome, words_of)
        for place, criterion in enumerate(indicator.criteria):
            value = (criterion.value, criterion.outcome)
            text = f"{criterion.value} {words.get(criterion.outcome, '')}".strip()
            key = ("indicator", indicator.code, criterion.code, place)
            yield key, Line(indicator.name, criterion.name, value, text)


def _judgements(page: Any) -> dict[Key, Line]:
    """Judgements by hand, where the page knows them."""
    return {
        ("hand", item.criterion.item): Line(
            _("Judged by hand"),
            item.title,
            (item.judgement.met, item.judgement.note, item.judgement.judged_on),
            f"{_answer(item.judgement.met)} {item.judgement.note}",
        )
        for item in getattr(page, "hand_items", [])
        if item.judgement is not None
    }


def _answer(met: bool | None) -> str:
    return UNKNOWN if met is None else _("Met") if met else _("Not met")


def _row(
    row: models.Model, model: type[models.Model], key: Key, about: str, names: Iterable[str] | None = None
) -> dict[Key, Line]:
    """The columns of one row that say something to a reader."""
    lines: dict[Key, Line] = {}
    for field in model._meta.concrete_fields:
        hidden = field.attname in _NOT_FACTS and (model, field.attname) != MOVED
        if hidden or (names is not None and field.name not in names):
            continue
        lines[*key, field.name] = Line(
            about, str(label_of(field)), getattr(row, field.attname), _text(row, field)
        )
    return lines


def _text(row: models.Model, field: models.Field) -> str:
    if not field.is_relation:
        return shown(field, getattr(row, field.attname))
    if getattr(row, field.attname) is None:
        return UNKNOWN
    # A secret is never written out here, only that it is another one.
    return _("recorded") if field.related_model is Secret else str(getattr(row, field.name))


def _member(member: Member) -> dict[Key, Line]:
    person = member.person
    key: Key = ("member", person.pk)
    lines: dict[Key, Line] = {(*key, "there"): Line(person.name, _("Member"), True, _("yes"))}
    lines |= _row(member.membership, Membership, (*key, "membership"), person.name)
    lines |= _row(person, Person, (*key, "person"), person.name)
    if member.facts is not None:
        lines |= _row(member.facts, PersonYear, (*key, "facts"), person.name)
    return lines
