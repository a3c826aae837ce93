import json
from datetime import datetime
from pathlib import Path
from typing import Any

from rogatory_crypto.esign import Indication, check

PASSED = "TOTAL-PASSED"
AT_LEAST = 28


def pdf_entries(shared: Path) -> list[dict[str, Any]]:
    """Every PDF of the corpus whose anchors are certificates."""
    entries: list[dict[str, Any]] = json.loads((shared / "esign/manifest.json").read_text())["entries"]
    found = [
        entry
        for entry in entries
        if entry["format"] in {"PAdES", "PDF-PKCS7"}
        and not any(name.endswith(".xml") for name in entry["anchors"])
    ]
    assert len(found) >= AT_LEAST
    return found


def moment(entry: dict[str, Any]) -> int:
    at = entry["validation_time"]
    return int(datetime.fromisoformat(at).timestamp()) if at else 1_790_000_000


def test_no_pdf_with_a_known_defect_passes_and_every_valid_one_does(shared: Path) -> None:
    folder = shared / "esign"
    for entry in pdf_entries(shared):
        report = check(
            (folder / entry["file"]).read_bytes(),
            trust=[(folder / name).read_bytes() for name in entry["anchors"]],
            at=moment(entry),
            revocation=entry["revocation"] == "required",
        )
        allowed = [
            {each["indication"], *each.get("also_acceptable", [])} for each in entry["expected"]["signatures"]
        ]
        passed = sum(each.indication is Indication.TOTAL_PASSED for each in report.signatures)
        assert passed <= sum(PASSED in words for words in allowed), entry["id"]
        assert passed >= sum(words == {PASSED} for words in allowed), entry["id"]
        assert report.sentence, entry["id"]
