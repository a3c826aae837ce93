"""An officer leaves: two officers say so, the office's key seals it, and the successor has the record.

All three sign the same statement, so the office's chain stands still between the first and the last of them;
if something else is said meanwhile, the hand-over is proposed anew. Whoever of them holds the office's key
signs with it at once, so that two steps are enough where one of the two holds it. The history is handed to
the successor before anything is signed: afterwards the leaver may be the only one who had it.
"""

from dataclasses import dataclass, replace
from typing import ClassVar, Final

from rogatory_client.engine.effect import Outcome, PlanReseal
from rogatory_client.engine.membership import WITHOUT_HISTORY
from rogatory_client.office.carried_text import from_line, to_line
from rogatory_client.office.desk import Desk
from rogatory_client.office.devices.enrolment import publish_statement
from rogatory_client.office.line.trusting import know_newest
from rogatory_client.office.mailbox.handing_cases import load_of
from rogatory_crypto import cbor
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.identity import HandOver, Signer, join_signatures, signature_of
from rogatory_crypto.identity.role import MAY_HAND_OVER, MAY_HOLD_OFFICE_KEY
from rogatory_crypto.signing import PAIR_BYTES, Check, verify_now
from rogatory_crypto.wire.api import Relay
from rogatory_crypto.wire.identifier import DeviceId
from rogatory_crypto.wire.structure import Structure

PREFIX: Final = "rogatory-hand-over-1:"
MAX_BYTES: Final = 12_288
LIFETIME_S: Final = 7 * 86_400
_SIGNERS: Final = 3
_UNSIGNED: Final = bytes(PAIR_BYTES)


def _read_signature(value: object) -> bytes | None:
    read = cbor.optional(value, lambda item: cbor.byte_string(item, length=PAIR_BYTES))
    if read == _UNSIGNED:
        raise PeerError(Code.BAD_SIGNATURE, "a signature of nobody")
    return read


@dataclass(frozen=True, slots=True)
class HandOverProposal(Structure):
    """A hand-over with the signatures it has so far."""

    statement: bytes
    proposer: bytes | None = None
    confirmer: bytes | None = None
    office: bytes | None = None
    LIMIT: ClassVar = MAX_BYTES
    READERS: ClassVar = (
        lambda value: cbor.byte_string(value, maximum=1024),
        _read_signature,
        _read_signature,
        _read_signature,
    )

    @property
    def hand_over(self) -> HandOver:
        """What is said."""
        return HandOver.decode(self.statement)

    @property
    def signatures(self) -> dict[Signer, bytes]:
        """Whatever is there."""
        every = {
            Signer.PROPOSER: self.proposer,
            Signer.CONFIRMER: self.confirmer,
            Signer.OFFICE: self.office,
        }
        return {signer: signature for signer, signature in every.items() if signature is not None}

    def to_text(self) -> str:
        """Return one line of ASCII."""
        return to_line(PREFIX, self.encode())


@dataclass(frozen=True, slots=True)
class HandOverView:
    """What is handed over, and what is still missing.

    Attributes:
        leaver: the device that is out, and its officer.
        successor: the device that takes over, and its officer.
        confirmer: the device that has to agree, and its officer.
        text: what the next step is to be given; None once it is published.
        next_step: ``confirm`` by the second officer, ``seal`` on a device with the office's key, or ``done``.
        replace_key: whether the leaver may know the office's key.
        still_assigned: the open cases that the leaver works on, whom nobody of that function follows; ids.
    """

    leaver: str
    leaver_officer: str
    successor: str
    successor_officer: str
    confirmer: str
    confirmer_officer: str
    text: str | None
    next_step: str
    replace_key: bool
    still_assigned: tuple[str, ...] = ()


async def propose(
    desk: Desk, relay: Relay, leaver: DeviceId, successor: DeviceId, confirmer: DeviceId | None
) -> HandOverProposal:
    """Sign as the first officer.

    Args:
        desk: of an officer in service who is not the leaver.
        relay: where the log is.
        leaver: the device that shall be out.
        successor: the device that takes over.
        confirmer: the second officer's device; None for the only one there is beside the leaver's.

    Raises:
        MisuseError: the leaver proposes, or not exactly one other device can confirm.
        PeerError: what the log would say against it.
    """
    await know_newest(desk, relay)
    oneself, office = desk.oneself, desk.registry.offices[desk.oneself.entry_id]
    if leaver == oneself.device_id:
        raise MisuseError("another officer proposes that this device is handed over: ask one to do it")
    statement = HandOver(
        entry_id=office.entry_id,
        leaver=leaver,
        successor=successor,
        proposer=oneself.device_id,
        confirmer=confirmer or _only_other(desk, leaver),
        handed_over_at=desk.surroundings.now(),
        sequence=office.sequence + 1,
        previous=office.head,
    )
    judge(desk, HandOverProposal(statement.encode()))
    own = signature_of(statement, Signer.PROPOSER, desk.identity.device_private)
    return _sealed(desk, HandOverProposal(statement.encode(), proposer=own))


async def consider(desk: Desk, relay: Relay, text: str) -> HandOverProposal:
    """Read and judge what another officer has handed on, before this one signs.

    Raises:
        PeerError: it is damaged, forged, expired, of another office, or overtaken by another statement.
    """
    await know_newest(desk, relay)
    proposal = HandOverProposal.decode(from_line(PREFIX, text, maximum=MAX_BYTES))
    judge(desk, proposal)
    return proposal


def confirm(desk: Desk, proposal: HandOverProposal) -> HandOverProposal:
    """Sign as the second officer, and with the office's key where this device holds it.

    Raises:
        MisuseError: another device is to confirm.
        PeerError: the first officer has not signed.
    """
    statement = proposal.hand_over
    if statement.confirmer != desk.identity.device_id:
        raise MisuseError("another device is to confirm this: take it there, or have it proposed again")
    if proposal.proposer is None:
        raise PeerError(Code.BAD_SIGNATURE, "the first officer has not signed this")
    own = signature_of(statement, Signer.CONFIRMER, desk.identity.device_private)
    return _sealed(desk, replace(proposal, confirmer=own))


def seal(desk: Desk, proposal: HandOverProposal) -> HandOverProposal:
    """Sign with the office's key what both officers have signed.

    Raises:
        MisuseError: this device does not hold the key, or one of the officers has not signed.
    """
    if proposal.proposer is None or proposal.confirmer is None:
        raise MisuseError("both officers sign before the office key does")
    if desk.office_private is None:
        raise MisuseError("this device does not hold the office key: do this at one that does")
    return _sealed(desk, proposal)


async def publish(desk: Desk, relay: Relay, proposal: HandOverProposal) -> None:
    """Publish what is signed by all three.

    Raises:
        PeerError: what the relay says against it.
        TransportError: the relay or its witnesses cannot be reached; the next synchronisation goes on.
    """
    signed = join_signatures(proposal.hand_over, proposal.signatures)
    await publish_statement(desk, relay, signed.encoded)


def plan_history(desk: Desk) -> None:
    """Put the record of every room into the outbox of the office's own room, where the successor reads it."""
    planned = tuple(
        PlanReseal(room.group_id, max(room.position, desk.reseals.get(room.group_id, 0)))
        for room in desk.rooms.values()
        if room.kind not in WITHOUT_HISTORY and room.group is not None and room.group.active
    )
    if desk.office_room is not None:
        desk.carry_out(Outcome((), planned))


def owes_history(desk: Desk, statement: HandOver) -> bool:
    """Tell whether this device hands the record on: the proposer's, or the confirmer's to the proposer."""
    giver = statement.confirmer if statement.successor == statement.proposer else statement.proposer
    return giver == desk.identity.device_id


def is_complete(proposal: HandOverProposal) -> bool:
    """Tell whether all three have signed."""
    return len(proposal.signatures) == _SIGNERS


def view(desk: Desk, proposal: HandOverProposal) -> HandOverView:
    """Return what an officer is shown."""
    statement, devices = proposal.hand_over, desk.registry.devices
    done = is_complete(proposal)
    waiting = "confirm" if proposal.confirmer is None else "seal"
    return HandOverView(
        leaver=statement.leaver.hex(),
        leaver_officer=devices[statement.leaver].entry.officer,
        successor=statement.successor.hex(),
        successor_officer=devices[statement.successor].entry.officer,
        confirmer=statement.confirmer.hex(),
        confirmer_officer=devices[statement.confirmer].entry.officer,
        text=None if done else proposal.to_text(),
        next_step="done" if done else waiting,
        replace_key=_may_know_key(desk, statement.leaver),
        still_assigned=_still_assigned(desk, statement),
    )


def _still_assigned(desk: Desk, statement: HandOver) -> tuple[str, ...]:
    """A successor of the same function has the cases already, as has whoever keeps another device of it."""
    leaver = desk.registry.devices[statement.leaver].entry
    staying = (
        device.entry.officer
        for device in desk.registry.devices_of(leaver.entry_id, desk.surroundings.now())
        if device.entry.device_id != statement.leaver
    )
    if leaver.officer in staying:
        return ()
    return tuple(room.group_id.hex() for room in load_of(desk, leaver.officer))


def judge(desk: Desk, proposal: HandOverProposal) -> None:
    """Return only if the log would take the hand-over, but for the signatures that are still missing.

    Raises:
        PeerError: as ``Registry.apply``, or EXPIRED after seven days.
    """
    statement, now = proposal.hand_over, desk.surroundings.now()
    if statement.entry_id != desk.oneself.entry_id:
        raise PeerError(Code.FORBIDDEN, f"a hand-over of {statement.entry_id}, another office")
    if not now - LIFETIME_S < statement.handed_over_at <= now + 600:
        raise PeerError(Code.EXPIRED, "the hand-over was proposed more than seven days ago: propose it again")
    missing = dict.fromkeys((Signer.PROPOSER, Signer.CONFIRMER, Signer.OFFICE), _UNSIGNED)
    signed = join_signatures(statement, missing | proposal.signatures)
    at = max(now, desk.registry.latest)
    desk.registry.copy().apply(signed.encoded, at, index=desk.replica.size, verify=_verify_what_is_signed)


def _verify_what_is_signed(check: Check) -> None:
    if check.signature != _UNSIGNED:
        verify_now(check)


def _sealed(desk: Desk, proposal: HandOverProposal) -> HandOverProposal:
    if desk.office_private is None or proposal.office is not None:
        return proposal
    own = signature_of(proposal.hand_over, Signer.OFFICE, desk.office_private)
    return replace(proposal, office=own)


def _only_other(desk: Desk, leaver: DeviceId) -> DeviceId:
    own = desk.registry.devices[desk.oneself.device_id].entry
    others = [
        each
        for each in desk.registry.devices_of(own.entry_id, desk.surroundings.now())
        if each.entry.who != own.who and each.entry.role in MAY_HAND_OVER
    ]
    staying = [each for each in others if each.entry.device_id != leaver]
    fitting = staying or others
    if len(fitting) != 1:
        named = ", ".join(f"{each.entry.device_id.hex()[:12]} ({each.entry.officer})" for each in fitting)
        raise MisuseError(f"name one device of another officer who confirms: {named or 'there is none'}")
    return fitting[0].entry.device_id


def _may_know_key(desk: Desk, device_id: DeviceId) -> bool:
    """Tell whether a device may have held the office's key: by its role, or as the one that enrolled."""
    device = desk.registry.devices[device_id]
    # Whatever an enrolment has ended was revoked without a reason.
    first = next(
        each
        for each in desk.registry.devices.values()
        if each.entry.entry_id == device.entry.entry_id
        and (each.revoked_at is None or each.reason is not None)
    )
    return device.entry.role in MAY_HOLD_OFFICE_KEY or device == first
