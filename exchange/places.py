"""Where a row belongs: its village by code or by name inside its township, within the import's area."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from areas.lookup import VillageFinder
from areas.models import Area
from areas.stems import plain, township_stem, village_stem
from exchange.rows import CleanRow, RowReader
from villages.models import Village


@dataclass(frozen=True, slots=True)
class Verdict:
    """A village, or why there is none; perhaps with a remark."""

    area: Area | None = None
    problem: str = ""
    note: str = ""
    params: dict[str, Any] | None = None


class VillageResolver:
    """Finds the villages that rows name; what lies outside the import's area is unknown to it."""

    def __init__(self, county: Area, prefixes: Sequence[str]) -> None:
        self.county = county
        self.prefixes = tuple(prefixes)
        self.finder = VillageFinder(county)
        self.village_ids = dict(
            Village.objects.filter(area__code__startswith=county.prefix).values_list("area_id", "pk")
        )
        self._known: dict[tuple[str, str, str], Verdict] = {}
        self._county_name = self._short(county.name)

    def resolve(self, row: CleanRow, reader: RowReader) -> Area | None:
        """The village of a row; its problems and notes go to the row."""
        located = row.located
        county = located.get("county", "")
        if county and self._short(county) != self._county_name:
            place = reader.place_of.get("row.county")
            row.note("county_differs", place, county, value=county, county=self.county.name)
        key = located.get("code", ""), located.get("township", ""), located.get("village", "")
        if not any(key):
            return None
        if key not in self._known:
            self._known[key] = self._resolved(*key)
        verdict = self._known[key]
        code = verdict.problem or verdict.note
        if code:
            target = "row.code" if code.startswith("code_") else "row.village"
            if code.startswith("township"):
                target = "row.township"
            place = reader.place_of.get(target)
            value = {"row.code": key[0], "row.township": key[1], "row.village": key[2]}[target]
            (row.refuse if verdict.problem else row.note)(code, place, value, **(verdict.params or {}))
        return verdict.area

    def village_id(self, area: Area) -> int:
        return self.village_ids[area.pk]

    def _resolved(self, code: str, township: str, village: str) -> Verdict:
        by_code = self._inside(self.finder.villages.get(code)) if code else None
        if by_code is not None:
            return self._by_code(by_code, township, village)
        found = self._by_name(township, village)
        if code and found.area is not None:
            params = {"code": code, "known": found.area.code}
            return Verdict(found.area, note="code_taken_by_name", params=params)
        return found

    def _by_code(self, area: Area, township: str, village: str) -> Verdict:
        home = self.finder.townships[cast(int, area.parent_id)]
        same_village = not village or village_stem(village) == area.stem
        same_township = not township or township_stem(township) == township_stem(home.name)
        if same_village and same_township:
            return Verdict(area)
        params = {
            "code": area.code,
            "code_name": f"{home.name}{area.name}",
            "name": f"{township}{village}",
        }
        return Verdict(problem="code_and_name_differ", params=params)

    def _by_name(self, township: str, village: str) -> Verdict:
        if not village:
            return Verdict()
        if not township:
            return Verdict(problem="township_missing", params={"village": village})
        home = self.finder.township(township)
        if home is None or not any(
            home.code.startswith(prefix) or prefix.startswith(home.prefix) for prefix in self.prefixes
        ):
            return Verdict(problem="township_unknown", params={"township": township})
        area = self._inside(self.finder.find(township, village))
        if area is not None:
            return Verdict(area)
        params = {"township": township, "village": village}
        near = [name for name in self.finder.similar(township, village) if self._visible(home, name)]
        if near:
            return Verdict(problem="village_unknown_near", params=params | {"near": near[0]})
        return Verdict(problem="village_unknown", params=params)

    def _visible(self, home: Area, name: str) -> bool:
        return any(home.code.startswith(prefix) for prefix in self.prefixes)

    def _inside(self, area: Area | None) -> Area | None:
        return area if area is not None and area.code.startswith(self.prefixes) else None

    @staticmethod
    def _short(name: str) -> str:
        short = plain(name)
        return short[:-1] if len(short) > 2 and short[-1] in "县市区旗" else short
