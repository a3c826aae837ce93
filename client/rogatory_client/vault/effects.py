"""The engine's effects, written in the one transaction the caller has begun."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection, delete
from sqlalchemy.dialects.sqlite import insert

from rogatory_client.engine import effect as effects
from rogatory_client.engine.carried_effect import ConfirmCarried, NoteCarriedOut, SaveCarried
from rogatory_client.engine.company_effect import SaveCompany
from rogatory_client.engine.delivery_effect import (
    AnswerNonDelivery,
    MarkReported,
    NoteSaidAgain,
    NoteUnreadable,
    SaveNonDelivery,
    SaveResendRequest,
    SettleResendRequest,
)
from rogatory_client.engine.office_effect import HoldRequest, LetRequestGo, SaveOfficeWork
from rogatory_client.engine.origin_effect import SaveOrigin
from rogatory_client.engine.outgoing_effect import FailParcel, SaveTransfer
from rogatory_client.engine.partner_effect import (
    AcceptPartner,
    AwaitRow,
    DropHistory,
    HoldHistory,
    NoteChangedPartner,
    SaveReturn,
    SaveVoucher,
)
from rogatory_client.engine.retention_effect import PurgeCase
from rogatory_client.engine.urgent_effect import SaveLink
from rogatory_client.vault import (
    alarms,
    archive,
    carried,
    company,
    deliveries,
    drafts,
    handed_back,
    held_requests,
    held_rows,
    keys,
    office_work,
    outgoing,
    partners,
    purging,
    references,
    request_origins,
    returns,
    shared_drafts,
    unreadable,
    urgent_work,
)
from rogatory_client.vault.effects_of_messages import WRITING, together
from rogatory_client.vault.schema import reseals

_REPLACING: Final = (effects.SaveRoom, effects.ForgetKeyPackage, PurgeCase)


def replaces_keys(wanted: Iterable[effects.Effect]) -> bool:
    """Tell whether any of the effects replaces or deletes keys, which then must leave the disk.  # L08."""
    return any(isinstance(effect, _REPLACING) for effect in wanted)


def apply(connection: Connection, wanted: Iterable[effects.Effect]) -> None:
    """Write every effect in its order, or as ``together`` shows to be the same."""
    for same in together(wanted):
        writing = WRITING.get(type(same[0]))
        if writing is not None:
            writing(connection, same)
            continue
        for effect in same:
            _write(connection, effect)


def _write(connection: Connection, effect: effects.Effect) -> None:
    written = (
        _write_record(connection, effect)
        or _write_outgoing(connection, effect)
        or _write_held(connection, effect)
        or _write_accusation(connection, effect)
        or _write_partner(connection, effect)
        or _write_carried(connection, effect)
        or _write_delivery(connection, effect)
        or _write_unreadable(connection, effect)
        or _write_at_home(connection, effect)
        or _write_company(connection, effect)
        or _write_urgent(connection, effect)
    )
    if not written:
        _write_room(connection, effect)


def _write_record(connection: Connection, effect: effects.Effect) -> bool:
    match effect:
        case effects.MarkOpened():
            archive.mark_opened(connection, effect)
        case effects.PutAwayDraft():
            drafts.put_away(connection, effect.draft_id, effect.at)
        case effects.SaveReference():
            references.save_reference(connection, effect)
        case effects.Note():
            archive.save_note(connection, effect)
        case _:
            return False
    return True


def _write_outgoing(connection: Connection, effect: effects.Effect) -> bool:
    match effect:
        case FailParcel():
            outgoing.fail_parcel(connection, effect.number, effect.failure)
        case SaveTransfer():
            outgoing.save_transfer(connection, effect.transfer)
        case _:
            return False
    return True


def _write_held(connection: Connection, effect: effects.Effect) -> bool:
    match effect:
        case effects.HoldRow():
            held_rows.hold_row(connection, effect.group_id, effect.row, effect.at)
        case effects.ReleaseRows():
            held_rows.release_rows(connection, effect.group_id)
        case _:
            return False
    return True


def _write_accusation(connection: Connection, effect: effects.Effect) -> bool:
    match effect:
        case effects.RememberHeard():
            alarms.remember_heard(connection, effect.heard)
        case effects.ForgetHeard():
            alarms.forget_heard(connection, effect.entry_id)
        case effects.SaveSplitView():
            is_first = alarms.save_split_view(connection, effect.evidence, effect.at, effect)
            if is_first and effect.report is not None:
                outgoing.enqueue(connection, [effect.report])
        case effects.AcknowledgeSplitViews():
            alarms.acknowledge_split_views(connection, effect.officer, effect.at)
        case _:
            return False
    return True


def _write_partner(connection: Connection, effect: effects.Effect) -> bool:
    match effect:
        case NoteChangedPartner():
            partners.note_change(connection, effect.entry_id, effect.at)
            returns.end_returns(connection, effect.entry_id)
        case AcceptPartner():
            partners.accept(connection, effect.entry_id, effect.at, effect.officer)
        case SaveReturn():
            returns.save_return(connection, effect.consent)
        case AwaitRow():
            returns.await_row(connection, effect)
        case HoldHistory():
            handed_back.hold_history(connection, effect.held)
        case DropHistory():
            handed_back.drop_history(connection, effect.number)
        case SaveVoucher():
            handed_back.save_voucher(connection, effect.voucher)
        case _:
            return False
    return True


def _write_urgent(connection: Connection, effect: effects.Effect) -> bool:
    match effect:
        case SaveLink():
            urgent_work.save_link(connection, effect)
        case SaveOrigin():
            request_origins.save_origin(connection, effect)
        case PurgeCase():
            purging.purge(connection, effect)
        case _:
            return False
    return True


def _write_company(connection: Connection, effect: effects.Effect) -> bool:
    match effect:
        case SaveCompany():
            company.save_company(connection, effect)
        case _:
            return False
    return True


def _write_at_home(connection: Connection, effect: effects.Effect) -> bool:
    match effect:
        case SaveOfficeWork():
            if office_work.save_office_work(connection, effect):
                shared_drafts.take_in(connection, effect)
        case HoldRequest():
            held_requests.hold(connection, effect)
        case LetRequestGo():
            held_requests.let_go(connection, effect)
        case _:
            return False
    return True


def _write_delivery(connection: Connection, effect: effects.Effect) -> bool:
    match effect:
        case SaveNonDelivery():
            deliveries.save_non_delivery(connection, effect)
        case AnswerNonDelivery():
            deliveries.answer_non_delivery(connection, effect)
        case _:
            return False
    return True


def _write_unreadable(connection: Connection, effect: effects.Effect) -> bool:
    match effect:
        case NoteUnreadable():
            unreadable.note_unreadable(connection, effect)
        case MarkReported():
            unreadable.mark_reported(connection, effect)
        case NoteSaidAgain():
            unreadable.note_said_again(connection, effect)
        case SaveResendRequest():
            unreadable.save_resend_request(connection, effect)
        case SettleResendRequest():
            unreadable.settle_resend_request(connection, effect)
        case _:
            return False
    return True


def _write_carried(connection: Connection, effect: effects.Effect) -> bool:
    match effect:
        case SaveCarried():
            carried.save_carried(connection, effect.carried)
        case ConfirmCarried():
            carried.confirm(connection, effect)
        case NoteCarriedOut():
            carried.note_carried_out(connection, effect)
        case _:
            return False
    return True


def _write_room(connection: Connection, effect: effects.Effect) -> None:
    match effect:
        case effects.ForgetKeyPackage():
            keys.forget_key_package(connection, effect.reference)
        case effects.SpendLastResort():
            keys.spend_last_resort(connection, effect.reference)
        case effects.PlanReseal():
            values = {"after_sequence": effect.after_sequence}
            row = insert(reseals).values(group_id=effect.group_id, **values)
            connection.execute(row.on_conflict_do_update(index_elements=["group_id"], set_=values))
        case effects.DropReseal():
            connection.execute(delete(reseals).where(reseals.c.group_id == effect.group_id))
