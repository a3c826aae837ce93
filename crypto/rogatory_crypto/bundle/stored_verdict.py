"""What the maker's checks have said about the signatures of the files, kept in a bundle as it was said.

It is the maker's word: whoever wants to know runs the check again over the very file, with his own trust.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Final

from rogatory_crypto import cbor
from rogatory_crypto.bundle.correspondence import ReadMessage
from rogatory_crypto.bundle.documents import SentDocument
from rogatory_crypto.bundle.finding import About, Finding, passed, wrong
from rogatory_crypto.bundle.manifest import Manifest
from rogatory_crypto.bundle.octets import Measured
from rogatory_crypto.content.mimi import MessageId, read_message_id
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.esign import Report, decode_report
from rogatory_crypto.wire import identifier
from rogatory_crypto.wire.structure import Structure

MAX_BYTES: Final = 4 << 20


@dataclass(frozen=True, slots=True)
class BundledVerdict(Structure):
    """One check of one file.

    Attributes:
        number: of the file among those of its message.
        sha256: of the file that was checked.
        checked_at, checked_for: when, and for which instant, Unix seconds.
        report: JSON, as ``esign.decode_report`` reads it; without personal numbers.
    """

    message_id: MessageId
    number: int
    sha256: bytes
    checked_at: int
    checked_for: int
    report: str
    LIMIT: ClassVar = MAX_BYTES
    READERS: ClassVar = (
        read_message_id,
        partial(cbor.unsigned, maximum=255),
        identifier.read_hash,
        identifier.read_time,
        identifier.read_time,
        partial(cbor.text, minimum=1, maximum=MAX_BYTES),
    )

    def read_report(self) -> Report:
        """Return the report; raise PeerError MALFORMED where it is none."""
        try:
            value: object = json.loads(self.report)
        except (ValueError, RecursionError) as error:
            raise PeerError(Code.MALFORMED, "a report that is no JSON") from error
        return decode_report(value)


def verdict_file(number: int) -> str:
    """Return the name of the file with a verdict."""
    return f"verdicts/{number:04}.cbor"


def check_verdicts(
    manifest: Manifest,
    read: list[ReadMessage],
    files: Mapping[str, bytes],
    held: Mapping[str, Measured],
) -> Iterator[Finding]:
    """Check that each verdict is one, on a document that this bundle holds."""
    documents = {(each.message_id, each.number): each for item in read for each in item.documents}
    for number in range(manifest.verdicts):
        name = verdict_file(number)
        try:
            said = _checked(BundledVerdict.decode(files[name]), documents, held)
        except PeerError as error:
            yield wrong(About.VERDICT, name, str(error))
        else:
            yield passed(About.VERDICT, name, f"{manifest.maker} has found: {said}")


def _checked(
    verdict: BundledVerdict,
    documents: Mapping[tuple[MessageId, int], SentDocument],
    held: Mapping[str, Measured],
) -> str:
    document = documents.get((verdict.message_id, verdict.number))
    if document is None:
        raise PeerError(Code.NOT_FOUND, "a verdict on a file that is not of this bundle")
    found = held.get(document.name)
    if found is None:
        raise PeerError(Code.FORBIDDEN, "a verdict on a file that is left out")
    if found.sha256 != verdict.sha256:
        raise PeerError(Code.HASH_MISMATCH, "a verdict on another file than the one of its name")
    return f"{document.name} is {verdict.read_report().indication.value}"
