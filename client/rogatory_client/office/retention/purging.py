"""Purging a case: ordered by one officer, confirmed by another, done by every device that knows of both.

What was ordered is judged anew each time and never stored as done: what of it is here, or comes here again,
is erased at the end of the next synchronisation, in one transaction for each case.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Final, TypeVar

from rogatory_client.casework.mailbox.assigning import Said
from rogatory_client.casework.retention.purging import Consented, Judged, Proposed, PurgeStanding, judged
from rogatory_client.engine.carried_effect import FROM_CARRIER
from rogatory_client.engine.effect import ArchivedMessage, Effect, Happening, Outcome, SaveRoom
from rogatory_client.engine.membership import require_was_in_service
from rogatory_client.engine.retention_effect import PurgeCase
from rogatory_client.office.at_home import said_at_home
from rogatory_client.office.desk import Desk
from rogatory_client.office.line.saving import partial_path
from rogatory_client.office.showing import wanted_attachment
from rogatory_client.vault import archive, purging
from rogatory_client.vault.archive import read_message
from rogatory_crypto.content import mimi
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.nested_part import ExternalPart, walk
from rogatory_crypto.content.retention import (
    CaseHeld,
    HoldLifted,
    PurgeConfirmed,
    PurgeConsent,
    PurgeOrder,
    PurgeProposed,
    order_hash,
    verify_consent,
    verify_order,
)
from rogatory_crypto.errors import Code, MisuseError, PeerError
from rogatory_crypto.identity import Device
from rogatory_crypto.wire.identifier import BlobId, GroupId

PURGED: Final = "(purged)"
_HOME: Final = frozenset({CaseKind.OFFICE, CaseKind.CIRCLE})
_Word = TypeVar("_Word", PurgeProposed, PurgeConfirmed)


def load_judged(desk: Desk, case: GroupId | None = None) -> tuple[Judged, ...]:
    """Return what was ordered for one case or for all, oldest first, with what has become of it."""
    proposals = said_at_home(desk, PurgeProposed, case)
    if not proposals:
        return ()
    consents = [_consented(desk, each) for each in said_at_home(desk, PurgeConfirmed, case)]
    holds, lifts = said_at_home(desk, CaseHeld, case), said_at_home(desk, HoldLifted, case)
    return tuple(
        judged(
            _proposed(desk, each),
            [consent for consent in consents if consent.said.event.case == each.event.case],
            [hold for hold in holds if hold.event.case == each.event.case],
            [lift for lift in lifts if lift.event.case == each.event.case],
        )
        for each in proposals
    )


def _proposed(desk: Desk, said: Said[PurgeProposed]) -> Proposed:
    sender, _ = _sender(desk, said)
    digest = order_hash(said.event.signed)
    try:
        order = verify_order(said.event.signed, lambda body: _key(body, said.event.case, sender))
    except PeerError as error:
        return Proposed(said, None, digest, error.detail or error.code.value)
    return Proposed(said, order, digest)


def _consented(desk: Desk, said: Said[PurgeConfirmed]) -> Consented:
    sender, is_relayed = _sender(desk, said)
    try:
        consent = verify_consent(said.event.signed, lambda body: _key(body, said.event.case, sender))
    except PeerError as error:
        return Consented(said, None, is_relayed, error.detail or error.code.value)
    return Consented(said, consent, is_relayed)


def _sender(desk: Desk, said: Said[_Word]) -> tuple[Device, bool]:
    """Return the device that said a word, and whether the relay has taken it in."""
    with desk.vault.reading() as connection:
        row = archive.find_message(connection, said.message_id)
    if row is None:
        raise LookupError("a word of the office's own room without its message")
    record = read_message(row)
    return desk.registry.devices[record.device_id], record.sequence not in {None, FROM_CARRIER}


def _key(body: PurgeOrder | PurgeConsent, case: GroupId, sender: Device) -> bytes:
    """Return the key of the device that sent a signed word, if it names this device and this case.

    Raises:
        PeerError: FORBIDDEN, WRONG_GROUP, REVOKED or EXPIRED.
    """
    entry = sender.entry
    if (body.authority, body.officer, body.device_id) != (entry.entry_id, entry.officer, entry.device_id):
        raise PeerError(Code.FORBIDDEN, "it is signed by another device than the one that sent it")
    if body.case != case:
        raise PeerError(Code.WRONG_GROUP, "it was signed for another case")
    require_was_in_service(sender, body.at)
    return entry.signature_key


def carry_out_orders(desk: Desk) -> None:
    """Erase what was ordered and is here, case by case; tell where a purged case had come back.

    To be called when all that the relay had is here, so that no hold that it had is unknown.
    """
    home = desk.office_room
    if not desk.is_enrolled or (home is not None and home.is_behind):
        return
    for each in load_judged(desk):
        wanted = _still_here(desk, each) if each.standing is PurgeStanding.ORDERED else None
        if wanted is not None:
            _forget_downloads(desk, wanted)
            desk.carry_out(_erasing(desk, wanted))


def _still_here(desk: Desk, ordered: Judged) -> PurgeCase | None:
    """Return what there is to erase; None where all of it is gone."""
    order = ordered.proposed.order
    if order is None:
        return None
    until = min(each.consent.at for each in ordered.by if each.consent is not None)
    homes = [group_id for group_id, room in desk.rooms.items() if room.kind in _HOME]
    with desk.vault.reading() as connection:
        wanted = PurgeCase(
            order.case,
            purging.messages_here(connection, [each.message_id for each in order.messages]),
            purging.said_at_home_of(connection, order.case, homes, order.drafts, until),
            purging.drafts_here(connection, order.drafts),
        )
    return wanted if wanted.messages or wanted.at_home or wanted.drafts else None


def _forget_downloads(desk: Desk, wanted: PurgeCase) -> None:
    """Before the keys go: a cut in between leaves both keys and messages, and all is done again."""
    for name in wanted.messages:
        with desk.vault.reading() as connection:
            row = archive.find_message(connection, name)
        for blob_id in () if row is None else _blobs_of(read_message(row)):
            partial_path(desk.vault.home, blob_id).unlink(missing_ok=True)


def _blobs_of(record: ArchivedMessage) -> Iterator[BlobId]:
    parts = walk(mimi.decode(record.content).nested_part)
    for index, _ in enumerate(part for part in parts if isinstance(part, ExternalPart)):
        with suppress(PeerError, MisuseError):
            yield wanted_attachment(record, index).blob_id


def _erasing(desk: Desk, wanted: PurgeCase) -> Outcome:
    room = desk.rooms.get(wanted.group_id)
    if room is None:
        return Outcome((), (wanted,))
    came_back = room.subject == PURGED and wanted.messages
    text = f"{len(wanted.messages)} messages of a purged case came back and were erased again"
    told = (Happening("alarm", room.group_id, None, f"{text}: {room.group_id.hex()[:12]}"),)
    after = replace(room, subject=PURGED)
    effects: tuple[Effect, ...] = (SaveRoom(after), wanted)
    return Outcome((after,), effects, told if came_back else ())
