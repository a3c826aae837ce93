"""Requests that an office has sent twice, from one draft on two devices: named to officers on both sides.

Only where it could not be prevented: on a data carrier, or by a program that was changed.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from rogatory_client.engine.effect import Effect, Happening
from rogatory_client.engine.origin_effect import SaveOrigin
from rogatory_client.office.company.hidden import hidden_rooms
from rogatory_client.office.desk import Desk
from rogatory_client.office.view import MessageView
from rogatory_client.vault import request_origins
from rogatory_crypto.content.mimi import MessageId

DUPLICATE_OF: Final = "duplicate_of"


def duplicates_of(desk: Desk, message_id: MessageId) -> tuple[MessageId, ...]:
    """Return the other requests that were sent from the draft of this one, as far as they are shown here."""
    with desk.vault.reading() as connection:
        found = request_origins.made_from_the_same(connection, message_id)
    hidden = hidden_rooms(desk) if found else frozenset()
    return tuple(name for name, group_id in found if group_id not in hidden)


def with_duplicates(desk: Desk, view: MessageView) -> MessageView:
    """Return a message as it is shown, with the requests that it repeats."""
    found = duplicates_of(desk, MessageId(bytes.fromhex(view.message_id)))
    if not found:
        return view
    return replace(view, details={**view.details, DUPLICATE_OF: ", ".join(each.hex() for each in found)})


def tell_duplicates(desk: Desk, effects: Iterable[Effect]) -> None:
    """Tell the officer of each request among what was just written that repeats another one."""
    for each in effects:
        if isinstance(each, SaveOrigin) and (found := duplicates_of(desk, each.message_id)):
            others = ", ".join(name.hex()[:12] for name in found)
            said = f"{each.office} has sent this request as {others} too, from one draft"
            text = f"duplicate: {said}: one of them is to be withdrawn"
            desk.happenings.append(Happening("warning", each.group_id, each.message_id, text))
