from standards.models.assessment import Assessment, DirtyVillage, Doubt
from standards.models.result import (
    HouseholdResult,
    HouseholdResultHistory,
    HouseholdTrialResult,
    VillageResult,
    VillageResultHistory,
    VillageTrialResult,
)
from standards.models.version import Criterion, Indicator, StandardVersion, Subject

__all__ = [
    "Assessment",
    "Criterion",
    "DirtyVillage",
    "Doubt",
    "HouseholdResult",
    "HouseholdResultHistory",
    "HouseholdTrialResult",
    "Indicator",
    "StandardVersion",
    "Subject",
    "VillageResult",
    "VillageResultHistory",
    "VillageTrialResult",
]
