from accounts.models.access import AccessEvent, SignInAttempts
from accounts.models.grants import Grant, GrantedHousehold
from accounts.models.organisations import Official, Organisation
from accounts.models.rights import Right
from accounts.models.second_factor import HourlyUse, RecoveryCode, SecondFactor
from accounts.models.tokens import ApiAnswer, ApiToken, ApiUse
from accounts.models.users import User

__all__ = [
    "AccessEvent",
    "ApiAnswer",
    "ApiToken",
    "ApiUse",
    "Grant",
    "GrantedHousehold",
    "HourlyUse",
    "Official",
    "Organisation",
    "RecoveryCode",
    "Right",
    "SecondFactor",
    "SignInAttempts",
    "User",
]
