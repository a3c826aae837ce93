"""Cases that go on from others: drafts that follow a case, and the links that both sides see."""

from collections.abc import Iterator, Mapping

from rogatory_client.casework.answers.value import Value
from rogatory_client.casework.deadlines.of_events import EXTENSION, RELATIONS
from rogatory_client.casework.forms.catalogue import request_type
from rogatory_client.engine.room import Room
from rogatory_client.office.cases.record import CASES, timeline_of
from rogatory_client.office.desk import Desk
from rogatory_client.office.drafts.held_draft import HeldDraft
from rogatory_client.office.drafts.store import held_drafts
from rogatory_client.office.showing import offices_in
from rogatory_client.office.urgent.view import LinkView
from rogatory_client.vault.urgent_work import load_draft_link, load_links
from rogatory_crypto.casework import Link, Timeline
from rogatory_crypto.content.case_kind import CaseKind
from rogatory_crypto.content.urgent import CaseLinked
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.wire.identifier import EntryId, GroupId

# These belong to one request and would be wrong in the one that goes on from it.
_OF_ONE_REQUEST = frozenset(
    {"own_reference", "requesting_authority", "addressed_authority", "preservation_status", "urgency_reason"}
)


def link_of(desk: Desk, draft: HeldDraft | None) -> CaseLinked | None:
    """Return what is said beside a request whose draft goes on from an earlier case."""
    if draft is None:
        return None
    with desk.vault.reading() as connection:
        return load_draft_link(connection, draft.stored.draft_id)


def require_relation(relation: str) -> str:
    """Return how a case goes on from another, as it is said.

    Raises:
        MisuseError: there is no such way.
    """
    wanted = relation.strip().replace("-", "_")
    if wanted not in RELATIONS:
        known = " or ".join(each.replace("_", "-") for each in RELATIONS)
        raise MisuseError(f"a request goes on from another one as {known}, not as {relation!r}")
    return wanted


def known_from(desk: Desk, earlier: Room, relation: str, type_id: str) -> dict[str, Value]:
    """Return the answers that follow from the earlier case: its references, and all that is the same.

    Args:
        desk: the office.
        earlier: the room of the earlier case.
        relation: how the new request goes on from it.
        type_id: of the new request.

    Raises:
        MisuseError: nothing was asked in that case, or it is none that this can go on from.
    """
    fields, timeline = request_type(type_id).fields, timeline_of(desk, earlier)
    if earlier.kind is not CaseKind.REQUEST or timeline.request is None:
        raise MisuseError("nothing was asked formally in that case: there is nothing to go on from")
    if timeline.requesting != desk.oneself.entry_id:
        raise MisuseError(f"{timeline.requesting} has asked in that case: only who has asked goes on from it")
    if relation == EXTENSION and timeline.request.request_type != type_id:
        raise MisuseError(f"an extension is a request of the same type: {timeline.request.request_type}")
    found = _as_before(desk, timeline) if timeline.request.request_type == type_id else {}
    found |= _references(timeline, desk.oneself.entry_id, relation)
    return {name: value for name, value in found.items() if name in fields}


def _references(timeline: Timeline, own: EntryId, relation: str) -> dict[str, Value]:
    """Each side's references of the earlier case (T-CY templates for articles 29 to 31)."""
    ours = timeline.references.get(own, "")
    theirs = [text for office, text in timeline.references.items() if office != own]
    both = "; ".join(
        f"{office}: {timeline.references[office]}" for office in sorted(timeline.references, key=str)
    )
    found: dict[str, Value] = {
        "previous_preservation_ref": ours,
        "preservation_reference": theirs[0] if theirs else ours,
        "related_requests": tuple(f"{office}: {text}" for office, text in timeline.references.items()),
        "prior_contacts": both,
    }
    if relation == EXTENSION:
        found["preservation_status"] = EXTENSION
    return {name: value for name, value in found.items() if value}


def _as_before(desk: Desk, timeline: Timeline) -> dict[str, Value]:
    """The answers of the earlier request, where its draft is still on this device."""
    own = timeline.references.get(desk.oneself.entry_id)
    wanted = None if timeline.request is None else timeline.request.request_type
    for held in reversed(held_drafts(desk.vault)):
        answers = held.now.answers
        if held.stored.request_type == wanted and answers.get("own_reference") == own:
            return {name: value for name, value in answers.items() if name not in _OF_ONE_REQUEST}
    return {}


def links_of(desk: Desk, room: Room) -> tuple[LinkView, ...]:
    """Return from which cases a case goes on, and which go on from it; those that do not count, too."""
    return tuple(_view(desk, room, later, link) for later, link in _links(desk, room))


def later_cases(
    desk: Desk, room: Room, known: Mapping[GroupId, Timeline] | None = None
) -> tuple[tuple[str, Timeline], ...]:
    """Return the cases that go on from a case by links that count, each with how."""
    found = []
    for later, link in _links(desk, room):
        if link.said.earlier == room.group_id and _against(desk, later, link) is None:
            held = (known or {}).get(later.group_id)
            found.append((link.said.relation, timeline_of(desk, later) if held is None else held))
    return tuple(found)


def _links(desk: Desk, room: Room) -> Iterator[tuple[Room, Link]]:
    with desk.vault.reading() as connection:
        named = load_links(connection, room.group_id)
    for group_id in dict.fromkeys(each.group_id for each in named):
        later = desk.rooms.get(group_id)
        if later is None or later.kind not in CASES:
            continue
        for link in timeline_of(desk, later).links:
            if room.group_id in {later.group_id, link.said.earlier}:
                yield later, link


def _against(desk: Desk, later: Room, link: Link) -> str | None:
    """Return why a link does not count: who goes on from a case has asked in both."""
    earlier = desk.rooms.get(link.said.earlier)
    if link.said.relation not in RELATIONS:
        return f"{link.said.relation!r} is no way to go on from a case"
    if earlier is None or earlier.kind is not CaseKind.REQUEST:
        return "the earlier case is not here"
    if link.said.earlier == later.group_id:
        return "a case does not go on from itself"
    if link.entry.office not in offices_in(earlier, desk):
        return f"{link.entry.office} is not in the earlier case"
    if link.entry.office != timeline_of(desk, earlier).requesting:
        return f"{link.entry.office} has not asked in the earlier case"
    return None


def _view(desk: Desk, room: Room, later: Room, link: Link) -> LinkView:
    other = link.said.earlier if later.group_id == room.group_id else later.group_id
    found = desk.rooms.get(other)
    references = {} if found is None or found.kind not in CASES else timeline_of(desk, found).references
    reason = _against(desk, later, link)
    return LinkView(
        room_id=other.hex(),
        is_later=later.group_id != room.group_id,
        relation=link.said.relation,
        references={str(office): text for office, text in references.items()},
        office=link.entry.office,
        at_ms=link.entry.at_ms,
        message_id=link.entry.message_id.hex(),
        reason=reason or "",
    )
