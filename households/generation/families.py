"""The members of one household: relation, sex, birth date, name, identity number."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from households.codes import Relation
from households.generation.stages import OLDEST, SCHOOL_AGE, Stage
from households.generation.words import given_name, surname
from households.identity import check_character

MALE, FEMALE = "1", "2"
_PARENTS = (Stage.PARENT, Stage.PARENT_OLDEST)
_HEADS = (Stage.HEAD, Stage.HEAD_ELDER, Stage.HEAD_OLDEST)


@dataclass(slots=True)
class Member:
    """One invented person in a household's plan."""

    stage: str
    relation: str
    sex: str
    birth_date: date
    name: str = ""
    id_number: str = ""


@dataclass
class FamilyMaker:
    """Makes families of one county and year from one source of chance."""

    rng: Random
    year: int
    area_code: str = "999001"
    _given: set[str] = field(default_factory=set)

    def make(self, stages: str) -> list[Member]:
        """The members for one letter each, the head first."""
        ages = self._ages(stages)
        members = [
            Member(letter, *self._relation(letter, stages, place), self._birth_date(letter, ages[place]))
            for place, letter in enumerate(stages)
        ]
        self._pair(members)
        self._name(members)
        return members

    # --- Ages -----------------------------------------------------------------------------
    def _ages(self, stages: str) -> list[int]:
        """Ages on 1 September that fit together: nobody younger than 17 became a parent."""
        rng = self.rng
        wife = stages.find(Stage.WIFE_OF_SON)
        ages = [self._child_age(letter, 0 <= wife < place) for place, letter in enumerate(stages)]
        if wife >= 0:
            ages[wife] = max([*ages[wife + 1 :], 4]) + rng.randint(18, 22)
            ages[wife - 1] = ages[wife] + rng.randint(0, 3)
        eldest = max(ages)
        head = self._head_age(stages, eldest)
        for place, letter in enumerate(stages):
            if letter in _HEADS:
                ages[place] = head
            elif letter in (Stage.SPOUSE, Stage.SPOUSE_ELDER):
                ages[place] = min(max(head + rng.randint(-5, 3), eldest + 18, 22), 77)
            elif letter == Stage.PARENT:
                ages[place] = min(max(head + rng.randint(19, 27), 60), 77)
            elif letter == Stage.PARENT_OLDEST:
                ages[place] = rng.randint(81, 95)
            elif letter == Stage.DEPARTED:
                ages[place] = rng.randint(60, 77)
        return ages

    def _child_age(self, letter: str, grandchild: bool) -> int:
        rng = self.rng
        if letter in SCHOOL_AGE:
            if grandchild:
                return rng.randint(6, 9)
            return rng.randint(11 if letter == Stage.DROPOUT else 6, 15)
        if letter == Stage.INFANT:
            return rng.randint(0, 5)
        if letter == Stage.PRESCHOOL:
            return rng.randint(3, 5)
        if letter == Stage.STUDENT:
            return rng.randint(17, 21)
        if letter == Stage.JUST_SIXTEEN:
            return 16
        return rng.randint(17, 30) if letter == Stage.GROWN else -1

    def _head_age(self, stages: str, eldest: int) -> int:
        rng = self.rng
        if stages[0] == Stage.HEAD_OLDEST:
            return rng.randint(81, 93)
        if stages[0] == Stage.HEAD_ELDER:
            return rng.randint(61, 77)
        parent = Stage.PARENT in stages
        if eldest > 0:
            return min(max(eldest + rng.randint(20, 27), 26), 57 if parent else 64)
        return rng.randint(30, 55) if parent else rng.randint(32, 59)

    def _birth_date(self, letter: str, age: int) -> date:
        """A day of birth with this age on 1 September, the limits of schooling among them."""
        rng = self.rng
        if letter == Stage.JUST_SIXTEEN:
            return date(self.year - 16, 9, 1) - timedelta(days=rng.choice((0, 0, 1, 30)))
        if letter in SCHOOL_AGE and age in (6, 15) and rng.random() < 0.1:
            return date(self.year - 6, 9, 1) if age == 6 else date(self.year - 16, 9, 2)
        # Nobody is born in the year itself: memberships begin on 1 January.
        days = rng.randrange(120 if age == 0 else 365)
        return date(self.year - age - 1, 9, 2) + timedelta(days=days)

    # --- Relations, sexes, names ----------------------------------------------------------
    def _relation(self, letter: str, stages: str, place: int) -> tuple[str, str]:
        rng = self.rng
        if place == 0:
            return Relation.HEAD.value, MALE if rng.random() < 0.88 else FEMALE
        if letter in (Stage.SPOUSE, Stage.SPOUSE_ELDER):
            return Relation.SPOUSE.value, FEMALE
        if letter in _PARENTS:
            second = any(other in _PARENTS for other in stages[:place])
            father = not second and rng.random() < 0.4
            return (Relation.FATHER.value, MALE) if father else (Relation.MOTHER.value, FEMALE)
        if letter == Stage.WIFE_OF_SON:
            return Relation.DAUGHTER_IN_LAW.value, FEMALE
        if letter == Stage.DEPARTED:
            return Relation.OTHER.value, MALE if rng.random() < 0.5 else FEMALE
        return self._child_relation(stages, place)

    def _child_relation(self, stages: str, place: int) -> tuple[str, str]:
        married = Stage.WIFE_OF_SON in stages
        if married and letter_before(stages, place):
            return Relation.SON.value, MALE
        boy = self.rng.random() < 0.53
        if married and place > stages.index(Stage.WIFE_OF_SON):
            return (Relation.GRANDSON.value, MALE) if boy else (Relation.GRANDDAUGHTER.value, FEMALE)
        return (Relation.SON.value, MALE) if boy else (Relation.DAUGHTER.value, FEMALE)

    def _pair(self, members: list[Member]) -> None:
        """Spouses and two parents are of different sex."""
        head = members[0]
        for member in members[1:]:
            if member.relation == Relation.SPOUSE:
                member.sex = FEMALE if head.sex == MALE else MALE
        parents = [member for member in members if member.relation in (Relation.FATHER, Relation.MOTHER)]
        if len(parents) == 2:
            parents[0].relation, parents[0].sex = Relation.FATHER.value, MALE

    def _name(self, members: list[Member]) -> None:
        rng = self.rng
        family = surname(rng)
        spouses = (Relation.SPOUSE, Relation.MOTHER, Relation.DAUGHTER_IN_LAW)
        for member in members:
            own = surname(rng) if member.relation in spouses else family
            member.name = own + given_name(rng, member.sex, member.birth_date.year)
            member.id_number = self._id_number(member)

    def _id_number(self, member: Member) -> str:
        """An invented number with a right checksum, given once by this maker."""
        day = f"{member.birth_date:%Y%m%d}"
        odd = member.sex == MALE
        body = ""
        while not body or body in self._given:
            body = f"{self.area_code}{day}{int(self.rng.random() * 499) * 2 + (1 if odd else 2):03d}"
        self._given.add(body)
        return body + check_character(body)


def letter_before(stages: str, place: int) -> bool:
    """Whether the son's wife follows this member: the married son."""
    return stages[place + 1 : place + 2] == Stage.WIFE_OF_SON


def is_oldest(member: Member) -> bool:
    """Whether the member is old enough for the elderly allowance."""
    return member.stage in OLDEST
