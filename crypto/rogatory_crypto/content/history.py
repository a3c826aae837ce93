"""Earlier messages handed over: to an office's own new device, or back to an office that enrolled anew."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar, Final

from rogatory_crypto import cbor
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.nested_part import MAX_CONTENT_BYTES
from rogatory_crypto.content.numbered_event import NumberedEvent, read_reference
from rogatory_crypto.wire.identifier import EntryId, read_entry_id, read_hash, read_time
from rogatory_crypto.wire.structure import Structure

MAX_ARCHIVED_ROWS: Final = 10_000
MAX_VOUCHERS: Final = 64
MAX_REFERENCES: Final = 256


@dataclass(frozen=True, slots=True)
class ArchivedRow(Structure):
    """One message as the office has it: who sent it by credential, when the relay took it, what it said.

    ``vouched_by`` names the offices that handed it back, where the office did not receive it itself.
    """

    sender: bytes
    accepted_at_ms: int
    content: bytes
    vouched_by: tuple[EntryId, ...] = ()
    READERS: ClassVar = (
        partial(cbor.byte_string, minimum=1, maximum=1024),
        read_time,
        partial(cbor.byte_string, maximum=MAX_CONTENT_BYTES),
        partial(cbor.array_of, reader=read_entry_id, maximum=MAX_VOUCHERS),
    )


@dataclass(frozen=True, slots=True)
class OfficeReference(Structure):
    """Under which reference an office files a case."""

    office: EntryId
    reference: str
    READERS: ClassVar = (read_entry_id, read_reference)


@dataclass(frozen=True, slots=True)
class HistoryResealed(NumberedEvent):
    """Earlier messages of a room, handed by an office to its own new device; the office vouches for them.

    Subject and references are what the office knows of the case, which need not stand in a message it has.
    """

    rows: tuple[ArchivedRow, ...]
    subject: str = ""
    references: tuple[OfficeReference, ...] = ()
    NUMBER: ClassVar = 7
    READERS: ClassVar = (
        partial(cbor.array_of, reader=ArchivedRow.from_plain, maximum=MAX_ARCHIVED_ROWS),
        partial(cbor.text, maximum=300),
        partial(cbor.array_of, reader=OfficeReference.from_plain, maximum=MAX_REFERENCES),
    )


@dataclass(frozen=True, slots=True)
class OfficeReturned(NumberedEvent):
    """An officer has let an office that enrolled anew back into this case, with what was said before or not.

    ``kind`` is the room's, so that the office's devices know from the first message on what they are in.
    """

    office: EntryId
    kind: CaseKind
    with_history: bool
    NUMBER: ClassVar = 8
    READERS: ClassVar = (read_entry_id, partial(cbor.member, enumeration=CaseKind), cbor.boolean)


@dataclass(frozen=True, slots=True)
class HistoryReturned(NumberedEvent):
    """A case, and earlier messages of it, handed back to an office that has enrolled anew.

    Who hands back vouches for the rows, and nobody else does; the subject is empty where it knows none.
    """

    kind: CaseKind
    subject: str
    references: tuple[OfficeReference, ...]
    rows: tuple[ArchivedRow, ...]
    NUMBER: ClassVar = 9
    READERS: ClassVar = (
        partial(cbor.member, enumeration=CaseKind),
        partial(cbor.text, maximum=300),
        partial(cbor.array_of, reader=OfficeReference.from_plain, maximum=MAX_REFERENCES),
        partial(cbor.array_of, reader=ArchivedRow.from_plain, maximum=MAX_ARCHIVED_ROWS),
    )


@dataclass(frozen=True, slots=True)
class KeysAccepted(NumberedEvent):
    """An officer has called an office that enrolled anew and accepts these keys; told to the own devices."""

    office: EntryId
    keys_sha256: bytes
    NUMBER: ClassVar = 10
    READERS: ClassVar = (read_entry_id, read_hash)
