"""What an office keeps, holds and has purged, as it is shown."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RetentionView:
    """What the office's rules say of a case.

    Attributes:
        rule: that keeps it longest; None where no rule is about it.
        due: the first day on which it may be purged, ``YYYY-MM-DD``; None while that is open.
        is_due: whether officers may purge it now.
        against: why not.
    """

    room_id: str
    kind: str
    own_reference: str | None
    rule: str | None
    due: str | None
    is_due: bool
    against: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HoldView:
    """A legal hold on a case; ``lifted_by`` is empty while it is in force."""

    message_id: str
    room_id: str
    at_ms: int
    officer: str
    reasons: str
    lifted_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConsentView:
    """Another officer's consent; ``at`` is Unix seconds, ``reason`` says why it does not count."""

    officer: str
    device_id: str
    at: int | None
    signed: str
    reason: str


@dataclass(frozen=True, slots=True)
class PurgeView:
    """The record of a purge, verified when it was read.

    Attributes:
        message_id: of the order, by which it is confirmed.
        standing: ``not valid``, ``waiting``, ``stopped by a hold`` or ``ordered``.
        reason: why it is not valid.
        at: Unix seconds, by the clock of who proposed it.
        rule: of the office; empty where only the reasons count.
        messages: id and SHA-256 of the content of each message.
        left: how many of these are on this device still.
        signed: the order with the signature of the device, as it came.
    """

    message_id: str
    room_id: str
    standing: str
    reason: str
    proposed_by: str
    device_id: str
    at: int | None
    rule: str
    reasons: str
    messages: dict[str, str]
    drafts: tuple[str, ...]
    left: int
    signed: str
    confirmed_by: tuple[ConsentView, ...]
    refused: tuple[ConsentView, ...]
