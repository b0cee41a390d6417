"""What the members of one form say about each other: one head, ages, numbers, nobody twice."""

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from core.secrets import holds, keyed_hashes
from households.codes import Relation
from households.models import Membership

if TYPE_CHECKING:
    from desk.queries.entry import EntryPage, MemberRow

PARENTS = (Relation.FATHER, Relation.MOTHER)
CHILDREN = (Relation.SON, Relation.DAUGHTER)
OF_AGES = {"relation", "birth_date", "id_number"}


def check_members(page: "EntryPage") -> None:
    """Add a sentence to the field of each member that does not fit the others."""
    _check_head(page)
    _check_ages(page)
    _check_numbers(page)
    _check_twice(page)


def _check_head(page: "EntryPage") -> None:
    heads = [row for row in page.staying if row.relation == Relation.HEAD]
    for row in [row for row in reversed(heads) if row.form.is_bound][: len(heads) - 1]:
        row.form.add_error("relation", _("The household has another head already."))
    bound = [row for row in page.staying if row.form.is_bound]
    if not heads and bound and "relation" not in bound[0].form.errors:
        bound[0].form.add_error("relation", _("The household needs a head among its members."))


def _check_ages(page: "EntryPage") -> None:
    """Only where a relation or birth date was typed: what stands already blocks no other correction."""
    head = next((row for row in page.staying if row.relation == Relation.HEAD), None)
    if head is None or head.born is None:
        return
    for row in page.staying:
        if row.born is None or not (_ages_typed(row) or _ages_typed(head)) or not row.form.is_bound:
            continue
        if row.relation in CHILDREN and row.born <= head.born:
            row.form.add_error("relation", _("This child would be older than the head of the household."))
        if row.relation in PARENTS and row.born >= head.born:
            row.form.add_error("relation", _("This parent would be younger than the head of the household."))


def _ages_typed(row: "MemberRow") -> bool:
    return row.form.is_bound and bool(OF_AGES & set(row.form.changed_data))


def _check_numbers(page: "EntryPage") -> None:
    seen: set[str] = set()
    for row in page.members:
        number = row.form.cleaned_data.get("id_number") if row.form.is_bound else ""
        if not number:
            continue
        if number in seen or _is_of_another(page, row, number):
            row.form.add_error("id_number", _("This is the number of another member of the household."))
        elif other := _elsewhere(page, number):
            words = _("This person belongs to household %(number)s already; end that membership first.")
            row.form.add_error("id_number", words % {"number": other})
        seen.add(number)


def _is_of_another(page: "EntryPage", row: "MemberRow", number: str) -> bool:
    others: list[Any] = [one.membership for one in page.known if one is not row]
    secrets = [membership.person.id_number for membership in others]
    return any(secret is not None and holds(secret, number) for secret in secrets)


def _elsewhere(page: "EntryPage", number: str) -> str:
    """The number of another household inside the grants where this number is open."""
    found = Membership.objects.visible_to(page.user).filter(
        to_day=None,
        household__cancelled_on=None,
        person__id_number__field="id_number",
        person__id_number__keyed_hash__in=keyed_hashes("id_number", number),
    )
    other = found.exclude(household=page.household).values_list("household__number", flat=True)
    return other.first() or ""


def _check_twice(page: "EntryPage") -> None:
    there = {(row.membership.person.name, row.born) for row in page.known if row.membership}
    for row in page.new:
        if row.form.is_bound and (row.form.cleaned_data.get("name"), row.born) in there:
            words = _("A member with this name and birth date is in the household already.")
            row.form.add_error("name", words)
