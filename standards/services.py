"""Judge areas and single households, close assessments, publish versions."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Count
from django.db.models.functions import Left
from django.utils import timezone
from django.utils.translation import gettext as _

from areas.models import Area, Level
from core.changes import change
from core.clock import day_of_judgement
from core.jobs import enqueue
from core.models import Job
from households.models import Household, HouseholdYear
from households.services import open_household_year
from standards.doubts import lay_doubts
from standards.interrupted import alive
from standards.judging import facts_within, write_results
from standards.models import (
    Assessment,
    DirtyVillage,
    HouseholdResult,
    StandardVersion,
    Subject,
    VillageResult,
)
from standards.outcomes import Outcome
from standards.tallies import refresh_tallies
from villages.models import VillageYear
from villages.services import open_village_year
from villages.years import closed_years, refuse_closed

RESULTS: dict[str, type[HouseholdResult] | type[VillageResult]] = {
    Subject.HOUSEHOLD: HouseholdResult,
    Subject.VILLAGE: VillageResult,
}


class NoStandard(ValidationError):
    """No published standard is in force for this area and year."""


def version_in_force(subject: str, area: Area, year: int) -> StandardVersion:
    """The standard for `area` in `year`; NoStandard says in words that there is none."""
    version = StandardVersion.objects.in_force(subject, area.code, year)
    if version is None:
        message = _("No published %(subject)s standard is in force for %(area)s in %(year)d.")
        raise NoStandard(message % {"subject": Subject(subject).label, "area": area.name, "year": year})
    return version


def lock_judging(county: int, *, alone: bool) -> None:
    """Let area runs of a county wait for open saves and the other way round, until commit.

    Saves share the lock; a run of the area takes it alone, so that it never overwrites a newer
    verdict with one from an older snapshot.
    """
    function = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [0x4A55, county])


def judge_area(
    area: Area,
    year: int,
    *,
    user: Any = None,
    version: StandardVersion | None = None,
    trial: bool = False,
) -> dict[str, Assessment]:
    """Judge the households of an area inside one county, then its villages.

    Returns the assessments by subject; a failed one is kept with its error and raised again.
    With `version` and `trial` only that version's subject is judged, beside the real results.
    """
    if not trial:
        refuse_closed(area.county_number, [year])
        open_years(area, year)
    subjects = [Subject(version.subject)] if version else [Subject.HOUSEHOLD, Subject.VILLAGE]
    assessments: dict[str, Assessment] = {
        subject: _assess(subject, area, year, user=user, version=version, trial=trial) for subject in subjects
    }
    if not trial:
        # Here, not on the first page that somebody opens afterwards.
        refresh_tallies(area.code[:6])
    return assessments


def open_years(area: Area, year: int) -> None:
    """Give every village and household of the area's county its row of the year."""
    open_village_year(area.code[:6], year)
    open_household_year(area.county_number, year)


def _assess(subject, area, year, *, user, version, trial) -> Assessment:
    assessment = Assessment.objects.create(
        subject=subject,
        area=area,
        year=year,
        as_of=day_of_judgement(year),
        version=version or version_in_force(subject, area, year),
        trial=trial,
        started_at=timezone.now(),
        requested_by=getattr(user, "pk", None),
    )
    with alive(assessment.pk):
        _run(assessment)
    return assessment


def _run(assessment: Assessment) -> None:
    """Judge and note how it ended; a failure is noted and raised again."""
    subject, area, trial = assessment.subject, assessment.area, assessment.trial
    try:
        with transaction.atomic():
            lock_judging(area.county_number, alone=True)
            if subject == Subject.VILLAGE and not trial:
                waiting = DirtyVillage.objects.filter(year=assessment.year)
                waiting.filter(village__area__code__startswith=area.prefix).delete()
            if not trial:
                # Somebody may have closed the year while this run waited.
                refuse_closed(area.county_number, [assessment.year])
            facts = facts_within(subject, area.prefix)
            assessment.judged, assessment.changed = write_results(assessment, facts, alone=True)
            if not trial:
                lay_doubts(subject, area.county_number, assessment.year)
    except Exception as error:
        assessment.state, assessment.error = Assessment.State.FAILED, str(error)[:500]
        assessment.finished_at = timezone.now()
        assessment.save(update_fields=["state", "error", "finished_at"])
        raise
    assessment.counts = {} if trial else outcome_counts(assessment)
    assessment.state, assessment.finished_at = Assessment.State.DONE, timezone.now()
    assessment.save(update_fields=["judged", "changed", "counts", "state", "finished_at"])


def outcome_counts(assessment: Assessment) -> dict[str, dict[str, int]]:
    """How many subjects of the assessment's area have each outcome, by indicator and verdict."""
    model = RESULTS[Subject(assessment.subject)]
    rows = model.objects.within(assessment.area.prefix).filter(year=assessment.year)
    codes = [indicator.code for indicator in assessment.version.gating_indicators()]
    counts: dict[str, Counter] = {code: Counter() for code in [*codes, "verdict"]}
    for verdict, *outcomes, number in _grouped(rows, len(codes)):
        counts["verdict"][Outcome(verdict).code] += number
        for code, outcome in zip(codes, outcomes, strict=True):
            counts[code][Outcome(outcome).code] += number
    names = ("met", "not_met", "no_data")
    return {code: {name: counter[name] for name in names} for code, counter in counts.items()}


def _grouped(rows, width: int) -> Iterable[tuple[int, ...]]:
    grouped = rows.order_by().values("verdict", "outcomes").annotate(number=Count("*"))
    for row in grouped:
        if len(row["outcomes"]) == width:
            yield row["verdict"], *row["outcomes"], row["number"]


def judge_households(household_ids: list[int], year: int | None = None) -> int:
    """Judge single households again inside the caller's transaction; return the changed rows.

    Their villages become dirty and are judged within a minute.
    """
    if not household_ids:
        return 0
    years = HouseholdYear.objects.filter(household__in=household_ids, closed=False)
    years = years.filter(year=year) if year else years
    villages = defaultdict(set)
    for county, one_year, village_id in years.order_by().values_list("county", "year", "village_id"):
        villages[county, one_year].add(village_id)
    changed = 0
    for (county, one_year), village_ids in sorted(villages.items()):
        assessment = standing_assessment(Subject.HOUSEHOLD, county, one_year)
        if assessment is None:
            continue
        lock_judging(county, alone=False)
        facts = HouseholdYear.objects.filter(county=county, household__in=household_ids, closed=False)
        written = write_results(assessment, facts)[1]
        if written:
            lay_doubts(Subject.HOUSEHOLD, county, one_year, household_ids)
        changed += written
        mark_villages(list(village_ids), one_year)
    return changed


def standing_assessment(subject: str, county: int, year: int) -> Assessment | None:
    """The last assessment of the county; a new one begins when there is none or it was closed.

    None when no standard is in force. A closed one is never judged again.
    """
    found = (
        Assessment.objects.filter(subject=subject, year=year, trial=False, area__code__startswith=str(county))
        .exclude(state=Assessment.State.FAILED)
        .select_related("version", "area")
        .order_by("-started_at", "-pk")
        .first()
    )
    if found is not None and found.closed_at is None:
        return found
    area = Area.objects.valid().filter(level=Level.COUNTY, code__startswith=str(county)).first()
    version = area and StandardVersion.objects.in_force(subject, area.code, year)
    if not area or not version:
        return None
    moment = timezone.now()
    return Assessment.objects.create(
        subject=subject,
        area=area,
        year=year,
        as_of=day_of_judgement(year),
        version=version,
        started_at=moment,
        finished_at=moment,
        state=Assessment.State.DONE,
    )


def mark_villages(village_ids: list[int], year: int) -> None:
    """Note that these villages have to be judged again."""
    now = timezone.now()
    DirtyVillage.objects.bulk_create(
        [DirtyVillage(village_id=pk, year=year, since=now) for pk in sorted(village_ids)],
        ignore_conflicts=True,
    )


def judge_dirty_villages() -> int:
    """Judge the villages that wait; return how many rows changed. Safe to run twice at once."""
    prefix = Left("village__area__code", 6)
    waiting = DirtyVillage.objects.order_by().values_list(prefix, "year").distinct()
    return sum(judge_waiting_villages(county, year) for county, year in sorted(waiting))


@transaction.atomic
def judge_waiting_villages(prefix: str, year: int) -> int:
    """Judge the villages of a county that wait for it in `year`; return how many rows changed."""
    # The lock comes before the marks: a save that holds it may be about to mark the same village.
    lock_judging(int(prefix), alone=True)
    waiting = DirtyVillage.objects.filter(year=year, village__area__code__startswith=prefix)
    ids = list(waiting.values_list("village_id", flat=True))
    DirtyVillage.objects.filter(year=year, village_id__in=ids).delete()
    if not ids or year in closed_years(int(prefix)):
        return 0
    assessment = standing_assessment(Subject.VILLAGE, int(prefix), year)
    if assessment is None:
        return 0
    open_village_year(prefix, year)
    facts = VillageYear.objects.filter(county=int(prefix), village__in=ids)
    changed = write_results(assessment, facts)[1]
    if changed:
        lay_doubts(Subject.VILLAGE, int(prefix), year, ids)
    return changed


def start_assessment(*, area: Area, year: int, version: StandardVersion | None, user: Any) -> Job:
    """Write a job down that judges the area; with a version it is a trial beside the real results."""
    arguments = {"area": area.pk, "year": year} | ({"version": version.pk} if version else {})
    subject = f"{area.code} {year}"
    with change("assessment.started", user=user, area=area.prefix, subject=subject):
        return enqueue("standards.assess", user=user, arguments=arguments, area_prefix=area.prefix)


@transaction.atomic
def close_assessment(assessment: Assessment, *, user: Any) -> Assessment:
    """Close a finished assessment; ValidationError when it runs, failed or is closed already."""
    with change("assessment.closed", user=user, area=assessment.area.prefix, subject=str(assessment.pk)):
        closed = Assessment.objects.filter(pk=assessment.pk, state="done", closed_at=None, trial=False)
        if not closed.update(closed_at=timezone.now(), closed_by=user.pk):
            raise ValidationError(_("Only a finished assessment that is still open can be closed."))
    assessment.refresh_from_db()
    return assessment


@transaction.atomic
def publish_version(version: StandardVersion, *, user: Any = None) -> StandardVersion:
    """Put a draft in force; from here on it cannot be edited."""
    with change("standard.published", user=user, subject=version.code):
        draft = StandardVersion.objects.filter(pk=version.pk, published_at=None)
        if not draft.update(published_at=timezone.now(), published_by=getattr(user, "pk", None)):
            raise ValidationError(_("This version is already in force; draft a new one instead."))
    version.refresh_from_db()
    return version


def judge_saved(household_ids: list[int], village_ids: list[int], year: int | None) -> None:
    """What `facts_changed` asks for: households at once, villages within a minute."""
    judge_households(household_ids, year)
    if not village_ids:
        return
    years = VillageYear.objects.filter(village__in=village_ids)
    pairs = years.filter(year=year) if year else years
    for county, one_year in pairs.order_by().values_list("county", "year").distinct():
        if one_year in closed_years(county):
            continue
        lock_judging(county, alone=False)
        mark_villages(
            list(pairs.filter(county=county, year=one_year).values_list("village_id", flat=True)), one_year
        )


def counties(prefix: str = "") -> list[Area]:
    """The valid counties inside the area with this prefix."""
    return list(Area.objects.valid().within(prefix).filter(level=Level.COUNTY).order_by("code"))


def open_years_of(county: Area, last: int) -> list[int]:
    """The years up to `last` with facts that are not closed and are covered by a standard.

    The county opens a new year itself; only a register without any year begins with `last`.
    """
    years = VillageYear.objects.filter(county=county.county_number, year__lte=last)
    known = set(years.order_by().values_list("year", flat=True).distinct())
    if not known and has_register(county):
        known = {last}
    in_force = StandardVersion.objects.in_force
    return [
        year
        for year in sorted(known - closed_years(county.county_number))
        if in_force(Subject.HOUSEHOLD, county.code, year) and in_force(Subject.VILLAGE, county.code, year)
    ]


def has_register(county: Area) -> bool:
    """Whether the county has households or village facts to judge."""
    return (
        Household.objects.filter(county=county.county_number).exists()
        or VillageYear.objects.filter(county=county.county_number).exists()
    )
