from households.models.household import Household, HouseholdNumberAlias, HouseholdStatus
from households.models.person import Membership, Person
from households.models.year import HouseholdYear, PersonYear

__all__ = [
    "Household",
    "HouseholdNumberAlias",
    "HouseholdStatus",
    "HouseholdYear",
    "Membership",
    "Person",
    "PersonYear",
]
