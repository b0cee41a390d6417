"""Open and close doubts; the services of inspections and comparison call these."""

from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone

from core.changes import change
from standards.models import Doubt, HouseholdResult, Subject, VillageResult


@transaction.atomic
def open_doubt(
    *,
    subject: str,
    subject_id: int,
    year: int,
    indicator: str,
    source_kind: str,
    source_id: int,
    note: str = "",
) -> Doubt:
    """Lay a doubt over an indicator; the same source twice stays one doubt."""
    doubt, created = Doubt.objects.get_or_create(
        subject=subject,
        subject_id=subject_id,
        year=year,
        indicator=indicator,
        source_kind=source_kind,
        source_id=source_id,
        defaults={"note": note, "opened_at": timezone.now()},
    )
    if not created and doubt.closed_at is not None:
        Doubt.objects.filter(pk=doubt.pk).update(closed_at=None)
        doubt.refresh_from_db()
    count_doubts(subject, [subject_id], year)
    return doubt


@transaction.atomic
def close_doubt(doubt: Doubt) -> None:
    """Close a doubt; closing it twice changes nothing."""
    with change("doubt.closed"):
        Doubt.objects.filter(pk=doubt.pk, closed_at=None).update(closed_at=timezone.now())
    count_doubts(doubt.subject, [doubt.subject_id], doubt.year)


def count_doubts(subject: str, ids: list[int], year: int) -> None:
    """Bring the number of open doubts on the results of these subjects up to date."""
    counted = dict(
        Doubt.objects.filter(subject=subject, subject_id__in=ids, year=year, closed_at=None)
        .values_list("subject_id")
        .annotate(Count("pk"))
    )
    model, key = (
        (HouseholdResult, "household") if subject == Subject.HOUSEHOLD else (VillageResult, "village")
    )
    for subject_id in ids:
        model.objects.filter(**{key: subject_id, "year": year}).update(doubts=counted.get(subject_id, 0))


def lay_doubts(subject: str, county: int, year: int, ids: list[int] | None = None) -> None:
    """After judging: results that are new carry the doubts opened before them."""
    table, key = (
        ("standards_householdresult", "household_id")
        if subject == Subject.HOUSEHOLD
        else ("standards_villageresult", "village_id")
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE {table} r SET doubts = d.number
            FROM (SELECT subject_id, count(*) AS number FROM standards_doubt
                  WHERE subject = %s AND year = %s AND closed_at IS NULL
                    AND (%s::bigint[] IS NULL OR subject_id = ANY(%s)) GROUP BY subject_id) d
            WHERE r.county = %s AND r.year = %s AND r.{key} = d.subject_id AND r.doubts <> d.number
            """,
            [subject, year, ids, ids, county, year],
        )
