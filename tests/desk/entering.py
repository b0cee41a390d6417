"""What a browser sends from the entry page: every field of every form as it stands, with changes."""

from typing import Any

from desk.queries.entry import EntryPage
from households.models import Household, HouseholdYear
from tests.makers import YEAR


def page_of(household: Household, user: Any, year: int = YEAR) -> EntryPage:
    household = Household.objects.select_related("village__area").get(pk=household.pk)
    return EntryPage(user, household, HouseholdYear.objects.get(household=household, year=year))


def sent(page: EntryPage, **changes: Any) -> dict[str, Any]:
    """The fields of the page as a browser sends them; `changes` by name with "-" as "__"."""
    data: dict[str, Any] = {"save": "1"}
    for form in page.forms:
        for bound in form:
            value = bound.value()
            name = bound.html_name
            if isinstance(value, bool):
                data[name] = str(value).lower()
            elif value is not None and value != "":
                data[name] = value
            elif name.endswith("-name"):
                data[name] = ""
    for name, value in changes.items():
        name = name.replace("__", "-")
        data.pop(name, None)
        if value is not None:
            data[name] = value
    return data


def somebody(number: int = 0, **values: Any) -> dict[str, Any]:
    """The fields of one more member."""
    fields = {"name": "赵小新", "relation": "04", "from_day": f"{YEAR}-05-01", "from_reason": "06"} | values
    return {f"n{number}__{name}": value for name, value in fields.items()}
