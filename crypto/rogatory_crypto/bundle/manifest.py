"""What a bundle says it holds: ``bundle.cbor`` for machines, and the same as ``bundle.json`` for everybody.

Whatever is left out stands here by its hash. The manifest is its maker's word under the seal; what it says
of messages, receipts and devices is checked against their own signatures and the log.
"""

import json
from dataclasses import dataclass, fields
from functools import partial
from typing import ClassVar, Final

from rogatory_crypto import cbor
from rogatory_crypto.bundle.formality import Said
from rogatory_crypto.content.events import CaseEvent
from rogatory_crypto.content.mimi import MessageId, read_message_id
from rogatory_crypto.errors import Code, PeerError
from rogatory_crypto.wire import identifier
from rogatory_crypto.wire.identifier import DeviceId, EntryId, GroupId
from rogatory_crypto.wire.structure import Structure

VERSION: Final = 1
MAX_MESSAGES: Final = 1_000
MAX_DOCUMENTS: Final = 1_000
MAX_BYTES: Final = 1 << 20


def _version(value: object) -> int:
    if cbor.unsigned(value) != VERSION:
        raise PeerError(Code.UNSUPPORTED, f"a bundle of version {value}: this program knows {VERSION}")
    return VERSION


_officer = partial(cbor.text, minimum=1, maximum=120)
_optional_sequence = partial(cbor.optional, reader=identifier.read_sequence)


@dataclass(frozen=True, slots=True)
class BundledMessage(Structure):
    """A message of the case, in the bundle or left out of it.

    Attributes:
        sender, officer, device_id: who said it, as the maker's device has verified it.
        at_ms: when the relay took it in, Unix milliseconds.
        sequence: its place in the room; None where the maker's device did not receive it itself.
        content_sha256: of the exact bytes that were said, which receipts name.
        left_out: whether it is named here only.
    """

    message_id: MessageId
    sender: EntryId
    officer: str
    device_id: DeviceId
    at_ms: int
    sequence: int | None
    content_sha256: bytes
    left_out: bool
    READERS: ClassVar = (
        read_message_id,
        identifier.read_entry_id,
        _officer,
        identifier.read_device_id,
        identifier.read_time,
        _optional_sequence,
        identifier.read_hash,
        cbor.boolean,
    )

    @property
    def file(self) -> str:
        """The name of the file with its content."""
        return f"messages/{self.message_id.hex()}.cbor"

    @property
    def postmark_file(self) -> str:
        """The name of the file with the relay's postmark, where there is one."""
        return f"postmarks/{self.message_id.hex()}.cbor"

    @property
    def attestation_file(self) -> str:
        """The name of the file with its author's signature, where it was said informally."""
        return f"attestations/{self.message_id.hex()}.cbor"

    def said(self, events: tuple[CaseEvent, ...]) -> Said:
        """Return it as its formality is judged."""
        return Said(self.message_id, self.at_ms, self.sequence, events)


@dataclass(frozen=True, slots=True)
class DocumentLeftOut(Structure):
    """A document that is named only: its number in its message, and SHA-256 of its stored form."""

    message_id: MessageId
    number: int
    stored_sha256: bytes
    READERS: ClassVar = (
        read_message_id,
        partial(cbor.unsigned, maximum=255),
        identifier.read_hash,
    )


@dataclass(frozen=True, slots=True)
class Manifest(Structure):
    """What a bundle holds, who made it and when.

    Attributes:
        relay: the relay's name.
        group_id: the room of the case.
        made_at: Unix seconds, by the maker's clock.
        maker, officer, device_id: who made it.
        seal_sha256: of the certificate that the container is sealed with.
        receipts: how many there are.
        verdicts: how many there are.
    """

    version: int
    relay: str
    group_id: GroupId
    made_at: int
    maker: EntryId
    officer: str
    device_id: DeviceId
    seal_sha256: bytes
    messages: tuple[BundledMessage, ...]
    documents_left_out: tuple[DocumentLeftOut, ...]
    receipts: int
    verdicts: int
    LIMIT: ClassVar = MAX_BYTES
    READERS: ClassVar = (
        _version,
        identifier.read_origin,
        identifier.read_group_id,
        partial(cbor.unsigned, maximum=(1 << 32) - 1),
        identifier.read_entry_id,
        _officer,
        identifier.read_device_id,
        identifier.read_hash,
        partial(cbor.array_of, reader=BundledMessage.from_plain, minimum=1, maximum=MAX_MESSAGES),
        partial(cbor.array_of, reader=DocumentLeftOut.from_plain, maximum=MAX_DOCUMENTS),
        partial(cbor.unsigned, maximum=9_999),
        partial(cbor.unsigned, maximum=9_999),
    )

    def to_json(self) -> bytes:
        """Return the same for people and other programs; bytes are hexadecimal."""
        return json.dumps(_named(self), indent=1, ensure_ascii=True).encode() + b"\n"


def _named(value: object) -> object:
    match value:
        case Structure():
            return {item.name: _named(getattr(value, item.name)) for item in fields(value)}  # type: ignore[arg-type]  # every Structure is a dataclass
        case tuple():
            return [_named(item) for item in value]
        case bytes():
            return value.hex()
        case _:
            return value
