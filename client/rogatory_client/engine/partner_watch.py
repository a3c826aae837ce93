"""Keys of others that have changed: told to every office that shares a room with them, as the log shows it.

An office that has lost all its devices enrols anew; so would who has stolen its letter. Its former devices
are taken out of every room (``membership``). Whether it is the same office, officers settle by telephone.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from rogatory_client.engine.effect import Happening
from rogatory_client.engine.membership import offices_of
from rogatory_client.engine.room import Context, Room
from rogatory_crypto import mls
from rogatory_crypto.errors import PeerError
from rogatory_crypto.identity import AuthorityEntry, KeySuccession, RevocationReason, SignedStatement
from rogatory_crypto.log.entry import LogEntry
from rogatory_crypto.log.entry_body import decode_body
from rogatory_crypto.wire.identifier import EntryId, GroupId

_ANEW: Final = (
    "{} has enrolled anew, with other keys: its former devices are taken out of your rooms. "
    "Call it on its known number, then `rogatory office accept {}`: until then nobody here adds its new ones"
)
_REPLACED: Final = "{} has replaced its keys, and its devices go on: call it on its known number to be sure"


@dataclass(frozen=True, slots=True)
class ChangedKeys:
    """Keys of another office have changed.

    Attributes:
        entry_id: whose.
        text: what the officer is told.
        anew: whether the office has enrolled anew, so that nobody adds its devices before an officer agrees.
    """

    entry_id: EntryId
    text: str
    anew: bool

    @property
    def happening(self) -> Happening:
        """What the officer is told: an alarm where nothing but a letter stands behind the new keys."""
        return Happening("alarm" if self.anew else "warning", None, None, self.text)


def watch_partners(
    entries: Iterable[bytes],
    rooms: Mapping[GroupId, Room],
    context: Context,
) -> Iterator[ChangedKeys]:
    """Yield which keys new entries of the log have changed; nothing about offices in no room of ours.

    Who was in one is watched on: what an officer has accepted of it must not stand for newer keys.

    Args:
        entries: those that are new and were believed, in order.
        rooms: all rooms of this device.
        context: whose devices are in them, and whose keys have changed before.
    """
    partners = _partners(rooms.values(), context) | context.changed
    for data in entries if partners else ():
        office, text = _changed(data)
        if office is not None and office in partners:
            yield ChangedKeys(office, text.format(office, office), anew=text is _ANEW)


def missed(group: mls.Group, context: Context) -> Iterator[ChangedKeys]:
    """Yield which offices had enrolled anew before this device was let into a room with their former devices.

    Nothing was told of it when the log showed it, as they were in no room of ours then.
    """
    found = (context.registry.attribute(member.identity, member.signature_key) for member in group.members)
    lost = {each.device.entry.entry_id for each in found if each.device.reason is RevocationReason.REPLACED}
    for office in sorted(lost - context.changed - {context.oneself.entry_id}):
        if context.registry.offices[office].anew:
            yield ChangedKeys(office, _ANEW.format(office, office), anew=True)


def _changed(data: bytes) -> tuple[EntryId | None, str]:
    try:
        body = decode_body(LogEntry.decode(data))
    except PeerError:
        return None, ""  # what nobody can read nobody believes
    match body:
        case SignedStatement(statement=AuthorityEntry(entry_id=office, sequence=sequence)) if sequence > 0:
            return office, _ANEW
        case SignedStatement(statement=KeySuccession(entry_id=office)):
            return office, _REPLACED
        case _:
            return None, ""


def _partners(rooms: Iterable[Room], context: Context) -> frozenset[EntryId]:
    """Return the offices that are or were in rooms that go on, without the own."""
    found: set[EntryId] = set()
    for room in rooms:
        if room.group is not None and room.group.active:
            found |= offices_of(room.group.members, context)
            found |= {seat.entry_id for seat in room.seats}
    return frozenset(found) - {context.oneself.entry_id}
