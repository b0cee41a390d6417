"""A second factor for tests: set up for somebody, and the code of a moment."""

import time

from accounts import one_time_codes, second_factor
from accounts.models import SecondFactor, User


def code_in(factor: SecondFactor, steps: int = 0) -> str:
    """The code that the app shows `steps` times 30 seconds from now."""
    return one_time_codes.code_of(second_factor.key_of(factor), one_time_codes.step_at(time.time()) + steps)


def give_factor(user: User) -> tuple[SecondFactor, list[str]]:
    """Set up a factor whose code of now is still unused; return it with its recovery codes."""
    factor = second_factor.begin(user)
    codes = second_factor.confirm(factor, code_in(factor, -1))
    return SecondFactor.objects.get(pk=factor.pk), codes
