from accounts.models.access import AccessEvent, SignInAttempts
from accounts.models.grants import Grant, GrantedHousehold
from accounts.models.organisations import Official, Organisation
from accounts.models.rights import Right
from accounts.models.users import User

__all__ = [
    "AccessEvent",
    "Grant",
    "GrantedHousehold",
    "Official",
    "Organisation",
    "Right",
    "SignInAttempts",
    "User",
]
