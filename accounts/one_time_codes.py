"""One-time codes by the clock (TOTP, RFC 6238: SHA-1, 30 seconds, six digits) and recovery codes.

Pure functions: no database, no clock of their own. Moments are seconds since 1970.
"""

import base64
import hashlib
import hmac
import re
import secrets
import unicodedata
from urllib.parse import quote, urlencode

STEP_SECONDS = 30
DIGITS = 6
DRIFT_STEPS = 1
KEY_BYTES = 20
RECOVERY_CODES = 10
# Nothing that paper and handwriting let one confuse: 31 characters, 16 of them hold 79 bits.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_CODE = re.compile(rf"\d{{{DIGITS}}}")
_RECOVERY = re.compile(rf"[{_LETTERS}]{{16}}")


def new_key() -> str:
    """A fresh key as the 32 letters and digits that an authenticator app takes."""
    return base64.b32encode(secrets.token_bytes(KEY_BYTES)).decode()


def step_at(moment: float) -> int:
    """The number of the 30 seconds that hold `moment`."""
    return int(moment) // STEP_SECONDS


def code_of(key: str, step: int) -> str:
    """The six digits of one step."""
    digest = hmac.digest(base64.b32decode(key), step.to_bytes(8, "big"), hashlib.sha1)
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_of(key: str, typed: str, moment: float) -> int | None:
    """The step, at most one beside the clock, whose code was typed; None when there is none."""
    now, found = step_at(moment), None
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        # No way out of the loop: a right code takes as long as a wrong one.
        if hmac.compare_digest(code_of(key, step), typed):
            found = step
    return found


def address_for_app(key: str, username: str, system: str) -> str:
    """What the QR code holds: the `otpauth` address an authenticator app reads."""
    label = quote(f"{system}:{username}")
    return f"otpauth://totp/{label}?{urlencode({'secret': key, 'issuer': system})}"


def plain_code(typed: str) -> str:
    """What was typed, half width, in small letters, without spaces and dashes."""
    return re.sub(r"[\s\-–—]", "", unicodedata.normalize("NFKC", typed)).lower()


def is_code(text: str) -> bool:
    return text.isascii() and _CODE.fullmatch(text) is not None


def is_recovery_code(text: str) -> bool:
    return _RECOVERY.fullmatch(text) is not None


def new_recovery_codes() -> list[str]:
    """Ten codes for paper, in groups of four."""
    return [
        "-".join("".join(secrets.choice(_LETTERS) for _letter in range(4)) for _group in range(4))
        for _code in range(RECOVERY_CODES)
    ]


def recovery_hash(factor_id: int, code: str) -> bytes:
    """The hash of a recovery code; 79 random bits need neither a key nor a slow hash."""
    return hashlib.sha256(f"{factor_id}|{plain_code(code)}".encode()).digest()
