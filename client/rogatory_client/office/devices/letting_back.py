"""An officer lets an office that has enrolled anew back into old cases, one by one and only after the call.

The consent, the word that tells everybody in the case, and what follows from both are one transaction; what
then has to be sent goes out with the next synchronisations, whenever the other office can be reached.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from rogatory_client.engine.delivery import merge_outcomes
from rogatory_client.engine.effect import Outcome
from rogatory_client.engine.partner_effect import Return, SaveReturn
from rogatory_client.engine.returning import CASES, member_since
from rogatory_client.engine.room import Room
from rogatory_client.office import reading
from rogatory_client.office.correspondence import begin_draft, post
from rogatory_client.office.desk import Desk
from rogatory_client.vault import archive
from rogatory_client.vault.partners import ChangedPartner
from rogatory_client.vault.rooms import load_references
from rogatory_crypto.content.events import event_part
from rogatory_crypto.content.history import OfficeReturned
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity.role import MAY_RETURN_PARTNER
from rogatory_crypto.wire.identifier import EntryId, GroupId

OPEN: Final = "not back"
WAITING: Final = "waiting"
DONE: Final = "handed back"


@dataclass(frozen=True, slots=True)
class ReturnView:
    """A case in which an office was before it enrolled anew.

    Attributes:
        references: each office's own reference, by entry id.
        state: ``not back`` without a consent, ``waiting`` until all is in the outbox, then ``handed back``.
        consented_at, consented_by: when (Unix seconds) and by whom; None before.
        with_history: whether it is handed what was said before; None without a consent.
    """

    case_id: str
    subject: str
    references: dict[str, str]
    state: str
    consented_at: int | None
    consented_by: str | None
    with_history: bool | None


def cases_of(desk: Desk, changed: ChangedPartner) -> tuple[ReturnView, ...]:
    """Return the cases that go on here and in which an office was before it enrolled anew."""
    if not desk.registry.offices[
        changed.entry_id
    ].anew:  # only in another network than its own: nothing is lost
        return ()
    with desk.vault.reading() as connection:
        references = load_references(connection)
        spoken = archive.first_spoken(connection, changed.entry_id)
    former = [
        room
        for room in desk.rooms.values()
        if _is_open(room) and _was_in(room, changed, spoken.get(room.group_id))
    ]
    return tuple(_view(room, references.get(room.group_id, {}), desk, changed.entry_id) for room in former)


def let_back(
    desk: Desk, changed: ChangedPartner, cases: Sequence[str] | None, *, with_history: bool
) -> tuple[ReturnView, ...]:
    """Consent to an office's return; what has been consented to before stays as it is.

    Args:
        desk: the own office.
        changed: the other one.
        cases: ids, beginnings of ids or references; None for all.
        with_history: whether it is handed what was said before.

    Raises:
        MisuseError: nobody has accepted its keys, this role may not, or it was in no such case.
    """
    _require_may(desk, changed)
    offered = {view.case_id: view for view in cases_of(desk, changed)}
    wanted = list(offered) if cases is None else [reading.room(desk, name).room_id for name in cases]
    strange = [case for case in wanted if case not in offered]
    if strange or not wanted:
        raise MisuseError(
            f"{changed.entry_id} was in no such case before it enrolled anew: see "
            f"`rogatory office return {changed.entry_id}`"
        )
    fresh = [offered[case] for case in wanted if not _is_settled(offered[case], with_history=with_history)]
    outcomes = [_consent(desk, changed.entry_id, view, with_history=with_history) for view in fresh]
    desk.carry_out(merge_outcomes(outcomes))
    return _named(cases_of(desk, changed), wanted)


def _require_may(desk: Desk, changed: ChangedPartner) -> None:
    role = desk.registry.devices[desk.oneself.device_id].entry.role
    if role not in MAY_RETURN_PARTNER:
        raise MisuseError(f"the role {role} may not let another office back into a case")
    if changed.accepted_at is None:
        raise MisuseError(
            f"nobody here has accepted the new keys of {changed.entry_id}: call it on its known number, then "
            f"`rogatory office accept {changed.entry_id}`"
        )


def _is_open(room: Room) -> bool:
    return room.kind in CASES and room.group is not None and room.group.active and room.group.epoch > 0


def _was_in(room: Room, changed: ChangedPartner, spoken_ms: int | None) -> bool:
    """Tell whether the office was in the room before it enrolled anew."""
    since_ms = member_since(room, changed.entry_id, spoken_ms)
    return since_ms is not None and since_ms < (changed.changed_at + 1) * 1000


def _is_settled(view: ReturnView, *, with_history: bool) -> bool:
    return view.state != OPEN and (view.with_history is True or not with_history)


def _consent(desk: Desk, office: EntryId, view: ReturnView, *, with_history: bool) -> Outcome:
    context, room = desk.context(), desk.rooms[GroupId(bytes.fromhex(view.case_id))]
    if room.kind is None:
        raise MisuseError("the case is not known yet: synchronise first")
    told = event_part(OfficeReturned(office, room.kind, with_history))
    _, said = post(room, begin_draft(room.group_id, context), (told,))
    consent = Return(room.group_id, office, context.now, context.oneself.officer, with_history)
    return Outcome(said.rooms, (*said.effects, SaveReturn(consent)))


def _view(room: Room, references: dict[str, str], desk: Desk, office: EntryId) -> ReturnView:
    found = (each for each in desk.returns if (each.group_id, each.entry_id) == (room.group_id, office))
    consent = next(found, None)
    state = OPEN if consent is None else DONE if consent.handed else WAITING
    return ReturnView(
        case_id=room.group_id.hex(),
        subject=room.subject,
        references=references,
        state=state,
        consented_at=None if consent is None else consent.at,
        consented_by=None if consent is None else consent.officer,
        with_history=None if consent is None else consent.with_history,
    )


def _named(views: Sequence[ReturnView], wanted: Collection[str]) -> tuple[ReturnView, ...]:
    return tuple(view for view in views if view.case_id in set(wanted))
