"""Reading labels and codes of the national lists: 因病, 01, 1, 01 因病, 1.因病 are one value."""

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any

from exchange.cleaning import half_width, refuse_broken, shown
from exchange.problems import CellProblem

_CODE_AND_LABEL = re.compile(r"([0-9]{1,2})\s*[.、:\-_)]?\s*(\D.*)")
_BETWEEN = re.compile(r"[,;、/+|\s和及]+")
_EMPTY_WORDS = {"无", "没有", "-", "/"}


class CodeList:
    """One list: its codes with labels, and further spellings seen in real sheets."""

    def __init__(
        self,
        choices: Iterable[tuple[str, Any]],
        aliases: Mapping[str, str] | None = None,
        *,
        codes: bool = True,
    ) -> None:
        self.labels = {str(code): str(label) for code, label in choices}
        self.known: dict[str, str] = {}
        for code, label in self.labels.items():
            self.known[self.key(label)] = code
        for alias, code in (aliases or {}).items():
            self.known.setdefault(self.key(alias), code)
        if codes:
            for code in self.labels:
                self.known.setdefault(code.lower(), code)
                self.known.setdefault(code.lstrip("0").lower() or "0", code)

    @staticmethod
    def key(word: str) -> str:
        """How a word is compared: half width, no spaces, no difference of case."""
        return "".join(half_width(word).split()).lower()

    def find(self, word: str) -> str | None:
        """The code of one written word, or None."""
        key = self.key(word)
        if key in self.known:
            return self.known[key]
        match = _CODE_AND_LABEL.fullmatch(key)
        if not match:
            return None
        by_label = self.known.get(match.group(2))
        by_code = self.known.get(match.group(1).lstrip("0") or "0")
        # 02 因病 contradicts itself: neither half is believed.
        return by_label if by_label is not None and by_code in (None, by_label) else None

    def clean(self, cell: Any) -> str:
        """One value of the list."""
        refuse_broken(cell)
        word = shown(cell)
        code = self.find(word)
        if code is None:
            raise self.not_found(word)
        return code

    def clean_several(self, cell: Any) -> list[str]:
        """Several values of the list, in its order, each once."""
        refuse_broken(cell)
        whole = shown(cell)
        if whole in _EMPTY_WORDS and self.find(whole) is None:
            return []
        single = self.find(whole)
        if single is not None:
            return [single]
        codes = set()
        for word in filter(None, _BETWEEN.split(half_width(whole))):
            code = self.find(word)
            if code is None:
                raise self.not_found(word)
            codes.add(code)
        return sorted(codes)

    def not_found(self, word: str) -> CellProblem:
        labels = list(self.labels.values())
        near = difflib.get_close_matches(word, labels, n=1, cutoff=0.5)
        if near:
            return CellProblem("not_in_list_near", value=word, near=near[0])
        return CellProblem("not_in_list", value=word, choices="、".join(labels[:12]))
