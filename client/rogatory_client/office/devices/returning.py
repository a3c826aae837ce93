"""Cases handed back: what officers have consented to goes out when it can, and what has come is taken in.

Both are called at every turn of a connection and begin from what is on disk, so that a cut costs nothing and
nothing happens twice: what is handed over and that it was are one transaction, and so is what is taken in.
"""

from collections.abc import Sequence

from rogatory_client.engine import handed_back, returning
from rogatory_client.engine.delivery import merge_outcomes
from rogatory_client.engine.effect import ArchivedMessage
from rogatory_client.engine.partner_effect import Return
from rogatory_client.engine.returning import ReturnedCase
from rogatory_client.engine.seating import limits
from rogatory_client.office.company.inviting import is_shown_all, told_again
from rogatory_client.office.desk import Desk
from rogatory_client.vault import archive, rooms
from rogatory_client.vault import handed_back as stored
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.mimi import MessageId
from rogatory_crypto.wire.identifier import EntryId, GroupId


def hand_back(desk: Desk) -> None:
    """Put into the outbox what offices that are back in their cases are owed."""
    open_ones = [each for each in desk.returns if not each.handed]
    if not open_ones:
        return
    context = desk.context()
    ready = [each for each in open_ones if returning.is_ready(each, desk.rooms.get(each.group_id), context)]
    for office in dict.fromkeys(each.entry_id for each in ready):
        if office in desk.unaccepted:
            continue
        mine = [each for each in ready if each.entry_id == office]
        apart = [each for each in mine if limits(office, each.group_id, context)]
        for each in apart:
            _hand_back_to(desk, office, [each], each.group_id)
        if others := [each for each in mine if each not in apart]:
            _hand_back_to(desk, office, others)


def _hand_back_to(
    desk: Desk, office: EntryId, consents: Sequence[Return], limited: GroupId | None = None
) -> None:
    context = desk.context()
    with desk.vault.reading() as connection:
        references = rooms.load_references(connection)
        cases = [
            ReturnedCase(
                consent=each,
                room=desk.rooms[each.group_id],
                archive=archive.archive_of(connection, each.group_id),
                references={EntryId(name): text for name, text in references.get(each.group_id, {}).items()},
                from_beginning=is_shown_all(desk, each),
            )
            for each in consents
        ]
    made = (room for room in desk.rooms.values() if returning.is_open_for(room, office, context, limited))
    handed = returning.hand_back(cases, next(made, None), context, limited)
    desk.carry_out(merge_outcomes((handed, *(told_again(desk, each) for each in consents))))


def take_back(desk: Desk) -> None:
    """Take in what was handed back for cases that this device is in."""
    for number, waiting in list(desk.held_histories.items()):
        room, context = desk.rooms.get(waiting.group_id), desk.context()
        if handed_back.waits(waiting.held_at, room, context):
            continue
        with desk.vault.reading() as connection:
            held = stored.load_held(connection, number)
        desk.carry_out(handed_back.take_back(held, room, _Record(desk, held.group_id), context))


class _Record:
    """What the vault has of a case."""

    def __init__(self, desk: Desk, group_id: GroupId) -> None:
        self._desk = desk
        self._group_id = group_id

    def message(self, message_id: MessageId) -> ArchivedMessage | None:
        """Return a message by its id."""
        with self._desk.vault.reading() as connection:
            row = archive.find_message(connection, message_id)
        return None if row is None else archive.read_message(row)

    def begun_as(self, at_ms: int) -> CaseKind | None:
        """Return what the case was at a time, by what was handed back of it before."""
        with self._desk.vault.reading() as connection:
            return stored.begun_as(connection, self._group_id, at_ms)
