"""A device tells its room that it could not follow the commit of an epoch (RFC 9420 section 16.12, N06).

It is said in the epoch that the device still has, which the others keep for a while. They take the device out
and in again, and it is where they are.
"""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Final

from rogatory_crypto import cbor
from rogatory_crypto.content.nested_part import Disposition, NestedPart, SinglePart
from rogatory_crypto.wire.identifier import read_epoch
from rogatory_crypto.wire.structure import Structure

MEDIA_TYPE: Final = "application/vnd.rogatory.epoch-report+cbor;v=1"


@dataclass(frozen=True, slots=True)
class EpochReport(Structure):
    """The epoch whose commit was refused, and the code of the error."""

    epoch: int
    code: str
    LIMIT: ClassVar = 256
    READERS: ClassVar = (read_epoch, partial(cbor.text, minimum=1, maximum=64))


def report_part(report: EpochReport) -> SinglePart:
    """Return the part of a message that carries a report."""
    return SinglePart(Disposition.UNSPECIFIED, "", MEDIA_TYPE, report.encode())


def read_report(part: NestedPart) -> EpochReport | None:
    """Return the report that a part carries, if it is one.

    Raises:
        PeerError: MALFORMED or TOO_LARGE.
    """
    if not isinstance(part, SinglePart) or part.content_type != MEDIA_TYPE:
        return None
    return EpochReport.decode(part.content)
