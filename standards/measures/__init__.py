"""Every measure that a standard may name, by subject and code."""

from standards.measures.base import HAND_TABLES, Hand, Measure
from standards.measures.household import HOUSEHOLD_MEASURES
from standards.measures.village import VILLAGE_MEASURES
from standards.models.version import Subject

MEASURES: dict[str, dict[str, Measure]] = {
    Subject.HOUSEHOLD: {measure.code: measure for measure in [*HOUSEHOLD_MEASURES, Hand(Subject.HOUSEHOLD)]},
    Subject.VILLAGE: {measure.code: measure for measure in [*VILLAGE_MEASURES, Hand(Subject.VILLAGE)]},
}


def measure_of(subject: str, code: str) -> Measure:
    """The measure with this code; KeyError when the house has none."""
    return MEASURES[subject][code]


__all__ = ["HAND_TABLES", "MEASURES", "Measure", "measure_of"]
