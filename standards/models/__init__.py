from standards.models.assessment import Assessment, DirtyVillage, Doubt
from standards.models.by_hand import HouseholdJudgement, VillageJudgement
from standards.models.result import (
    HouseholdResult,
    HouseholdResultHistory,
    HouseholdTrialResult,
    VillageResult,
    VillageResultHistory,
    VillageTrialResult,
)
from standards.models.tally import TouchedTally, VillageTally
from standards.models.version import Criterion, Indicator, StandardVersion, Subject

__all__ = [
    "Assessment",
    "Criterion",
    "DirtyVillage",
    "Doubt",
    "HouseholdJudgement",
    "HouseholdResult",
    "HouseholdResultHistory",
    "HouseholdTrialResult",
    "Indicator",
    "StandardVersion",
    "Subject",
    "TouchedTally",
    "VillageJudgement",
    "VillageResult",
    "VillageResultHistory",
    "VillageTally",
    "VillageTrialResult",
]
