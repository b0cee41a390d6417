"""Areas by what people write: a code, a name, or township and village."""

from collections import defaultdict

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from areas.models import Area, Level
from areas.stems import plain, township_stem, village_stem


class AreaIndex:
    """Every valid area above the groups, held in memory while a roster is checked."""

    def __init__(self) -> None:
        self.by_code: dict[str, Area] = {}
        self._by_stem: dict[str, list[Area]] = defaultdict(list)
        self._by_name: dict[str, list[Area]] = defaultdict(list)
        for area in Area.objects.valid().exclude(level=Level.GROUP).select_related("parent"):
            self.by_code[area.code] = area
            self._by_stem[area.stem].append(area)
            self._by_name[plain(area.name)].append(area)

    def find(self, text: str) -> Area:
        """The one area that is meant; ValidationError when none or several are."""
        words = text.replace("·", " ").replace("/", " ").split()
        if words[-1] in self.by_code:
            return self.by_code[words[-1]]
        found = self._named(words[-1])
        if len(words) > 1:
            parents = {area.pk for area in self._named(words[-2])}
            found = [area for area in found if area.parent_id in parents]
        if not found:
            raise ValidationError(
                _("There is no such area. Write its name as in the list of areas, or its code.")
            )
        if len(found) > 1:
            raise ValidationError(
                _("Several areas have this name. Write the one above it first, or the code.")
            )
        return found[0]

    def _named(self, name: str) -> list[Area]:
        exact = self._by_name.get(plain(name))
        if exact:
            return exact
        stems = {village_stem(name), township_stem(name)}
        return [area for stem in stems for area in self._by_stem.get(stem, ())]
