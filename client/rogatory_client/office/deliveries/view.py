"""How messages arrive, as it is shown; ids are lower-case hex, events are those of EN 319 522-1."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProofView:
    """What shows that a message has come so far.

    Attributes:
        stage: ``relayed``, ``delivered``, ``opened`` or ``acknowledged``.
        event: of EN 319 522-1.
        by: the office, or the relay.
        backed_by: ``signature`` of the device, ``postmark`` of the relay, or ``status``, which proves
            nothing to third parties.
    """

    stage: str
    event: str
    by: str
    officer: str | None
    device_id: str | None
    at_ms: int
    backed_by: str
    own_reference: str | None


@dataclass(frozen=True, slots=True)
class FailureView:
    """A signed statement of non-delivery.

    Attributes:
        event: of EN 319 522-1.
        reason: its code.
        waited_s: for how long evidence was waited for.
        stated_by: the office that has sent the message.
        overruled_by: the event of the receipt that has overruled it; None while it counts.
        flaw: why it does not count at all, where it does not hold.
    """

    event: str
    reason: str
    recipient: str
    waited_s: int
    at: int
    stated_by: str
    officer: str
    device_id: str
    overruled_by: str | None
    flaw: str | None


@dataclass(frozen=True, slots=True)
class DeviceStateView:
    """How far a message has come with a device of its recipient.

    Attributes:
        stage: None where the device has not said anything yet.
        unreadable_since: when it said that it cannot open it, Unix seconds.
        resent: whether it was said to it again.
    """

    device_id: str
    officer: str
    stage: str | None
    unreadable_since: int | None
    resent: bool


@dataclass(frozen=True, slots=True)
class RecipientView:
    """How far a message has come with one office.

    Attributes:
        stage: ``queued``, ``submitted``, ``relayed``, ``delivered``, ``opened`` or ``acknowledged``.
        failed: whether non-delivery was stated and nothing has overruled it, or it will never be sent.
        late: whether an officer should look after it, as half of the time or more is over.
        delivery_due: when delivery is waited for no longer, Unix seconds; None in informal rooms.
        opening_due: when the opening is.
        text: the same in words, with what is to be done.
    """

    office: str
    stage: str
    failed: bool
    late: bool
    delivery_due: int | None
    opening_due: int | None
    proofs: tuple[ProofView, ...]
    failures: tuple[FailureView, ...]
    devices: tuple[DeviceStateView, ...]
    text: str


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One message, the relay's word on it, and how far it has come with each recipient.

    Attributes:
        content_sha256: of the exact bytes that receipts are about.
        relay: what the relay has signed; None where this device holds no postmark.
        rejected: why the relay will never take it, as far as known; the relay signs no rejection.
        not_valid: statements that do not hold, shown and not acted on.
        said_again_ms: when it was said once more to this device, which could not open it first; that it was
            said so at ``at_ms`` is then its sender's word.
    """

    message_id: str
    room_id: str
    sender: str
    at_ms: int
    kind: str
    subject: str | None
    formal: bool
    own: bool
    content_sha256: str
    relay: ProofView | None
    rejected: str | None
    recipients: tuple[RecipientView, ...]
    not_valid: tuple[FailureView, ...]
    said_again_ms: int | None


@dataclass(frozen=True, slots=True)
class UnreadableView:
    """A row of a case that this device could not open.

    Attributes:
        sequence: its number in the room's log.
        at_ms: when the relay took it in.
        code: of the error.
        reported_at: when the room was told; None before.
        text: who must do what.
    """

    room_id: str
    sequence: int
    at_ms: int
    code: str
    reported_at: int | None
    reports: int
    text: str


@dataclass(frozen=True, slots=True)
class CaseDeliveriesView:
    """All messages of a case that are on their way or have arrived, and what cannot be read here."""

    room_id: str
    subject: str
    messages: tuple[DeliveryView, ...]
    unreadable: tuple[UnreadableView, ...]


@dataclass(frozen=True, slots=True)
class TermsView:
    """How long evidence is waited for, in seconds."""

    urgent: bool
    delivery_s: int
    opening_s: int
