"""Keys of an installation that got none from its environment: made once, kept in its data folder."""

import base64
import json
import os
import secrets
from pathlib import Path


def own_keys(folder: Path) -> dict[str, str]:
    """Read the keys kept in `folder`; make them on the first call. Two processes at once agree."""
    place = folder / "keys.json"
    if not place.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_once(place, {name: _random_key() for name in ("secret", "field", "hash")})
    keys: dict[str, str] = json.loads(place.read_text())
    return keys


def _random_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _write_once(place: Path, keys: dict[str, str]) -> None:
    draft = place.with_name(f"keys.{os.getpid()}.tmp")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(keys, file)
    try:
        # A link fails when another process was first; then its keys are the keys.
        os.link(draft, place)
    except FileExistsError:
        return
    finally:
        draft.unlink()


def new_production_values() -> list[str]:
    """Lines for the environment of a new production installation."""
    names = ("SUPERUSER_PASSWORD", "OWNER_PASSWORD", "APPLICATION_PASSWORD", "REDIS_PASSWORD")
    return [
        f"SECRET_KEY={secrets.token_urlsafe(60)}",
        f"FIELD_KEYS=first:{_random_key()}",
        f"HASH_KEYS=first:{_random_key()}",
        *(f"{name}={secrets.token_urlsafe(24)}" for name in names),
    ]


if __name__ == "__main__":
    print("\n".join(new_production_values()))
