"""XML signatures of other products, with known verdicts; a file may do no better than its source says."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from rogatory_crypto.esign import check
from rogatory_crypto.esign.report import Coverage

PASSED = "TOTAL-PASSED"
AT_LEAST = 16


def entries(shared: Path) -> list[dict[str, Any]]:
    every: list[dict[str, Any]] = json.loads((shared / "esign/manifest.json").read_text())["entries"]
    found = [entry for entry in every if entry["format"] == "XAdES"]
    assert len(found) >= AT_LEAST
    return found


def test_every_xml_signature_of_the_corpus_is_judged_as_its_source_says(shared: Path) -> None:
    folder = shared / "esign"
    for entry in entries(shared):
        at = entry["validation_time"]
        report = check(
            (folder / entry["file"]).read_bytes(),
            trust=[(folder / name).read_bytes() for name in entry["anchors"]],
            contents=[(folder / each["file"]).read_bytes() for each in entry["detached"]],
            at=int(datetime.fromisoformat(at).timestamp()) if at else 1_790_000_000,
            revocation=entry["revocation"] == "required",
        )
        expected = entry["expected"]["signatures"]
        assert len(report.signatures) == len(expected), entry["id"]
        for found, source in zip(report.signatures, expected, strict=True):
            allowed = {source["indication"], *source.get("also_acceptable", [])}
            assert found.indication.value in allowed, (entry["id"], found.reason)
            wrapped = entry["expected"].get("partial_scope") and found.indication.value == PASSED
            assert not wrapped or found.scope.coverage is Coverage.PARTIAL, entry["id"]
