"""A device tells its room which rows of the room's log it could not open, and as a word why.

It asks for nothing: who has sent such a row sees who was meant to have it, and says it once more to whoever
was. Nobody gets by it what was not said to him.
"""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Final

from rogatory_crypto import cbor
from rogatory_crypto.content.nested_part import Disposition, NestedPart, SinglePart
from rogatory_crypto.wire.identifier import Sequence, read_sequence
from rogatory_crypto.wire.structure import Structure

MEDIA_TYPE: Final = "application/vnd.rogatory.unreadable+cbor;v=1"
MAX_ROWS: Final = 50


@dataclass(frozen=True, slots=True)
class UnreadableRow(Structure):
    """One row, by its number in the room's log, and the code of the error."""

    sequence: Sequence
    code: str
    READERS: ClassVar = (read_sequence, partial(cbor.text, minimum=1, maximum=64))


@dataclass(frozen=True, slots=True)
class UnreadableReport(Structure):
    """What a device could not open; ``again`` where a first report of it was of no use."""

    rows: tuple[UnreadableRow, ...]
    again: bool
    LIMIT: ClassVar = 8192
    READERS: ClassVar = (
        partial(cbor.array_of, reader=UnreadableRow.from_plain, maximum=MAX_ROWS),
        cbor.boolean,
    )


def unreadable_part(report: UnreadableReport) -> SinglePart:
    """Return the part of a message that carries a report."""
    return SinglePart(Disposition.UNSPECIFIED, "", MEDIA_TYPE, report.encode())


def read_unreadable(part: NestedPart) -> UnreadableReport | None:
    """Return the report that a part carries, if it is one.

    Raises:
        PeerError: MALFORMED or TOO_LARGE.
    """
    if not isinstance(part, SinglePart) or part.content_type != MEDIA_TYPE:
        return None
    return UnreadableReport.decode(part.content)
