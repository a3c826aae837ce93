"""What a PDF signature covers, and whether what happened to the file afterwards is allowed.

The AdES verdict says nothing on this, so it is a verdict of its own and both must pass. Rules beyond the
library's difference analysis:

1. The byte range is exactly two parts around exactly the hexadecimal string of the signature, and behind the
   signature's DER there is only zero padding (ISO 32000-1 section 12.8.1).
2. If the last revision is not itself covered by a signature or a document time stamp that passes, only
   validation data may have been added after the last one that is. A time stamp that anybody could have made
   covers nothing.
3. An object that stands in the file after the signed revision without a cross-reference naming it was hidden
   there for another reader to find.
4. Behind the last revision there is nothing but white space.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

from asn1crypto import parser  # type: ignore[import-untyped]
from pyhanko.sign.diff_analysis import ModificationLevel, SuspiciousModification
from pyhanko.sign.validation.status import SignatureCoverageLevel

from rogatory_crypto.esign.pdf.embedded import Embedded
from rogatory_crypto.esign.report import Coverage, Scope
from rogatory_crypto.esign.verdict import PASSED, SubIndication, Verdict, failed

_OBJECT: Final = re.compile(
    rb"(?<![0-9])([0-9]{1,10})[\x00\t\n\f\r ]+([0-9]{1,5})[\x00\t\n\f\r ]+obj(?![a-z])"
)
_WHITE: Final = b"\x00\t\n\f\r "
_COVERAGE: Final = {
    SignatureCoverageLevel.ENTIRE_FILE: Coverage.WHOLE_DOCUMENT,
    SignatureCoverageLevel.ENTIRE_REVISION: Coverage.REVISION,
    SignatureCoverageLevel.CONTIGUOUS_BLOCK_FROM_START: Coverage.PARTIAL,
    SignatureCoverageLevel.UNCLEAR: Coverage.UNCLEAR,
}
_CHANGES: Final = {
    ModificationLevel.LTA_UPDATES: "validation data or time stamps were added",
    ModificationLevel.FORM_FILLING: "form fields were filled in or signatures were added",
    ModificationLevel.ANNOTATIONS: "annotations were added",
    ModificationLevel.OTHER: "the document was changed",
}


@dataclass(frozen=True, slots=True)
class Integrity:
    """The verdict on coverage and later changes, and what to show of it."""

    verdict: Verdict
    scope: Scope


def examine(document: bytes, reader: Any, item: Embedded, last_end: int) -> Integrity:  # noqa: ANN401 - untyped library
    """Coverage and later changes of one signature; ``last_end`` is where the last proven one ends."""
    item.signature.compute_integrity_info()
    facts = item.signature.summarise_integrity_info()
    scope = Scope(
        coverage=_COVERAGE[facts["coverage"]],
        signed_bytes=item.end,
        changed_after=_changes(facts["diff_result"], facts["coverage"]),
    )
    broken = (
        _placement(document, item)
        or _coverage(facts)
        or _uncovered_tail(facts, item, last_end)
        or _hidden_objects(document, reader, item)
        or _trailing_bytes(document, reader, item)
    )
    return Integrity(failed(SubIndication.FORMAT_FAILURE, broken) if broken else PASSED, scope)


def _changes(difference: Any, coverage: SignatureCoverageLevel) -> tuple[str, ...]:  # noqa: ANN401 - untyped library
    if coverage is SignatureCoverageLevel.ENTIRE_FILE or difference is None:
        return ()
    if isinstance(difference, SuspiciousModification):
        return (f"the document was changed: {difference}",)
    level = difference.modification_level
    if level is ModificationLevel.NONE:
        return ()
    names = ", ".join(sorted(str(name) for name in difference.changed_form_fields))
    return (_CHANGES[level] + (f": {names}" if names else ""),)


def _placement(document: bytes, item: Embedded) -> str:
    start, first, second, rest = (int(number) for number in item.signature.byte_range)
    if start != 0 or not 0 < first < second or rest < 0 or second + rest > len(document):
        return "the byte range is not two parts of the file in order"
    gap = document[first:second]
    contents = bytes(item.signature.pkcs7_content)
    if gap[:1] != b"<" or gap[-1:] != b">" or gap[1:-1].lower() != contents.hex().encode():
        return "the byte range leaves out more than the signature itself"
    if contents[parser.peek(contents) :].strip(b"\x00"):
        return "there is something behind the signature in its place"
    return ""


def _coverage(facts: dict[str, Any]) -> str:
    if facts["coverage"] < SignatureCoverageLevel.ENTIRE_REVISION:
        return "the signature does not cover a whole revision of the document"
    if not facts["docmdp_ok"]:
        return (
            f"the document was changed after the signature in a way it does not allow: {facts['diff_result']}"
        )
    return ""


def _uncovered_tail(facts: dict[str, Any], item: Embedded, last_end: int) -> str:
    if item.end < last_end or facts["coverage"] is SignatureCoverageLevel.ENTIRE_FILE:
        return ""
    if facts["diff_result"].modification_level > ModificationLevel.LTA_UPDATES:
        return "the document was changed after its last signature"
    return ""


def _hidden_objects(document: bytes, reader: Any, item: Embedded) -> str:  # noqa: ANN401 - untyped library
    later = range(item.signature.signed_revision + 1, reader.xrefs.total_revisions)
    listed = {
        (reference.idnum, reference.generation, reader.xrefs.get_historical_ref(reference, revision))
        for revision in later
        for reference in reader.xrefs.explicit_refs_in_revision(revision)
    }
    streams = {reader.xrefs.get_startxref_for_revision(revision) for revision in later}
    for match in _OBJECT.finditer(document, item.end):
        number, generation = int(match[1]), int(match[2])
        if (number, generation, match.start()) not in listed and match.start() not in streams:
            return f"object {number} {generation} at byte {match.start()} is named by no cross-reference"
    return ""


def _trailing_bytes(document: bytes, reader: Any, item: Embedded) -> str:  # noqa: ANN401 - untyped library
    is_last = item.signature.signed_revision == reader.xrefs.total_revisions - 1
    if is_last and document[item.end :].strip(_WHITE):
        return "there is something behind the end of the document"
    tail = document.rfind(b"%%EOF")
    if document[tail + len(b"%%EOF") :].strip(_WHITE):
        return "there is something behind the end of the document"
    return ""
