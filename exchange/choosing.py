"""Leave single changed rows out of an import, and take them again."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from core.fields import FenField
from exchange.comparing import compare, count_rows
from exchange.models import Import, StagedRow
from households.models import HouseholdYear
from villages.models import VillageYear

State = StagedRow.State
MONEY = sorted(
    str(field.column)
    for model in (HouseholdYear, VillageYear)
    for field in model._meta.concrete_fields
    if isinstance(field, FenField)
)
JUMP = 10

# Both amounts are known, neither is nothing, and one is ten times the other.
_LEAVE_OUT_JUMPS = """
UPDATE exchange_stagedrow s SET state = 'left_out'
WHERE s.source_id = %(source)s AND s.state = 'changed' AND EXISTS (
    SELECT FROM jsonb_each(s.diff) part, jsonb_each(part.value) field,
        LATERAL (SELECT CASE WHEN jsonb_typeof(field.value -> 0) = 'number' THEN abs((field.value ->> 0)::numeric) END
            AS before, CASE WHEN jsonb_typeof(field.value -> 1) = 'number' THEN abs((field.value ->> 1)::numeric) END
            AS after OFFSET 0) pair
    WHERE part.key IN ('household_year', 'village_year') AND field.key = ANY(%(money)s)
      AND pair.before > 0 AND pair.after > 0
      AND GREATEST(pair.before, pair.after) >= %(jump)s * LEAST(pair.before, pair.after))
"""


@transaction.atomic
def leave_out_jumps(source: Import) -> int:
    """Leave out the rows that would change an amount tenfold, until a person takes them; how many."""
    with connection.cursor() as cursor:
        cursor.execute(_LEAVE_OUT_JUMPS, {"source": source.pk, "money": MONEY, "jump": JUMP})
        number = cursor.rowcount
    if number:
        count_rows(source)
    return number


@transaction.atomic
def choose_rows(source: Import, *, shown: Collection[int], taken: Collection[int]) -> None:
    """Of the `shown` rows take those in `taken` and leave the others out.

    ValidationError once the import is confirmed or put away.
    """
    locked = Import.objects.select_for_update().filter(pk=source.pk, state=Import.State.COMPARED)
    if not locked.exists():
        raise ValidationError(_("This import is no longer in the state in which it was shown."))
    rows = StagedRow.objects.filter(source=source, pk__in=shown)
    rows.filter(state=State.CHANGED).exclude(pk__in=taken).update(state=State.LEFT_OUT)
    if rows.filter(state=State.LEFT_OUT, pk__in=taken).update(state=State.STAGED):
        compare(source, (State.STAGED,))
    count_rows(source)
