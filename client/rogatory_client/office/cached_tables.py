"""What an open office holds in memory of its vault's tables, and which effects change it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection

from rogatory_client.engine.carried_effect import ConfirmCarried, SaveCarried
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
from rogatory_client.engine.effect import (
    AcknowledgeSplitViews,
    DropReseal,
    Effect,
    ForgetHeard,
    ForgetKeyPackage,
    ForgetPayload,
    HoldRow,
    MarkRelayed,
    PlanReseal,
    ReleaseRows,
    RememberHeard,
    RememberPayload,
    SaveSplitView,
    SpendLastResort,
)
from rogatory_client.engine.office_effect import LetRequestGo
from rogatory_client.engine.outgoing_effect import DropParcel, Enqueue, FailParcel, SaveSealed, SaveTransfer
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
from rogatory_client.vault import (
    alarms,
    carried,
    company,
    deliveries,
    handed_back,
    held_rows,
    keys,
    outgoing,
    partners,
    returns,
    rooms,
    unreadable,
)

LOADERS: Final[Mapping[str, Mapping[str, Callable[[Connection], object]]]] = {
    "carried_in": {"carried": carried.load_unconfirmed},
    "heard": {"heard": alarms.load_heard},
    "held_rows": {"held_rooms": held_rows.load_held_rooms},
    "key_packages": {"key_packages": keys.load_key_packages, "spent_key_packages": keys.load_spent},
    "own_payloads": {"own_payloads": rooms.load_own_payloads},
    "outbox": {"waiting": outgoing.load_outbox, "transfers": outgoing.load_transfers},
    "reseals": {"reseals": rooms.load_reseals},
    "partners": {
        "unaccepted": partners.load_unaccepted,
        "changed": partners.load_known,
        "returns": returns.load_returns,
    },
    "held_histories": {"held_histories": handed_back.load_waiting},
    "vouchers": {"handed_back_by": handed_back.load_handed_back_by},
    "company": {"companies": company.load_company},
    "split_views": {"split": alarms.load_split_view},
    "unreadable_rows": {"unreadable": unreadable.load_unreadable},
    "resend_requests": {"resend_requests": unreadable.load_resend_requests},
    "non_deliveries": {"unanswered": deliveries.load_unanswered},
}
TABLES: Final = frozenset(LOADERS)
# What is long and changes with every message follows the effects instead of being read again.
FOLLOWERS: Final[Mapping[str, Callable[[Connection, Any, Sequence[Effect]], object]]] = {
    "own_payloads": rooms.follow_own_payloads,
    "waiting": outgoing.follow_outbox,
}
TOUCHED: Final[Mapping[type[Effect], tuple[str, ...]]] = {
    DropParcel: ("outbox",),
    Enqueue: ("outbox",),
    FailParcel: ("outbox",),
    SaveSealed: ("outbox",),
    SaveTransfer: ("outbox",),
    LetRequestGo: ("outbox",),
    HoldRow: ("held_rows",),
    ReleaseRows: ("held_rows",),
    DropReseal: ("reseals",),
    PlanReseal: ("reseals",),
    ForgetKeyPackage: ("key_packages",),
    SpendLastResort: ("key_packages",),
    RememberHeard: ("heard",),
    ForgetHeard: ("heard",),
    SaveSplitView: ("outbox", "split_views"),
    AcknowledgeSplitViews: ("split_views",),
    NoteChangedPartner: ("partners",),
    AcceptPartner: ("partners",),
    SaveReturn: ("partners",),
    AwaitRow: ("partners",),
    HoldHistory: ("held_histories",),
    DropHistory: ("held_histories",),
    SaveCompany: ("company",),
    SaveVoucher: ("vouchers",),
    MarkRelayed: ("company",),
    ForgetPayload: ("own_payloads",),
    RememberPayload: ("own_payloads",),
    SaveCarried: ("carried_in",),
    ConfirmCarried: ("carried_in",),
    SaveNonDelivery: ("non_deliveries",),
    AnswerNonDelivery: ("non_deliveries",),
    NoteUnreadable: ("unreadable_rows",),
    MarkReported: ("unreadable_rows",),
    NoteSaidAgain: ("unreadable_rows",),
    SaveResendRequest: ("resend_requests",),
    SettleResendRequest: ("resend_requests",),
    PurgeCase: (
        *("outbox", "held_histories", "vouchers", "carried_in", "company"),
        *("unreadable_rows", "resend_requests", "non_deliveries", "partners"),
    ),
}


def refreshed(
    connection: Connection, holder: object, tables: Iterable[str], changes: Sequence[Effect] | None
) -> Iterator[tuple[str, object]]:
    """Yield what is held of some tables as it is now, by name.

    What is as it was stays the same object: by that others tell whether there is anything to look at again.

    Args:
        connection: a view of the vault.
        holder: has what was held before.
        tables: those that were touched.
        changes: by which; None where nobody knows, so that all is read.
    """
    for table in tables:
        for name, load in LOADERS[table].items():
            follow, former = FOLLOWERS.get(name), getattr(holder, name, None)
            if follow is None or changes is None:
                loaded = load(connection)
                yield name, former if loaded == former else loaded
            else:
                yield name, follow(connection, former, changes)
