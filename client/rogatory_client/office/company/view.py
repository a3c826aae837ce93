"""Who is in a case, as it is shown."""

from dataclasses import dataclass

from rogatory_client.engine.room import Room, device_of
from rogatory_client.engine.seating import standings_in
from rogatory_client.office.cases.record import timeline_of
from rogatory_client.office.company.circles import current_circle
from rogatory_client.office.desk import Desk
from rogatory_client.office.showing import offices_in
from rogatory_crypto.wire.identifier import EntryId


@dataclass(frozen=True, slots=True)
class MemberView:
    """An office in a case.

    Attributes:
        side: ``requesting``, ``requested`` or ``guest``.
        officers: whose devices are there, by function.
        restricted_to: to whom the office has limited the case; empty where to nobody.
    """

    office: str
    side: str
    officers: tuple[str, ...]
    restricted_to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProposalView:
    """What waits for an agreement: who proposes which office as what, and who has not agreed."""

    message_id: str
    office: str
    standing: str
    with_history: bool
    proposed_by: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CompanyView:
    """Who is in a case."""

    room_id: str
    members: tuple[MemberView, ...]
    proposals: tuple[ProposalView, ...]


def company_view(desk: Desk, room: Room) -> CompanyView:
    """Return who is in a case."""
    timeline = timeline_of(desk, room)
    members = (
        MemberView(
            office=office,
            side=timeline.side_of(office).value,
            officers=_officers(desk, room, office),
            restricted_to=current_circle(desk, room, office).officers,
        )
        for office in offices_in(room, desk)
    )
    waiting = standings_in(room, desk.companies.get(room.group_id, ())).waiting
    proposals = (
        ProposalView(
            message_id=each.word.message_id.hex(),
            office=each.said.office,
            standing=each.said.standing.value,
            with_history=each.said.with_history,
            proposed_by=each.word.office,
            missing=tuple(sorted(each.missing)),
        )
        for each in waiting
    )
    return CompanyView(room.group_id.hex(), tuple(members), tuple(proposals))


def _officers(desk: Desk, room: Room, office: EntryId) -> tuple[str, ...]:
    members = () if room.group is None else room.group.members
    devices = (desk.registry.devices.get(device_of(member)) for member in members)
    return tuple(
        sorted({each.entry.officer for each in devices if each is not None and each.entry.entry_id == office})
    )
