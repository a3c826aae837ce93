"""A report on the same file is the same to the byte, whatever process makes it.

Sets have another order in each process (``PYTHONHASHSEED``), and objects other addresses; a report that shows
either could not be compared with the one that was kept.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.crypto.esign.cms import material as cms
from tests.crypto.esign.container import material as container
from tests.crypto.esign.pdf.builder import current, plain, root, size, stream, updated, written
from tests.crypto.esign.pdf.material import office, sealed
from tests.crypto.esign.xml import material as xml

CHILD = """
import json, sys
from pathlib import Path
from rogatory_crypto.esign import check
from rogatory_crypto.esign.report_json import encode_report
for line in json.load(sys.stdin):
    report = check(Path(line["file"]).read_bytes(), trust=[], at=line["at"])
    print(json.dumps(encode_report(report)))
"""
AT = 1_790_000_000
OF_EACH_FORMAT = 8


def reports(files: Sequence[Path], seed: int, at: int = AT) -> list[str]:
    """Check files in a process of its own."""
    ended = subprocess.run(
        [sys.executable, "-c", CHILD],
        input=json.dumps([{"file": str(each), "at": at} for each in files]),
        env={**os.environ, "PYTHONHASHSEED": str(seed)},
        capture_output=True,
        text=True,
        check=True,
    )
    return ended.stdout.splitlines()


def changed_pdfs() -> dict[str, bytes]:
    """A signed PDF and what others made of it, so that every part of the comparison has something to say."""
    signed = sealed(office(), document=written(plain()))
    new = size(signed)
    widget = b"<</Type/Annot/Subtype/Widget/FT/Tx/T(%s)/Rect[72 690 300 710]/P 3 0 R>>"
    fields = {new + place: widget % name for place, name in enumerate((b"Sum", b"Name", b"Date"))}
    kids = b" ".join(b"%d 0 R" % number for number in fields)
    page, form, catalogue = current(signed, 3), current(signed, 7), current(signed, root(signed))
    return {
        "signed": signed,
        "content": updated(signed, {4: stream(b"BT ET")}),
        "pages": updated(signed, {2: b"<</Type/Pages/Count 2/Kids[3 0 R %d 0 R]>>" % new, new: page}),
        "annotations": updated(signed, {3: page.replace(b"/Annots [", b"/Annots [" + kids + b" "), **fields}),
        "entries": updated(signed, {root(signed): catalogue[:-2] + b"/Alpha 1/Beta 2/Gamma 3/Delta 4>>"}),
        "form": updated(signed, {7: form.replace(b"/Fields [", b"/Fields [" + kids + b" "), **fields}),
    }


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("own")
    documents = {
        **changed_pdfs(),
        "attached": cms.attached(),
        "detached": cms.detached(),
        "enveloped": xml.enveloped(),
        "enveloping": xml.enveloping(),
        "simple": container.pack(container.simple()),
        "extended": container.pack(container.extended()),
    }
    for name, document in documents.items():
        (folder / name).write_bytes(document)
    return sorted(folder.iterdir())


def test_two_processes_say_the_same_of_our_own_files(own: list[Path]) -> None:
    first = reports(own, 1)
    assert len(first) == len(own)
    for named in ("/Alpha, /Beta, /Delta, /Gamma", "form fields were added: Date, Name, Sum"):
        assert any(named in each for each in first), named
    assert reports(own, 2) == first
    assert reports(own, 3) == first


def test_two_processes_say_the_same_of_files_of_others(shared: Path) -> None:
    entries = json.loads((shared / "esign/manifest.json").read_text())["entries"]
    chosen: dict[str, list[Path]] = {}
    # Where a check fails there is most to say; so those first.
    for entry in sorted(entries, key=lambda each: "TOTAL-FAILED" not in json.dumps(each["expected"])):
        chosen.setdefault(entry["format"], []).append(shared / "esign" / entry["file"])
    files = [file for group in chosen.values() for file in group[:OF_EACH_FORMAT]]
    assert len(chosen) >= 4
    assert reports(files, 1) == reports(files, 2)
