"""The entry page of one household in one year: its forms, what they would write, and how it is judged."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from uuid import uuid4

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from areas.models import Area, Level
from core.clock import day_of_judgement, today
from core.masks import mask
from desk.entry_checks import check_members
from desk.entry_forms import (
    BASIC,
    INCOME,
    LIVING,
    MOST_NEW,
    PERSON,
    PERSON_FACTS,
    PLAN,
    REGISTER,
    HouseholdForm,
    KnownMemberForm,
    MemberForm,
    NewMemberForm,
    WhyForm,
    YearForm,
)
from desk.queries.household import members_on
from households.codes import LeaveReason, Relation
from households.entry import Arrival, Correction, Entry, FirstFacts
from households.models import Household, HouseholdYear, Membership, PersonYear

YEAR_COLUMNS = (*BASIC, *LIVING, *INCOME, *PLAN)


@dataclass
class MemberRow:
    """One member on the page: the form, and the stored rows when the person is known."""

    form: Any
    membership: Membership | None = None
    facts: PersonYear | None = None

    @property
    def name(self) -> str:
        typed = self.form["name"].value()
        return str(typed or (self.membership.person.name if self.membership else _("New member")))

    @property
    def relation(self) -> str | None:
        """As typed, else as stored."""
        if self.form.is_bound and "relation" in self.form.cleaned_data:
            return str(self.form.cleaned_data["relation"])
        return self.membership.relation if self.membership else None

    @property
    def born(self) -> date | None:
        """As typed, else as stored."""
        typed = self.form.cleaned_data.get("birth_date") if self.form.is_bound else None
        return typed or (self.membership.person.birth_date if self.membership else None)

    @property
    def relation_words(self) -> str:
        return str(dict(Relation.choices).get(self.form["relation"].value() or "", ""))

    @property
    def id_mask(self) -> str:
        return mask("id_number", self.membership.person.id_number) if self.membership else ""

    @property
    def born_words(self) -> str:
        born = self.membership.person.birth_date if self.membership else None
        return _("Born %(year)d; leave empty to keep the date.") % {"year": born.year} if born else ""


@dataclass
class EntryPage:
    """Rows as they are stored now, and the forms over them; bound when something was sent."""

    user: Any
    household: Household
    year: HouseholdYear
    data: Mapping[str, Any] | None = None
    extra: int = 0

    # --- The forms ------------------------------------------------------------------------
    @cached_property
    def household_form(self) -> HouseholdForm:
        row = self.household
        initial = {name: getattr(row, name) for name in REGISTER} | {"seen": row.version}
        return HouseholdForm(self.data, prefix="h", initial=initial, groups=self._groups())

    def _groups(self) -> QuerySet[Area]:
        village = self.household.village.area.code
        groups = Area.objects.valid().visible_to(self.user).within(village).filter(level=Level.GROUP)
        return groups.order_by("code")

    @cached_property
    def year_form(self) -> YearForm:
        row = self.year
        initial = {name: getattr(row, name) for name in YEAR_COLUMNS} | {"seen": row.version}
        return YearForm(self.data, prefix="y", initial=initial)

    @cached_property
    def why_form(self) -> WhyForm:
        return WhyForm(self.data, prefix="w", initial={"token": uuid4().hex})

    @cached_property
    def known(self) -> list[MemberRow]:
        memberships = list(
            members_on(self.household, day_of_judgement(self.year.year))
            .select_related("person__id_number")
            .order_by("relation", "pk")
        )
        people = [one.person_id for one in memberships]
        years = PersonYear.objects.filter(person__in=people, year=self.year.year)
        facts = {row.person_id: row for row in years}
        return [self._known_row(one, facts.get(one.person_id)) for one in memberships]

    def _known_row(self, membership: Membership, facts: PersonYear | None) -> MemberRow:
        person = membership.person
        initial = {name: getattr(person, name) for name in PERSON if name != "birth_date"}
        initial |= {name: getattr(facts, name, None) for name in PERSON_FACTS}
        initial |= {"relation": membership.relation, "seen_membership": membership.version}
        initial |= {"seen_person": person.version, "seen_facts": facts.version if facts else 0}
        part = f"m{membership.pk}"
        form = KnownMemberForm(
            # Somebody who joined after the form was opened is not in what was sent.
            self.data if f"{part}-name" in (self.data or ()) else None,
            prefix=part,
            initial=initial,
            joined=membership.from_day,
            born_known=person.birth_date is not None,
        )
        return MemberRow(form, membership, facts)

    @cached_property
    def new(self) -> list[MemberRow]:
        numbers = sorted(
            {
                int(found[1])
                for name in self.data or ()
                if (found := re.fullmatch(r"n([0-9]{1,2})-name", name))
            }
        )[:MOST_NEW]
        rows = [self._new_row(number, self.data) for number in numbers]
        rows = [row for row in rows if not row.form.is_blank]
        after = max(numbers, default=-1) + 1
        return rows + [self._new_row(after + more, None) for more in range(self.extra)]

    def _new_row(self, number: int | str, data: Any) -> MemberRow:
        initial = {"from_day": today(), "from_reason": LeaveReason.REGISTERED}
        return MemberRow(NewMemberForm(data, prefix=f"n{number}", initial=initial))

    @cached_property
    def blank(self) -> MemberRow:
        """The row that a script copies for one more member."""
        return self._new_row("00", None)

    @property
    def members(self) -> list[MemberRow]:
        return [*self.known, *self.new]

    @property
    def forms(self) -> list[Any]:
        return [self.household_form, *[row.form for row in self.members], self.year_form, self.why_form]

    def is_valid(self) -> bool:
        """Every form by itself, then what members say about each other."""
        bound = [form for form in self.forms if form.is_bound]
        for form in bound:
            form.is_valid()
        check_members(self)
        return not any(form.errors for form in bound)

    @property
    def staying(self) -> list[MemberRow]:
        """Members of the household once this is saved, as far as it says."""
        rows = [row for row in self.members if row.form.is_bound or row.membership]
        return [row for row in rows if not getattr(row.form, "leaves", False)]

    # --- What it would write -----------------------------------------------------------------
    def entry(self) -> Entry:
        """What the valid forms write, against the versions that they saw."""
        entry = Entry(self.household, self.year)
        home, facts = self.household_form, self.year_form
        plain = {}
        for column, kind in (("phone", "phone"), ("bank_account", "account")):
            if home.cleaned_data[column]:
                plain[column] = (kind, home.cleaned_data[column])
        entry.corrections = [
            Correction(
                self.household,
                home.column_values(self.household, REGISTER),
                home.cleaned_data["seen"],
                "h",
                plain,
            ),
            Correction(
                self.year, facts.column_values(self.year, YEAR_COLUMNS), facts.cleaned_data["seen"], "y"
            ),
        ]
        for row in self.known:
            if row.form.is_bound:
                self._known_entry(entry, row)
        entry.arrivals = [_arrival(row.form) for row in self.new if row.form.is_bound]
        return entry

    def _known_entry(self, entry: Entry, row: MemberRow) -> None:
        form, clean = row.form, row.form.cleaned_data
        membership, person = row.membership, row.membership.person  # type: ignore[union-attr]
        number, part = clean["id_number"], str(form.prefix)
        plain = {"id_number": ("id_number", number)} if number else {}
        entry.corrections.append(Correction(person, form.person_values(), clean["seen_person"], part, plain))
        belongs = {"relation": clean["relation"]}
        if form.leaves:
            belongs |= {"to_day": clean["leave_day"], "to_reason": clean["leave_reason"]}
        entry.corrections.append(Correction(membership, belongs, clean["seen_membership"], part))
        facts = form.column_values(row.facts, PERSON_FACTS)
        if row.facts is not None:
            entry.corrections.append(Correction(row.facts, facts, clean["seen_facts"], part))
        elif any(value is not None for value in facts.values()):
            entry.first_facts.append(FirstFacts(person, facts))

    @property
    def gone(self) -> list[str]:
        """Names of members that were sent but belong to the household no more."""
        here = {str(row.form.prefix) for row in self.known}
        sent = [name.removesuffix("-name") for name in self.data or () if re.fullmatch(r"m[0-9]+-name", name)]
        return [str((self.data or {})[f"{part}-name"]) for part in sent if part not in here]

    @property
    def problems(self) -> list[tuple[str, str, str]]:
        """What stops saving: id of the field, its label with the member's name, the sentence."""
        found = []
        owners = {id(row.form): row.name for row in self.members}
        for form in self.forms:
            for name, sentences in form.errors.items() if form.is_bound else ():
                bound = form[name] if name in form.fields else None
                label = str(bound.label) if bound else ""
                owner = owners.get(id(form), "")
                words = " ".join(filter(None, [owner, label]))
                found += [(bound.auto_id if bound else "", words, str(sentence)) for sentence in sentences]
        return found


def _arrival(form: MemberForm) -> Arrival:
    clean = form.cleaned_data
    return Arrival(
        person=form.person_values(),
        facts=form.column_values(None, PERSON_FACTS),
        relation=clean["relation"],
        day=clean["from_day"],
        reason=clean["from_reason"],
        id_number=clean["id_number"],
    )


def year_before(year: HouseholdYear) -> HouseholdYear | None:
    """The household's facts of the year before, shown below the fields."""
    return HouseholdYear.objects.filter(household=year.household_id, year=year.year - 1).first()
