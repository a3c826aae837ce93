"""What a step of the engine asks the vault to write, all of one step in one transaction."""

from dataclasses import dataclass, field
from typing import Final, TypeAlias

from rogatory_client.engine.carried_effect import ConfirmCarried, NoteCarriedOut, SaveCarried
from rogatory_client.engine.company_effect import SaveCompany
from rogatory_client.engine.delivery_effect import (
    AnswerNonDelivery,
    MarkReported,
    NoteSaidAgain,
    NoteUnreadable,
    SaveAddressees,
    SaveNonDelivery,
    SaveResendRequest,
    SettleResendRequest,
)
from rogatory_client.engine.office_effect import HoldRequest, LetRequestGo, SaveOfficeWork
from rogatory_client.engine.origin_effect import SaveOrigin
from rogatory_client.engine.outgoing_effect import (
    DropParcel,
    Enqueue,
    FailParcel,
    Parcel,
    SaveSealed,
    SaveTransfer,
)
from rogatory_client.engine.partner_effect import (
    AcceptPartner,
    AwaitRow,
    DropHistory,
    HoldHistory,
    NoteChangedPartner,
    SaveReturn,
    SaveVoucher,
)
from rogatory_client.engine.retention_effect import PurgeCase
from rogatory_client.engine.room import Heard, Room
from rogatory_client.engine.urgent_effect import SaveLink
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.log.split_view import SplitView
from rogatory_crypto.wire.frame import Row
from rogatory_crypto.wire.identifier import DeviceId, EntryId, GroupId, SubmissionId

FROM_ARCHIVE: Final = -1
FROM_PARTNER: Final = -2


@dataclass(frozen=True, slots=True)
class SaveRoom:
    """Write a room with its group and its staged change."""

    room: Room


@dataclass(frozen=True, slots=True)
class ArchivedMessage:
    """A message as it stays in the office's record.

    Attributes:
        sequence: its place in the room's log; None while it has not left, ``FROM_ARCHIVE`` where another
            device of the office has handed it over, ``FROM_PARTNER`` where another office has handed it back,
            ``FROM_CARRIER`` where it came in a file and the relay has not shown it.
        at_ms: when the relay accepted it, or was asked to; of what came by carrier, when it came here.
        kind: ``opening``, ``text``, ``notice``, ``request``, ``acknowledgement``, ``event``, ``evidence``.
        text: what is searched and shown.
    """

    message_id: MessageId
    group_id: GroupId
    sender: bytes
    entry_id: EntryId
    officer: str
    device_id: DeviceId
    sequence: int | None
    at_ms: int
    content: bytes = field(repr=False)
    kind: str
    subject: str | None
    text: str = field(repr=False)
    reference: str | None
    in_reply_to: MessageId | None
    formal: bool
    own: bool


@dataclass(frozen=True, slots=True)
class SaveMessage:
    """Add a message to the archive; one that is there already stays as it is.

    ``filenames`` are those of its attachments, for the search, where they are at hand already.
    """

    message: ArchivedMessage
    filenames: str | None = None


@dataclass(frozen=True, slots=True)
class MarkRelayed:
    """The relay has accepted an own message; ``postmark`` proves it, encoded with its consignment."""

    message_id: MessageId
    sequence: int
    at_ms: int
    postmark: bytes
    submission_id: SubmissionId
    payload_sha256: bytes


@dataclass(frozen=True, slots=True)
class MarkOpened:
    """An officer has opened a message."""

    message_id: MessageId
    at: int


@dataclass(frozen=True, slots=True)
class PutAwayDraft:
    """A request was made from this draft; written with the request, so that it is never sent twice."""

    draft_id: bytes
    at: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """Something known to have happened to a message; ``signed`` is the receipt, None for a status report."""

    message_id: MessageId
    group_id: GroupId
    event: str
    entry_id: EntryId
    officer: str
    device_id: DeviceId
    at: int
    own_reference: str | None
    signed: bytes | None


@dataclass(frozen=True, slots=True)
class SaveEvidence:
    """Keep evidence; the first of its kind from a device stays."""

    evidence: Evidence


@dataclass(frozen=True, slots=True)
class SaveReference:
    """An office files the room under this reference; ``yields`` where one that is known is better known."""

    group_id: GroupId
    entry_id: EntryId
    reference: str
    yields: bool = False


@dataclass(frozen=True, slots=True)
class RememberPayload:
    """This ciphertext is ours: skip it when the log brings it back."""

    group_id: GroupId
    sha256: bytes


@dataclass(frozen=True, slots=True)
class ForgetPayload:
    """The log has brought it back."""

    sha256: bytes


@dataclass(frozen=True, slots=True)
class ForgetKeyPackage:
    """Erase the private half of a KeyPackage that was used (RFC 9420 section 16.8)."""

    reference: bytes


@dataclass(frozen=True, slots=True)
class SpendLastResort:
    """A KeyPackage of last resort was used: another is to take its place (RFC 9420 section 16.8)."""

    reference: bytes


@dataclass(frozen=True, slots=True)
class PlanReseal:
    """Hand the room's history to the office's new devices once ``after_sequence`` has been read."""

    group_id: GroupId
    after_sequence: int


@dataclass(frozen=True, slots=True)
class DropReseal:
    """The history is in the outbox."""

    group_id: GroupId


@dataclass(frozen=True, slots=True)
class HoldRow:
    """Keep a row as it came until its room's tree is there; ``at`` is now, in Unix seconds."""

    group_id: GroupId
    row: Row
    at: int


@dataclass(frozen=True, slots=True)
class ReleaseRows:
    """Nothing of the room is held any more."""

    group_id: GroupId


@dataclass(frozen=True, slots=True)
class Note:
    """Something refused, for the officer's eyes and the local log; nothing of it was shown or believed."""

    group_id: GroupId
    sequence: int
    at: int
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class RememberHeard:
    """Keep a checkpoint of another office that is ahead of our view; one of that office that waits stays."""

    heard: Heard


@dataclass(frozen=True, slots=True)
class ForgetHeard:
    """The view has grown past what this office was shown."""

    entry_id: EntryId


@dataclass(frozen=True, slots=True)
class SaveSplitView:
    """Keep evidence that the log has two histories, for good, and put its report into the outbox.

    Where evidence waits already for an officer to take note of it, nothing is written: several rows of one
    batch may bring the same to light. ``entry_id`` is whose word it came by, in the room ``group_id``, at
    ``at`` Unix seconds; ``report`` is None where that room knows.
    """

    evidence: SplitView
    group_id: GroupId
    entry_id: EntryId
    at: int
    report: Parcel | None


@dataclass(frozen=True, slots=True)
class AcknowledgeSplitViews:
    """An officer has taken note of all evidence kept so far; it stays."""

    officer: str
    at: int


Effect: TypeAlias = (
    SaveRoom
    | SaveMessage
    | MarkRelayed
    | MarkOpened
    | PutAwayDraft
    | SaveEvidence
    | SaveReference
    | Enqueue
    | SaveSealed
    | DropParcel
    | FailParcel
    | SaveTransfer
    | RememberPayload
    | ForgetPayload
    | ForgetKeyPackage
    | SpendLastResort
    | PlanReseal
    | DropReseal
    | HoldRow
    | ReleaseRows
    | Note
    | RememberHeard
    | ForgetHeard
    | SaveSplitView
    | AcknowledgeSplitViews
    | NoteChangedPartner
    | AcceptPartner
    | SaveReturn
    | AwaitRow
    | HoldHistory
    | DropHistory
    | SaveVoucher
    | SaveCarried
    | ConfirmCarried
    | NoteCarriedOut
    | SaveOfficeWork
    | HoldRequest
    | LetRequestGo
    | SaveCompany
    | SaveLink
    | SaveOrigin
    | PurgeCase
    | SaveAddressees
    | SaveNonDelivery
    | AnswerNonDelivery
    | NoteUnreadable
    | MarkReported
    | NoteSaidAgain
    | SaveResendRequest
    | SettleResendRequest
)


@dataclass(frozen=True, slots=True)
class Happening:
    """What the officer may be told once the effects are on disk; an ``alarm`` accuses somebody."""

    kind: str
    group_id: GroupId | None
    message_id: MessageId | None
    text: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one step: rooms that changed, what to write, what to tell.

    Attributes:
        delivered: messages whose senders are still to be told that they are here (``acknowledging``).
    """

    rooms: tuple[Room, ...] = ()
    effects: tuple[Effect, ...] = ()
    happenings: tuple[Happening, ...] = ()
    refused: str | None = None
    delivered: tuple[ArchivedMessage, ...] = ()
