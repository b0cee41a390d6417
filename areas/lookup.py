"""Find a village by the names that workbooks carry, inside its township only."""

from collections import defaultdict

from areas.models import Area, Level
from areas.stems import plain, township_stem, village_stem


class VillageFinder:
    """The villages of one county by (township name, village name) and by code, held in memory."""

    def __init__(self, county: Area):
        valid = Area.objects.valid().within(county.prefix).order_by("code")
        self.villages: dict[str, Area] = {}
        self.townships: dict[int, Area] = {}
        self._township_ids: dict[str, list[int]] = defaultdict(list)
        self._village_names: dict[tuple[int | None, str], list[Area]] = defaultdict(list)
        for area in valid.filter(level__in=[Level.TOWNSHIP, Level.VILLAGE]):
            if area.level == Level.TOWNSHIP:
                self.townships[area.pk] = area
                self._township_ids[township_stem(area.name)].append(area.pk)
            else:
                self.villages[area.code] = area
                self._village_names[area.parent_id, area.stem].append(area)

    def township(self, name: str) -> Area | None:
        """The township of this name, or None when none or several fit."""
        ids = self._township_ids.get(township_stem(name), [])
        exact = [pk for pk in ids if plain(self.townships[pk].name) == plain(name)]
        found = exact if len(exact) == 1 else ids
        return self.townships[found[0]] if len(found) == 1 else None

    def find(self, township: str, village: str) -> Area | None:
        """The village of this name in the township of that name; None when unknown or ambiguous."""
        area = self.township(township)
        if area is None:
            return None
        found = self._village_names.get((area.pk, village_stem(village)), [])
        if len(found) > 1:
            found = [area for area in found if plain(area.name) == plain(village)]
        return found[0] if len(found) == 1 else None

    def similar(self, township: str, village: str) -> list[str]:
        """Up to three names of the township that share characters with `village`, for the cure."""
        area = self.township(township)
        if area is None:
            return []
        wanted = set(village_stem(village))
        names = [
            (len(wanted & set(stem)) / max(len(wanted | set(stem)), 1), areas[0].name)
            for (parent, stem), areas in self._village_names.items()
            if parent == area.pk
        ]
        return [name for share, name in sorted(names, reverse=True)[:3] if share >= 0.5]
