"""What was put up for release, and what officers have said of it; the standing is read anew each time."""

from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Final

from rogatory_client.casework.mailbox.assigning import Said
from rogatory_client.casework.mailbox.releases import Answered, Release, answered, refusal
from rogatory_client.engine.interpretation import text_of
from rogatory_client.office.at_home import said_at_home, say_at_home
from rogatory_client.office.company.hidden import hidden_rooms
from rogatory_client.office.desk import Desk
from rogatory_client.office.line.saving import save
from rogatory_client.office.releases.view import ReleaseView
from rogatory_client.office.showing import attachments_of, details_of, wanted_attachment
from rogatory_client.office.view import Progress
from rogatory_client.transport import Line
from rogatory_client.vault import archive
from rogatory_client.vault.archive import read_message
from rogatory_crypto.content.events import CaseEvent, RequestSubmitted, read_event
from rogatory_crypto.content.message import Message, verify_message
from rogatory_crypto.content.nested_part import NestedPart, walk
from rogatory_crypto.content.outgoing_release import ReleaseAnswered, ReleaseAsked
from rogatory_crypto.content.rights import RIGHTS, Saying
from rogatory_crypto.errors import MisuseError, PeerError
from rogatory_crypto.identity.statement import officer_told_apart

STRANDED: Final = "stranded"
"""Of what was put up by a device that is out of service since: it cannot leave any more."""
_MIN_ID_CHARACTERS = 6


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was put up, as the message that it will be, and what has become of it.

    Attributes:
        is_sent: whether it has left.
        can_leave: whether the device that has it is in service.
    """

    said: Said[ReleaseAsked]
    message: Message
    answered: Answered
    is_sent: bool
    can_leave: bool

    @property
    def standing(self) -> str:
        """In a word."""
        if self.is_sent:
            return "sent"
        is_stranded = not self.can_leave and self.answered.standing is not Release.HELD_BACK
        return STRANDED if is_stranded else self.answered.standing.value


def shown_asked(desk: Desk) -> tuple[Asked, ...]:
    """Return what was put up, but in cases that are limited to others since."""
    hidden = hidden_rooms(desk)
    return tuple(each for each in load_asked(desk) if each.said.event.case not in hidden)


def load_asked(desk: Desk) -> tuple[Asked, ...]:
    """Return all that was put up and is a message, oldest first."""
    answers: dict[bytes, list[Said[ReleaseAnswered]]] = {}
    for each in said_at_home(desk, ReleaseAnswered):
        answers.setdefault(each.event.asked, []).append(each)
    found = (_read(desk, each, answers.get(each.message_id, [])) for each in said_at_home(desk, ReleaseAsked))
    return tuple(each for each in found if each is not None)


def _read(desk: Desk, said: Said[ReleaseAsked], answers: list[Said[ReleaseAnswered]]) -> Asked | None:
    context = desk.context()
    sender, room = context.oneself.authority, context.uri_of_room(said.event.case)
    try:
        message = verify_message(said.event.content, sender_uri=sender, room_uri=room)
        _events_of(message)
    except PeerError:
        return None  # nothing that any device of the office would send
    with desk.vault.reading() as connection:
        is_sent = archive.find_message(connection, message.message_id) is not None
        row = archive.find_message(connection, said.message_id)
    maker = None if row is None else desk.registry.devices.get(read_message(row).device_id)
    can_leave = maker is not None and maker.is_in_service(desk.surroundings.now())
    return Asked(said, message, answered(said, answers), is_sent, can_leave)


def asked_for(desk: Desk, name: str) -> Asked:
    """Return what was put up and will have the id that begins so.

    Raises:
        MisuseError: there is none, or more than one.
    """
    wanted = name.strip().lower()
    found = [each for each in shown_asked(desk) if each.message.message_id.hex().startswith(wanted)]
    if len(wanted) < _MIN_ID_CHARACTERS or len(found) != 1:
        count = "more than one request" if found else "no request"
        raise MisuseError(f"{count} {name!r} was put up: see `rogatory request releases`")
    return found[0]


def answer(desk: Desk, asked: Asked, reasons: str, *, released: bool) -> ReleaseView:
    """Release what was put up, or hold it back, released or not, as long as it has not left.

    Raises:
        MisuseError: it has been answered, or it is for another officer to release.
    """
    if asked.standing == STRANDED and released:
        raise MisuseError(
            "the device that has it is out of service, so it cannot leave: hold it back, and send it anew"
        )
    may_still_stay = asked.standing in {Release.RELEASED, STRANDED} and not released
    if asked.standing != Release.WAITING and not may_still_stay:
        raise MisuseError(f"this request is {asked.standing} already")
    if not released and not reasons.strip():
        raise MisuseError("say why it is held back")
    digest = sha256(asked.said.event.content).digest()
    event = ReleaseAnswered(asked.said.message_id, digest, released, reasons.strip())
    against = refusal(asked.said, desk.oneself.officer, event)
    if against is not None:
        raise MisuseError(f"this would not count: {against}")
    say_at_home(desk, event, about=asked.said.event.case)
    return release_view(desk, asked_for(desk, asked.message.message_id.hex()))


async def save_files(
    desk: Desk, line: Line, asked: Asked, folder: Path, progress: Progress | None
) -> tuple[Path, ...]:
    """Save the files of what was put up, each checked against the hash that leaves with the request.

    Raises:
        PeerError: HASH_MISMATCH, if a file is not the one that would leave.
    """
    with desk.vault.reading() as connection:
        row = archive.find_message(connection, asked.said.message_id)
    if row is None:
        raise MisuseError("the files that were put up are not on this device")
    record, saved = read_message(row), list[Path]()
    for index, hashed in enumerate(_hashes(asked.message)):
        wanted = replace(wanted_attachment(record, index), plaintext_sha256=hashed)
        saved.append(
            await save(lambda: line.session(desk.device_key), wanted, desk.vault.home, folder, progress)
        )
    return tuple(saved)


def may_release(desk: Desk, asked: Asked) -> bool:
    """Tell whether this device's officer may release what was put up."""
    own = desk.registry.devices[desk.oneself.device_id].entry
    is_other = officer_told_apart(own.officer) != officer_told_apart(asked.said.officer)
    return is_other and Saying.REQUEST in RIGHTS[own.role]


def release_view(desk: Desk, asked: Asked) -> ReleaseView:
    """Return what was put up, as it is shown: all that will leave."""
    said, events = asked.said, _events_of(asked.message)
    parts = _parts_of(asked.message)
    request = next((each for each in events if isinstance(each, RequestSubmitted)), None)
    by = asked.answered.by
    return ReleaseView(
        message_id=asked.message.message_id.hex(),
        room_id=said.event.case.hex(),
        asked_by=said.officer,
        asked_at_ms=said.at_ms,
        to=said.event.to,
        subject=said.event.subject,
        standing=asked.standing,
        by=tuple(each.officer for each in by),
        reasons="; ".join(each.event.reasons for each in by if each.event.reasons),
        refused=tuple(f"{each.said.officer}: {each.reason}" for each in asked.answered.refused),
        sha256=sha256(said.event.content).hexdigest(),
        for_this_officer=asked.standing == Release.WAITING and may_release(desk, asked),
        reference=None if request is None else request.reference,
        details=details_of(events),
        text=text_of(parts),
        attachments=attachments_of(parts, events),
    )


def _hashes(message: Message) -> tuple[bytes, ...]:
    requests = (each for each in _events_of(message) if isinstance(each, RequestSubmitted))
    return tuple(document.sha256 for request in requests for document in request.documents)


def _parts_of(message: Message) -> tuple[NestedPart, ...]:
    return tuple(walk(message.content.nested_part))


def _events_of(message: Message) -> tuple[CaseEvent, ...]:
    return tuple(event for part in _parts_of(message) if (event := read_event(part)) is not None)
