"""Who lives in a household: shapes by size, and the stage of life of each member.

A shape is one letter a member; counts of each stage are exact, so that a county can be told how
many pupils and how many people over 80 it has.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random


class Stage(StrEnum):
    """What a member is; the letter stands in the household's plan."""

    HEAD = "h"
    HEAD_ELDER = "H"
    HEAD_OLDEST = "A"
    SPOUSE = "s"
    SPOUSE_ELDER = "S"
    PARENT = "o"
    PARENT_OLDEST = "a"
    WIFE_OF_SON = "w"
    GROWN = "y"
    INFANT = "i"
    PRESCHOOL = "k"
    PUPIL = "p"
    DROPOUT = "q"
    EXCUSED = "x"
    SCHOOL_UNKNOWN = "u"
    STUDENT = "t"
    JUST_SIXTEEN = "l"
    DEPARTED = "d"


SCHOOL_AGE = (Stage.PUPIL, Stage.DROPOUT, Stage.EXCUSED, Stage.SCHOOL_UNKNOWN)
ENROLLED = (Stage.PUPIL, Stage.STUDENT)
OLDEST = (Stage.HEAD_OLDEST, Stage.PARENT_OLDEST)
MINORS = (*SCHOOL_AGE, Stage.INFANT, Stage.PRESCHOOL, Stage.STUDENT, Stage.JUST_SIXTEEN)

# h head, s spouse, c child, w son's wife, g grandchild, o parent: (shape, weight) by size.
SHAPES: dict[int, tuple[tuple[str, int], ...]] = {
    1: (("h", 1),),
    2: (("hs", 6), ("ho", 2), ("hc", 3)),
    3: (("hsc", 6), ("hso", 2), ("hco", 2), ("hcc", 1)),
    4: (("hscc", 5), ("hsco", 4), ("hscw", 1), ("hcoo", 1)),
    5: (("hscco", 5), ("hscoo", 3), ("hsccc", 1), ("hscwg", 3)),
    6: (("hsccoo", 4), ("hscwgg", 3), ("hsccco", 1), ("hscwgo", 2)),
    7: (("hscwgoo", 2), ("hscwggo", 2), ("hscccoo", 1)),
    8: (("hscwggoo", 1), ("hsccwggo", 1)),
    9: (("hsccwggoo", 1),),
}
SIZES = (1, 2, 3, 4, 5, 6, 7, 8, 9)
SIZE_WEIGHTS = (13, 23, 23, 19, 12, 6, 2.6, 1, 0.4)


@dataclass(frozen=True)
class Shares:
    """How many of the children, or of the old, are in each stage: a share, or an exact number."""

    pupils: float = 0.42
    students: float = 0.10
    dropouts: float = 0.012
    excused: float = 0.004
    school_unknown: float = 0.010
    just_sixteen: float = 0.006
    preschool: float = 0.05
    oldest: float = 0.20
    of_children: dict[str, float] = field(init=False)

    def __post_init__(self) -> None:
        by_stage = {
            Stage.PUPIL: self.pupils,
            Stage.STUDENT: self.students,
            Stage.DROPOUT: self.dropouts,
            Stage.EXCUSED: self.excused,
            Stage.SCHOOL_UNKNOWN: self.school_unknown,
            Stage.JUST_SIXTEEN: self.just_sixteen,
            Stage.PRESCHOOL: self.preschool,
        }
        object.__setattr__(self, "of_children", by_stage)


def _amount(share: float, slots: int) -> int:
    """`share` of the slots, at least one when there is one; whole numbers above 1 are exact."""
    if isinstance(share, int):
        return share
    return max(round(share * slots), 1) if share else 0


def draw_sizes(rng: Random, households: int, persons: int | None = None) -> list[int]:
    """Sizes of so many households, in all exactly `persons` when that is given."""
    sizes = rng.choices(SIZES, SIZE_WEIGHTS, k=households)
    missing = 0 if persons is None else persons - sum(sizes)
    while missing:
        step = 1 if missing > 0 else -1
        place = rng.randrange(households)
        if SIZES[0] <= sizes[place] + step <= 7:
            sizes[place] += step
            missing -= step
    return sizes


def draw_shape(rng: Random, size: int, *, with_child: bool = False) -> str:
    """A shape of this size; `with_child` asks for a child when the size allows one."""
    shapes = [pair for pair in SHAPES[size] if not with_child or "c" in pair[0]] or SHAPES[size]
    return rng.choices([shape for shape, _w in shapes], [weight for _s, weight in shapes])[0]


def assign_stages(rng: Random, shapes: list[str], shares: Shares, first: set[int]) -> list[str]:
    """The stages of every household's members; the households in `first` get pupils before others."""
    stages = [list(shape) for shape in shapes]
    slots = _slots(stages)
    for kind in ("child", "old"):
        rng.shuffle(slots[kind])
    slots["child"].sort(key=lambda slot: slot[0] not in first)
    _place_children(rng, stages, slots["child"], shares)
    _place_old(rng, stages, slots["old"], shares)
    return ["".join(members) for members in stages]


def _slots(stages: list[list[str]]) -> dict[str, list[tuple[int, int]]]:
    """Places that may hold a child or one of the oldest; a married son is grown."""
    slots: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for household, members in enumerate(stages):
        alone = "c" not in members and "o" not in members
        for place, letter in enumerate(members):
            if letter == "g" or (letter == "c" and members[place + 1 : place + 2] != ["w"]):
                slots["child"].append((household, place))
            elif letter == "o" or (letter == "h" and alone):
                slots["old"].append((household, place))
    return slots


def _place_children(
    rng: Random, stages: list[list[str]], slots: list[tuple[int, int]], shares: Shares
) -> None:
    total = len(slots)
    waiting = iter(slots)
    kept_back: list[tuple[int, int]] = []
    for stage, share in shares.of_children.items():
        wanted = _amount(share, total)
        while wanted > 0:
            slot = next(waiting, None)
            if slot is None:
                break
            household, place = slot
            if stages[household][place] == "g" and stage in (Stage.STUDENT, Stage.JUST_SIXTEEN):
                kept_back.append(slot)
                continue
            stages[household][place] = stage
            wanted -= 1
    for household, place in [*kept_back, *waiting]:
        grandchild = stages[household][place] == "g"
        stages[household][place] = Stage.INFANT if grandchild or rng.random() < 0.12 else Stage.GROWN
    for members in stages:
        members[:] = [Stage.GROWN if letter == "c" else letter for letter in members]


def _place_old(rng: Random, stages: list[list[str]], slots: list[tuple[int, int]], shares: Shares) -> None:
    oldest = _amount(shares.oldest, len(slots))
    for number, (household, place) in enumerate(slots):
        members = stages[household]
        if members[place] == "o":
            members[place] = Stage.PARENT_OLDEST if number < oldest else Stage.PARENT
            continue
        if number < oldest:
            members[place] = Stage.HEAD_OLDEST
        elif rng.random() < 0.6:
            members[place] = Stage.HEAD_ELDER
        if members[place] != "h" and "s" in members:
            members[members.index("s")] = Stage.SPOUSE_ELDER
