"""Pages of a list that keep the conditions in the address."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest

PER_PAGE = 24
PARAMETER = "page"


@dataclass
class ListPage:
    """One page of a list: its rows, where it stands, and the address of any other page."""

    page: Page
    query: str = ""
    numbers: list[int | None] = field(default_factory=list)

    def __iter__(self):
        return iter(self.page)

    def __len__(self) -> int:
        return len(self.page)

    def __bool__(self) -> bool:
        return bool(self.total)

    @property
    def total(self) -> int:
        return self.page.paginator.count

    @property
    def number(self) -> int:
        return self.page.number

    @property
    def first(self) -> int:
        return self.page.start_index()

    @property
    def last(self) -> int:
        return self.page.end_index()

    @property
    def many(self) -> bool:
        return self.page.has_other_pages()

    def address(self, number: int) -> str:
        """The address of page `number`, with every other condition kept."""
        return "?" + (f"{self.query}&" if self.query else "") + f"{PARAMETER}={number}"

    @property
    def previous(self) -> str:
        return self.address(self.number - 1) if self.page.has_previous() else ""

    @property
    def next(self) -> str:
        return self.address(self.number + 1) if self.page.has_next() else ""

    @property
    def links(self) -> list[tuple[int | None, str]]:
        """Page numbers with their addresses; a gap is `(None, "")`."""
        return [(number, self.address(number) if number else "") for number in self.numbers]


def page_of(
    request: HttpRequest, queryset: QuerySet[Any] | Sequence[Any], per_page: int = PER_PAGE
) -> ListPage:
    """The page the address asks for; a number out of range gives the nearest page."""
    paginator = Paginator(queryset, per_page)
    page = paginator.get_page(request.GET.get(PARAMETER))
    query = request.GET.copy()
    query.pop(PARAMETER, None)
    elided = paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    numbers = [number if isinstance(number, int) else None for number in elided]
    return ListPage(page=page, query=query.urlencode(), numbers=numbers)
