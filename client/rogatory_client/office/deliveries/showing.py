"""Deliveries as they are shown: every proof verified once more, and each state in words beside its data."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

from rogatory_client.engine.delivery_effect import KeptNonDelivery
from rogatory_client.engine.delivery_state import (
    EVENT_OF,
    STAGE_OF,
    Failure,
    Progress,
    Stage,
    Terms,
    is_late,
    progress_of,
)
from rogatory_client.engine.effect import ArchivedMessage, Evidence
from rogatory_client.engine.non_delivery import flaw_of
from rogatory_client.office.deliveries.view import (
    DeliveryView,
    DeviceStateView,
    FailureView,
    ProofView,
    RecipientView,
)
from rogatory_client.office.desk import Desk
from rogatory_client.office.showing import holds, relayed_view
from rogatory_client.vault.archive import StoredMessage, read_message
from rogatory_client.vault.unreadable import Asked
from rogatory_crypto.content.receipts import EvidenceEvent
from rogatory_crypto.wire.identifier import DeviceId, EntryId

_DOES: Final = {
    Stage.QUEUED: "waits here to be sent",
    Stage.SUBMITTED: "on its way to the relay, which has not answered yet",
    Stage.RELAYED: "the relay has it; no device of the office has fetched it yet",
    Stage.DELIVERED: "a device of the office has it; nobody has opened it yet",
    Stage.OPENED: "opened",
    Stage.ACKNOWLEDGED: "taken in hand",
}
_NOT_SO: Final = {
    EvidenceEvent.CONTENT_CONSIGNMENT_FAILURE: "NOT DELIVERED",
    EvidenceEvent.CONTENT_HANDOVER_FAILURE: "NOT OPENED",
}


@dataclass(frozen=True, slots=True)
class Tracked:
    """All that the vault knows of how a message arrives.

    Attributes:
        reached: how far it has come with the relay.
        sealed_for: devices that it was sealed for, where that is known.
        terms: how long evidence is waited for; None in informal rooms.
        rejected: why the relay will never take it.
        said_again_ms: when it was said once more to this device, Unix milliseconds.
    """

    row: StoredMessage
    recipients: tuple[EntryId, ...]
    reached: Stage
    evidence: Sequence[Evidence]
    stated: Sequence[KeptNonDelivery]
    sealed_for: frozenset[DeviceId]
    asked: Sequence[Asked]
    terms: Terms | None
    rejected: str | None
    said_again_ms: int | None


def delivery_view(tracked: Tracked, desk: Desk) -> DeliveryView:
    """Return a message with its recipients' states."""
    message = read_message(tracked.row)
    flaws = {each.signed: flaw_of(each.stated, message) for each in tracked.stated}
    sound = [each for each in tracked.stated if flaws[each.signed] is None]
    proofs = [each for each in tracked.evidence if holds(each, message, desk)]
    progress = [progress_of(each, tracked.reached, proofs, sound) for each in tracked.recipients]
    return DeliveryView(
        message_id=message.message_id.hex(),
        room_id=message.group_id.hex(),
        sender=message.entry_id,
        at_ms=message.at_ms,
        kind=message.kind,
        subject=message.subject,
        formal=message.formal,
        own=message.own,
        content_sha256=sha256(message.content).hexdigest(),
        relay=_relay(tracked.row, message, desk),
        rejected=tracked.rejected,
        recipients=tuple(_recipient(each, tracked, message, desk) for each in progress),
        not_valid=tuple(
            _stated(Failure(each, None), flaw)
            for each in tracked.stated
            if (flaw := flaws[each.signed]) is not None
        ),
        said_again_ms=tracked.said_again_ms,
    )


def _relay(row: StoredMessage, message: ArchivedMessage, desk: Desk) -> ProofView | None:
    if row.postmark is None:
        return None
    shown = relayed_view(row.postmark, message, desk)
    return ProofView(
        Stage.RELAYED.value, shown.evidence, shown.authority, None, None, shown.at_ms, "postmark", None
    )


def _recipient(progress: Progress, tracked: Tracked, message: ArchivedMessage, desk: Desk) -> RecipientView:
    accepted_at, terms = message.at_ms // 1000, tracked.terms
    counts = terms is not None and tracked.reached is Stage.RELAYED
    late = counts and terms is not None and is_late(progress, accepted_at, terms, desk.surroundings.now())
    devices = tuple(_devices(progress, tracked, desk))
    return RecipientView(
        office=progress.recipient,
        stage=progress.stage.value,
        failed=progress.failure is not None or tracked.rejected is not None,
        late=late,
        delivery_due=accepted_at + terms.delivery_s if counts and terms is not None else None,
        opening_due=accepted_at + terms.opening_s if counts and terms is not None else None,
        proofs=tuple(map(_proof, progress.proofs)),
        failures=tuple(_stated(each, None) for each in progress.failures),
        devices=devices,
        text=_in_words(progress, tracked, devices, late=late),
    )


def _devices(progress: Progress, tracked: Tracked, desk: Desk) -> Iterable[DeviceStateView]:
    asked = {each.device_id: each for each in tracked.asked}
    known = {*tracked.sealed_for, *progress.devices, *asked}
    for device_id in sorted(known):
        device = desk.registry.devices.get(device_id)
        if device is None or device.entry.entry_id != progress.recipient:
            continue
        stage, lost = progress.devices.get(device_id), asked.get(device_id)
        yield DeviceStateView(
            device_id.hex(),
            device.entry.officer,
            None if stage is None else stage.value,
            None if lost is None else lost.at,
            lost is not None and lost.resent,
        )


def _proof(evidence: Evidence) -> ProofView:
    stage = STAGE_OF[evidence.event]
    return ProofView(
        stage=stage.value,
        event=EVENT_OF[stage].value,
        by=evidence.entry_id,
        officer=evidence.officer,
        device_id=evidence.device_id.hex(),
        at_ms=evidence.at * 1000,
        backed_by="status" if evidence.signed is None else "signature",
        own_reference=evidence.own_reference,
    )


def _stated(failure: Failure, flaw: str | None) -> FailureView:
    stated = failure.stated
    return FailureView(
        event=stated.event.value,
        reason=stated.reason.value,
        recipient=stated.recipient,
        waited_s=stated.waited_s,
        at=stated.at,
        stated_by=stated.authority,
        officer=stated.officer,
        device_id=stated.device_id.hex(),
        overruled_by=None if failure.overruled_by is None else failure.overruled_by.event,
        flaw=flaw,
    )


def _in_words(progress: Progress, tracked: Tracked, devices: Sequence[DeviceStateView], *, late: bool) -> str:
    if tracked.rejected is not None:
        return (
            f"NOT SENT: {tracked.rejected} (only this device says so; the relay has signed nothing about it)"
        )
    said = _furthest(progress)
    failure = progress.failure
    if failure is not None:
        said = (
            f"{_NOT_SO[failure.stated.event]} within {failure.stated.waited_s // 3600} h, as stated: {said}"
        )
        said += f"; call {progress.recipient}"
    elif late:
        said += f"; it is late: call {progress.recipient}"
    return "; ".join((said, *_unreadable(devices)))


def _furthest(progress: Progress) -> str:
    if not progress.proofs:
        return _DOES[progress.stage]
    proof = progress.proofs[-1]
    words = {
        Stage.ACKNOWLEDGED: f"acknowledged by {proof.officer} under {proof.own_reference or 'no reference'}",
        Stage.OPENED: f"opened by {proof.officer}",
    }
    said = words.get(progress.stage, _DOES[progress.stage])
    backed = "signed" if proof.signed is not None else "not transferable"
    return f"{said}, {_moment(proof.at)} ({backed})"


def _unreadable(devices: Sequence[DeviceStateView]) -> Iterable[str]:
    for each in devices:
        if each.unreadable_since is not None and each.stage is None:
            done = "it was said again" if each.resent else "the device that has sent it must say it again"
            yield f"NOT READABLE at the device of {each.officer}: {done}"


def _moment(at: int) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC"
