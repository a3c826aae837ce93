"""The fields of a letter: each of its kind, and a wrong one is named."""

import json
from pathlib import Path
from typing import Any

import pytest

from rogatory_client.cli.drafts.letter_fields import read_letter
from rogatory_client.letter import Urgency
from rogatory_crypto.errors import MisuseError

NOW = 1_790_000_000
FIELDS: dict[str, Any] = {
    "requesting_authority": "Central authority",
    "requesting_state": "One",
    "requested_authority": "Central authority",
    "requested_state": "Another",
    "reference": "MLA-1",
    "request_type": "Search",
    "legal_basis": "UNTOC article 18",
    "facts": "What happened.",
    "assistance": ["Search the premises"],
    "signed_by": "Head of the central authority",
}


def written(folder: Path, **changes: Any) -> Path:
    path = folder / "fields.json"
    path.write_text(json.dumps(FIELDS | changes))
    return path


def test_a_letter_is_dated_now_unless_it_says_otherwise(tmp_path: Path) -> None:
    assert read_letter(written(tmp_path), now=NOW).dated_at == NOW
    assert read_letter(written(tmp_path, dated_at=5), now=NOW).dated_at == 5


def test_lists_and_urgency(tmp_path: Path) -> None:
    letter = read_letter(written(tmp_path, offences=["Fraud"], urgency="emergency"), now=NOW)
    assert letter.offences == ("Fraud",)
    assert letter.urgency is Urgency.EMERGENCY


@pytest.mark.parametrize(
    "changes",
    [
        {"assistance": "one"},
        {"assistance": [1]},
        {"dated_at": "today"},
        {"dated_at": True},
        {"facts": 3},
        {"urgency": "now"},
    ],
    ids=str,
)
def test_a_field_of_the_wrong_kind_is_named(tmp_path: Path, changes: Any) -> None:
    with pytest.raises(MisuseError, match=next(iter(changes))):
        read_letter(written(tmp_path, **changes), now=NOW)


def test_deep_json_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "fields.json"
    path.write_text("[" * 100_000)
    with pytest.raises(MisuseError, match="not JSON"):
        read_letter(path, now=NOW)
