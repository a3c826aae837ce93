"""The fields of a letter of request from a JSON file: every name known, every value text or a list."""

import json
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any, Final

from rogatory_client.bounded_file import read_bytes
from rogatory_client.letter import RequestLetter, Urgency
from rogatory_crypto.errors import MisuseError

_MAX_BYTES: Final = 4 << 20
_LISTS: Final = frozenset({"assistance", "offences"})


def read_letter(path: Path, *, now: int) -> RequestLetter:
    """Read a letter; without ``dated_at`` it is dated ``now``.

    Raises:
        MisuseError: naming the field that is unknown, missing or of the wrong kind.
    """
    try:
        given = json.loads(read_bytes(path, _MAX_BYTES))
    except (ValueError, RecursionError) as error:
        raise MisuseError(f"{path} is not JSON: {error}") from error
    if not isinstance(given, dict):
        raise MisuseError(f"{path} must hold one JSON object with the fields of the letter")
    _check_names(given)
    values = {name: _value(name, value) for name, value in given.items()}
    return RequestLetter(**{"dated_at": now} | values)


def _check_names(given: dict[str, Any]) -> None:
    known = {each.name: each for each in fields(RequestLetter)}
    if unknown := sorted(given.keys() - known.keys()):
        raise MisuseError(f"the letter has no field {', '.join(unknown)}")
    required = {name for name, each in known.items() if each.default is MISSING} - {"dated_at"}
    if missing := sorted(required - given.keys()):
        raise MisuseError(f"the letter needs: {', '.join(missing)}")


def _value(name: str, value: object) -> Any:  # noqa: ANN401 - of the field's own type
    if name in _LISTS:
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise MisuseError(f"{name} is a list of texts")
        return tuple(value)
    if name == "dated_at":
        if not isinstance(value, int) or isinstance(value, bool):
            raise MisuseError("dated_at is a number: unix seconds")
        return value
    if not isinstance(value, str):
        raise MisuseError(f"{name} is a text")
    return _urgency(value) if name == "urgency" else value


def _urgency(value: str) -> Urgency:
    try:
        return Urgency(value)
    except ValueError as error:
        raise MisuseError(f"urgency is one of {', '.join(Urgency)}") from error
