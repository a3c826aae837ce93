"""Ending an invitation before its time: its code is erased, and one that nobody has a code for replaces it.

A newer invitation ends the one before it, so the log needs no further kind of statement for this; and like
every invitation it takes two officers. Until the second has confirmed, a letter that was sent still works.
"""

from typing import Final

from rogatory_client.office.admission.eligibility import Candidate, open_invitation, require_secretariat
from rogatory_client.office.admission.procedure import Term, catch_up, second_officer, sign_proposal
from rogatory_client.office.admission.view import ProposedView
from rogatory_client.office.desk import Desk
from rogatory_client.office.line.spent_codes import stored_admissions
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
        MisuseError: there is nothing to end, or this officer may not.
    """
    await catch_up(desk, relay)
    invitation = open_invitation(desk, EntryId(entry_id))
    if invitation is None:
        if not _erase(desk, EntryId(entry_id)):
            raise MisuseError(f"no invitation of {entry_id} can be used: there is nothing to withdraw")
        return None
    second = second_officer(desk, confirmer)
    _erase(desk, EntryId(entry_id))
    return sign_proposal(desk, _invited(desk, invitation), second, Term(DAYS, ends=invitation))


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


def _invited(desk: Desk, invitation: Invitation) -> Candidate:
    """An invitation ends whatever the directory says by now: the authority may have left it."""
    network = require_secretariat(desk, invitation.network or "")
    return Candidate(network, invitation.entry_id, desk.listing.records.get(invitation.entry_id))
