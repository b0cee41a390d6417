"""Everything the page of one household shows."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from core.clock import day_of_judgement
from core.numbers import thousands
from desk.queries.facts import FactTable, facts_by_year, shown
from desk.queries.households import doubted, per_capita
from desk.queries.origins import Origin, Origins
from households.codes import Health
from households.models import Household, HouseholdNumberAlias, HouseholdYear, Membership, PersonYear
from standards.explanation import CriterionPanel, Explanation, IndicatorPanel, explain, judgements_read
from standards.income import Step, income_steps
from standards.measures import HAND_TABLES
from standards.models import HouseholdResult, Subject


def visible_household(user: Any, number: str, county: str = "") -> Household | None:
    """The household of this number among those that `user` may see, by an old number too."""
    rows = Household.objects.visible_to(user).select_related(
        "village__area__parent", "group", "phone", "bank_account"
    )
    if county.isascii() and county.isdigit() and len(county) == 6:
        rows = rows.filter(county=int(county))
    found = rows.filter(number=number).order_by("cancelled_on", "county").first()
    if found is not None:
        return found
    alias = HouseholdNumberAlias.objects.filter(number=number, household__in=rows.order_by().values("pk"))
    renamed = alias.values_list("household", flat=True).first()
    return rows.filter(pk=renamed).first() if renamed else None


@dataclass(frozen=True)
class Panel:
    """One indicator of the verdict with where its facts come from."""

    indicator: IndicatorPanel
    doubt: bool
    origins: list[Origin]

    @property
    def css(self) -> str:
        """The colour of the column."""
        if self.doubt:
            return "doubt"
        return {"met": "met", "not_met": "not"}.get(self.indicator.outcome, "none")

    @property
    def parts(self) -> list:
        """The demands beside the one that decides."""
        return [criterion for criterion in self.indicator.criteria if criterion.gating]


@dataclass(frozen=True)
class Member:
    """A member with the facts of the year."""

    membership: Membership
    facts: PersonYear | None

    @property
    def person(self):
        return self.membership.person

    @property
    def health(self) -> str:
        return self._shown("health")

    @property
    def work(self) -> str:
        """Ability, then where and how long away for work."""
        months = self._shown("work_months")
        parts = [self._shown("work_ability"), self._shown("work_area")]
        if months:
            parts.append(_("%(months)s months") % {"months": months})
        return " ".join(part for part in parts if part)

    def _shown(self, name: str) -> str:
        value = getattr(self.facts, name, None)
        return "" if value is None else shown(PersonYear._meta.get_field(name), value)

    @property
    def insurance(self) -> str:
        """The medical insurance as an outcome."""
        insured = self.facts.medical_insurance if self.facts else None
        return "no_data" if insured is None else "met" if insured else "not_met"

    @property
    def insurance_words(self) -> str:
        words = {"met": _("insured"), "not_met": _("not insured"), "no_data": _("not known")}
        return words[self.insurance]

    @property
    def relief_words(self) -> str:
        """Relief for serious illness, for those who are seriously ill."""
        if self.facts is None or Health.SERIOUS not in (self.facts.health or []):
            return ""
        relief = self.facts.serious_illness_relief
        if relief is None:
            return _("serious illness: relief not known")
        return _("serious illness: covered") if relief else _("serious illness: not covered")


@dataclass
class HouseholdPage:
    """The page's content for one year; each part is read when the template asks for it."""

    user: Any
    household: Household
    year: int
    years: list[HouseholdYear] = field(default_factory=list)
    # The moment until which something was known; None: everything is.
    moment: datetime | None = None

    @property
    def facts(self) -> HouseholdYear:
        return next(row for row in self.years if row.year == self.year)

    @cached_property
    def result(self) -> HouseholdResult | None:
        return self.results.get(self.year)

    @cached_property
    def results(self) -> dict[int, HouseholdResult]:
        found = HouseholdResult.objects.filter(county=self.household.county, household=self.household)
        return {result.year: result for result in found}

    @cached_property
    def explanation(self) -> Explanation | None:
        return explain(self.result) if self.result else None

    @cached_property
    def panels(self) -> list[Panel]:
        if self.explanation is None:
            return []
        return [
            Panel(indicator, indicator.code in self.doubts, self.origins.of_criteria(indicator.criteria))
            for indicator in self.explanation.gating
        ]

    @cached_property
    def doubts(self) -> set[str]:
        """The indicators over which a doubt lies."""
        return {indicator for _pk, indicator in doubted([self.household.pk], self.year)}

    @cached_property
    def considered(self) -> list[IndicatorPanel]:
        return [i for i in self.explanation.indicators if not i.gating] if self.explanation else []

    @cached_property
    def origins(self) -> Origins:
        members = self.members
        return Origins(
            self.household.county,
            self.household.number,
            {
                "households_householdyear": [row.pk for row in self.years],
                "households_membership": [m.membership.pk for m in members],
                "households_person": [m.person.pk for m in members],
                "households_personyear": [m.facts.pk for m in members if m.facts],
                HAND_TABLES[Subject.HOUSEHOLD]: judgements_read(self.explanation),
            },
            self.moment,
        )

    @cached_property
    def steps(self) -> list[Step]:
        return income_steps(self.facts, self.result)

    @cached_property
    def members(self) -> list[Member]:
        memberships = list(
            members_on(self.household, day_of_judgement(self.year))
            .select_related("person__id_number", "person__disability_card")
            .order_by("relation", "pk")
        )
        people = [membership.person_id for membership in memberships]
        facts = {row.person_id: row for row in PersonYear.objects.filter(person__in=people, year=self.year)}
        return [Member(membership, facts.get(membership.person_id)) for membership in memberships]

    @cached_property
    def per_capita(self) -> Decimal | None:
        return per_capita(self.result)

    @cached_property
    def table(self) -> FactTable:
        return facts_by_year(self)

    @cached_property
    def income_points(self) -> list[tuple[str, Decimal | None]]:
        """Income a person by year, for the chart."""
        return [(str(row.year), _cents(per_capita(self.results.get(row.year)))) for row in self.years]

    @property
    def plan_words(self) -> str:
        year = self.facts.planned_exit_year
        return _("planned %(year)s") % {"year": year} if year else ""

    @cached_property
    def _income(self) -> CriterionPanel | None:
        panels = self.explanation.indicators if self.explanation else []
        criteria = [criterion for panel in panels for criterion in panel.criteria]
        return next((criterion for criterion in criteria if criterion.code == "per_capita_income"), None)

    @property
    def income_outcome(self) -> str:
        return self._income.outcome if self._income else ""

    @property
    def income_gap(self) -> str:
        return self._income.gap if self._income else ""

    @property
    def line_words(self) -> str:
        return _("line %(yuan)s") % {"yuan": thousands(self.line)}

    @cached_property
    def line(self) -> Decimal | None:
        return self.explanation.version.line(self.year) if self.explanation else None


def _cents(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else round(amount, 2)


def household_page(user: Any, household: Household, year: int | None) -> HouseholdPage:
    """The page for `year` when the household has facts of it, else for the last year it has."""
    years = list(HouseholdYear.objects.filter(household=household).order_by("year"))
    known = [row.year for row in years]
    shown = year if year in known else max(known, default=0)
    return HouseholdPage(user, household, shown, years)


def members_on(household: Household, day: date) -> QuerySet[Membership]:
    """Memberships that hold on `day`."""
    return Membership.objects.filter(household=household, from_day__lte=day).filter(
        Q(to_day=None) | Q(to_day__gt=day)
    )
