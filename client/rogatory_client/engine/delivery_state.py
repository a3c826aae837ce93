"""How far a message has come with each office it was for: computed from evidence, never stored.

The stages are those of EN 319 522-1, each with the strongest evidence behind it. A failure that was stated
counts until a receipt of its recipient overrules it, whenever that comes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from rogatory_client.engine.delivery_effect import KeptNonDelivery
from rogatory_client.engine.effect import Evidence
from rogatory_crypto.content.non_delivery import OVERRULING, NonDelivery, Reason
from rogatory_crypto.content.receipts import EvidenceEvent
from rogatory_crypto.wire.identifier import DeviceId, EntryId


class Stage(StrEnum):
    """How far it has come, in order."""

    QUEUED = "queued"
    SUBMITTED = "submitted"
    RELAYED = "relayed"
    DELIVERED = "delivered"
    OPENED = "opened"
    ACKNOWLEDGED = "acknowledged"

    @property
    def rank(self) -> int:
        """Its place in the order."""
        return tuple(Stage).index(self)


STAGE_OF: Final = MappingProxyType(
    {
        EvidenceEvent.CONTENT_CONSIGNMENT.value: Stage.DELIVERED,
        EvidenceEvent.CONTENT_HANDOVER.value: Stage.OPENED,
        EvidenceEvent.CONTENT_ACKNOWLEDGEMENT.value: Stage.ACKNOWLEDGED,
        "delivered": Stage.DELIVERED,
        "read": Stage.OPENED,
    }
)
# Status reports of informal rooms are told by the event that they report.
EVENT_OF: Final = MappingProxyType(
    {
        Stage.DELIVERED: EvidenceEvent.CONTENT_CONSIGNMENT,
        Stage.OPENED: EvidenceEvent.CONTENT_HANDOVER,
        Stage.ACKNOWLEDGED: EvidenceEvent.CONTENT_ACKNOWLEDGEMENT,
    }
)


@dataclass(frozen=True, slots=True)
class Terms:
    """How long evidence is waited for, in seconds from when the relay took a message in."""

    delivery_s: int
    opening_s: int

    @property
    def delivery_warning_s(self) -> int:
        """From when on an officer is told that a delivery is late."""
        return self.delivery_s // 2

    @property
    def opening_warning_s(self) -> int:
        """From when on an officer is told that nobody has opened it."""
        return self.opening_s * 2 // 3


USUAL: Final = Terms(24 * 3_600, 36 * 3_600)
URGENT: Final = Terms(4 * 3_600, 8 * 3_600)


@dataclass(frozen=True, slots=True)
class Failure:
    """A statement of non-delivery, and what has overruled it, if anything has."""

    kept: KeptNonDelivery
    overruled_by: Evidence | None

    @property
    def stated(self) -> NonDelivery:
        """What was stated."""
        return self.kept.stated


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a message has come with one office.

    Attributes:
        stage: the furthest.
        proofs: the earliest evidence of each stage, in order.
        devices: how far it has come with each device, as far as that has said so.
        failures: what was stated, the earliest of each event; overruled ones too.
    """

    recipient: EntryId
    stage: Stage
    proofs: tuple[Evidence, ...]
    devices: Mapping[DeviceId, Stage]
    failures: tuple[Failure, ...]

    @property
    def failure(self) -> Failure | None:
        """The newest statement that nothing has overruled."""
        return next((each for each in reversed(self.failures) if each.overruled_by is None), None)


def progress_of(
    recipient: EntryId, reached: Stage, evidence: Iterable[Evidence], stated: Iterable[KeptNonDelivery]
) -> Progress:
    """Return how far a message has come with one office.

    Args:
        recipient: the office.
        reached: how far it has come with the relay.
        evidence: all that holds about the message, of whatever office.
        stated: statements of non-delivery that hold about it, of whatever recipient.
    """
    own = sorted((each for each in evidence if each.entry_id == recipient), key=lambda each: each.at)
    own = [each for each in own if each.event in STAGE_OF]
    earliest: dict[Stage, Evidence] = {}
    devices: dict[DeviceId, Stage] = {}
    for each in own:
        stage = STAGE_OF[each.event]
        earliest.setdefault(stage, each)
        devices[each.device_id] = max(stage, devices.get(each.device_id, stage), key=lambda found: found.rank)
    proofs = tuple(earliest[stage] for stage in Stage if stage in earliest)
    stage = max((reached, *earliest), key=lambda found: found.rank)
    return Progress(recipient, stage, proofs, devices, _failures(recipient, own, stated))


def _failures(
    recipient: EntryId, evidence: Sequence[Evidence], stated: Iterable[KeptNonDelivery]
) -> tuple[Failure, ...]:
    first: dict[EvidenceEvent, KeptNonDelivery] = {}
    about = (each for each in stated if each.stated.recipient == recipient)
    for each in sorted(about, key=lambda kept: (kept.stated.at, kept.stated.device_id)):
        first.setdefault(each.stated.event, each)
    return tuple(
        Failure(kept, next((each for each in evidence if _overrules(each, event)), None))
        for event, kept in first.items()
    )


def _overrules(evidence: Evidence, event: EvidenceEvent) -> bool:
    return evidence.event in OVERRULING[event]


def failure_due(
    progress: Progress, accepted_at: int, terms: Terms, now: int, *, unreadable: bool
) -> tuple[EvidenceEvent, Reason, int] | None:
    """Return what is to be stated now about one recipient: the event, its reason, and how long was waited.

    Args:
        progress: of a message that the relay has.
        accepted_at: when the relay took it in, Unix seconds.
        terms: how long evidence is waited for.
        now: Unix seconds.
        unreadable: whether a device of the recipient has said that it cannot open it.
    """
    known = {each.stated.event for each in progress.failures}
    if progress.stage.rank < Stage.DELIVERED.rank:
        event, waited = EvidenceEvent.CONTENT_CONSIGNMENT_FAILURE, terms.delivery_s
        reason = Reason.NOT_READABLE if unreadable else Reason.DELIVERY_TIME_OUT
    elif progress.stage is Stage.DELIVERED:
        event, waited = EvidenceEvent.CONTENT_HANDOVER_FAILURE, terms.opening_s
        reason = Reason.OPENING_TIME_OUT
    else:
        return None
    if event in known or now < accepted_at + waited:
        return None
    return event, reason, waited


def is_late(progress: Progress, accepted_at: int, terms: Terms, now: int) -> bool:
    """Tell whether an officer should look after it before its time is over."""
    if progress.stage.rank < Stage.DELIVERED.rank:
        return now >= accepted_at + terms.delivery_warning_s
    return progress.stage is Stage.DELIVERED and now >= accepted_at + terms.opening_warning_s
