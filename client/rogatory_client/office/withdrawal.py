"""Ending an invitation before its time: its code is erased, and one that nobody has a code for replaces it.

A newer invitation ends the one before it, so the log needs no further kind of statement for this; and like
every invitation it takes two officers. Until the second has confirmed, a letter that was sent still works.
"""

from typing import Final

from rogatory_client.office.admission import Term, catch_up, second_officer, sign_proposal
from rogatory_client.office.admission_view import ProposedView
from rogatory_client.office.desk import Desk
from rogatory_client.office.eligibility import Candidate, candidate, require_secretariat
from rogatory_client.office.spent_codes import stored_admissions
from rogatory_client.vault import admissions
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity import Invitation
from rogatory_crypto.wire.api import Relay
from rogatory_crypto.wire.identifier import EntryId

DAYS: Final = 7


async def withdraw(desk: Desk, relay: Relay, entry_id: str, confirmer: str | None) -> ProposedView | None:
    """End what was begun with an authority.

    Args:
        desk: of either officer.
        relay: where the log is.
        entry_id: the authority.
        confirmer: the second officer's device, by the beginning of its id; None for the only one there is.

    Returns:
        What the second officer has to confirm; None if nobody has confirmed the invitation, so that with its
        code everything is gone.

    Raises:
        MisuseError: there is nothing to end, this officer may not, or the authority could not be invited
            today: then its code is erased, and a letter that was sent ends by itself.
    """
    await catch_up(desk, relay)
    invitation = _usable(desk, EntryId(entry_id))
    if invitation is None:
        if not _erase(desk, EntryId(entry_id)):
            raise MisuseError(f"no invitation of {entry_id} can be used: there is nothing to withdraw")
        return None
    second = second_officer(desk, confirmer)
    _erase(desk, EntryId(entry_id))
    return sign_proposal(desk, _invited(desk, invitation), second, Term(DAYS, ends=True))


def _erase(desk: Desk, entry_id: EntryId) -> bool:
    held = [
        each.code_key
        for each in stored_admissions(desk)
        if each.entry_id == entry_id and each.code is not None
    ]
    if held:
        with desk.vault.writing() as connection:
            admissions.erase_codes(connection, held)
    return bool(held)


def _usable(desk: Desk, entry_id: EntryId) -> Invitation | None:
    now = desk.surroundings.now()
    usable = (
        each.invitation
        for each in desk.registry.invitations
        if each.invitation.entry_id == entry_id and not (each.used or each.replaced)
    )
    return next((each for each in usable if now < each.expires_at), None)


def _invited(desk: Desk, invitation: Invitation) -> Candidate:
    network = require_secretariat(desk, invitation.network or "")
    return candidate(desk, network, invitation.entry_id)
