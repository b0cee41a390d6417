"""Generate an invented county on loaded divisions: villages' facts, households, people."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from random import Random
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from areas.models import Area, Level
from areas.services import make_groups
from households.generation.plan import (
    HouseholdPlan,
    Wishes,
    plan_households,
    poor_persons,
    usual_wishes,
)
from households.generation.rows import TABLES, Chunk, Place, cut, write_chunk
from households.generation.villages import draw_village_years
from households.generation.words import GROUPS
from households.generation.writing import (
    analyze,
    copy,
    generated_change,
    nothing_counted,
    reserve_keys,
)
from households.models import Household
from villages.models import Village, VillageYear

# Below this the start of another process costs more than it saves.
_ALONE = 4000
_SHARE_OF_POOR_VILLAGES = 0.35


@dataclass(frozen=True)
class Generated:
    """What a call made."""

    households: int
    persons: int
    villages: int


def county_of(code: str) -> Area:
    """The loaded county of this code; ValidationError in words when there is none."""
    county = Area.objects.valid().filter(level=Level.COUNTY, code__startswith=code[:6]).first()
    if county is None or len(code) not in (6, 12):
        raise ValidationError(_("The county %(code)s is not loaded: run load_areas.") % {"code": code})
    return county


def generate_county(
    county: Area,
    wishes: Wishes | int,
    *,
    seed: int,
    year: int = 2016,
    processes: int = 2,
    progress: Callable[[int, int], None] | None = None,
) -> Generated:
    """Fill an empty register with invented households; the same seed gives the same facts."""
    number = county.county_number
    if Household.objects.filter(county=number).exists():
        raise ValidationError(_("%(county)s has households already.") % {"county": county.name})
    wishes = usual_wishes(wishes) if isinstance(wishes, int) else wishes
    rng = Random(seed)
    with generated_change("households.generated", county=number, reason=f"seed {seed}"):
        villages = _villages(county)
        listed, weights = _listed_villages(rng, villages)
        plans = plan_households(rng, wishes, weights)
        poor = poor_persons(plans, len(villages))
        _write_village_years(villages, draw_village_years(rng, poor, listed), year)
        places = _places(rng, villages)
        chunks = _chunks(county.prefix, year, seed, plans, places)
        with nothing_counted(TABLES):
            for chunk, texts in _drawn(chunks, processes if len(plans) > _ALONE else 1):
                for table, columns in TABLES.items():
                    if table in texts:
                        copy(table, columns, texts[table])
                if progress:
                    progress(chunk.first_index + len(chunk.plans), len(plans))
    analyze(TABLES)
    return Generated(len(plans), sum(plan.persons for plan in plans), len(villages))


def _villages(county: Area) -> list[Village]:
    inside = Village.objects.within(county.prefix).filter(area__valid_to=None)
    villages = list(inside.select_related("area").order_by("area__code"))
    if not villages:
        raise ValidationError(_("%(county)s has no villages: load its divisions.") % {"county": county.name})
    return villages


def _listed_villages(rng: Random, villages: Sequence[Village]) -> tuple[list[bool], list[float]]:
    """Which villages are on the list of poor ones, and how many of the households live in each."""
    # Communities have village parts below 200 (`domain.md` 6.1): few poor households, never listed.
    community = [village.area.code[9:] < "200" for village in villages]
    listed = [not town and rng.random() < _SHARE_OF_POOR_VILLAGES for town in community]
    weights = [
        rng.uniform(5, 9) if poor else rng.uniform(0.2, 0.5) if town else rng.uniform(0.4, 1.3)
        for poor, town in zip(listed, community, strict=True)
    ]
    return listed, weights


def _write_village_years(villages: Sequence[Village], facts: Sequence[dict[str, Any]], year: int) -> None:
    rows = [
        VillageYear(village=village, year=year, county=village.area.county_number, **values)
        for village, values in zip(villages, facts, strict=True)
    ]
    fixed = ("id", "village", "year", "county", "version")
    names = [field.name for field in VillageYear._meta.concrete_fields if field.name not in fixed]
    VillageYear.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["county", "village", "year"],
        update_fields=names,
    )


def _places(rng: Random, villages: Sequence[Village]) -> list[Place]:
    """The villages with their groups; one village in twenty has none."""
    wanted = [
        (village.area, name)
        for village in villages
        if rng.random() < 0.95
        for name in GROUPS[: rng.randint(3, len(GROUPS))]
    ]
    keys: dict[int, list[int]] = {}
    for (area, _name), group in sorted(make_groups(wanted).items()):
        keys.setdefault(area, []).append(group.pk)
    return [Place(village.pk, village.area.code, keys.get(village.area_id, [])) for village in villages]


def _chunks(
    prefix: str, year: int, seed: int, plans: Sequence[HouseholdPlan], places: Sequence[Place]
) -> Iterator[Chunk]:
    """Chunks of the plan, each with keys for its rows; taken as they are needed."""
    for number, span in enumerate(cut(plans)):
        part = plans[span.start : span.stop]
        persons = sum(plan.persons for plan in part)
        yield Chunk(
            number=number,
            first_index=span.start,
            seed=seed,
            year=year,
            county=prefix,
            plans=part,
            places=places,
            household_keys=reserve_keys("households_household", len(part)),
            person_keys=reserve_keys("households_person", persons),
            # An identity number each; a phone and a card for a household at most.
            secret_keys=reserve_keys("core_secret", persons + 2 * len(part)),
        )


def _drawn(chunks: Iterator[Chunk], processes: int) -> Iterator[tuple[Chunk, dict[str, str]]]:
    """Each chunk with its text; other processes draw the next ones while this one is written."""
    if processes < 2:
        for chunk in chunks:
            yield chunk, write_chunk(chunk)
        return
    # Forked, so that they know the keys already and ask the database nothing.
    with ProcessPoolExecutor(processes - 1, mp_context=get_context("fork")) as pool:
        waiting: deque[tuple[Chunk, Future[dict[str, str]]]] = deque()
        for chunk in chunks:
            waiting.append((chunk, pool.submit(write_chunk, chunk)))
            if len(waiting) > 2 * processes:
                chunk, future = waiting.popleft()
                yield chunk, future.result()
        while waiting:
            chunk, future = waiting.popleft()
            yield chunk, future.result()
