"""How far each authority has come that this secretariat has invited, or is about to."""

from hashlib import sha256

from rogatory_client.office.admission.candidate_view import officer_of
from rogatory_client.office.admission.view import AdmissionState, AdmissionView
from rogatory_client.office.desk import Desk
from rogatory_client.office.line.spent_codes import stored_admissions
from rogatory_client.vault import admissions
from rogatory_client.vault.admissions import StoredAdmission, StoredCallBack
from rogatory_crypto.identity import Invitation
from rogatory_crypto.signing import PublicKeys
from rogatory_crypto.wire.identifier import EntryId


def list_admissions(desk: Desk) -> tuple[AdmissionView, ...]:
    """Return one line an authority, its newest invitation or proposal, by entry id."""
    own = desk.oneself.entry_id
    hosted = {code for code, entry_id in desk.pinned.trust.secretariats.items() if entry_id == own}
    stored = stored_admissions(desk)
    newest: dict[EntryId, Invitation] = {}
    for opened in desk.registry.invitations:
        if opened.invitation.network in hosted:
            newest[opened.invitation.entry_id] = opened.invitation
    order = [each.code_key for each in stored]
    for each in stored:
        listed, proposed = newest.get(each.entry_id), Invitation.decode(each.invitation)
        if listed is None or _is_newer(proposed, listed, order):
            newest[each.entry_id] = proposed
    mine = {each.code_key: each for each in stored}
    views = (_view(desk, each, mine.get(each.code_key)) for each in newest.values())
    return tuple(sorted(views, key=lambda view: view.entry_id))


def _is_newer(proposed: Invitation, listed: Invitation, order: list[bytes]) -> bool:
    """Of two that this device made it knows which it made first; else the times they state decide."""
    if listed.code_key in order:
        return order.index(proposed.code_key) > order.index(listed.code_key)
    return proposed.issued_at >= listed.issued_at


def call_back_on(desk: Desk, entry_id: EntryId, keys: PublicKeys) -> StoredCallBack | None:
    """Return what the last comparison of these keys has shown on this device."""
    keys_sha256 = sha256(keys.encode()).digest()
    with desk.vault.reading() as connection:
        found = [
            each
            for each in admissions.load_call_backs(connection)
            if (each.entry_id, each.keys_sha256) == (entry_id, keys_sha256)
        ]
    return found[-1] if found else None


def _view(desk: Desk, invitation: Invitation, stored: StoredAdmission | None) -> AdmissionView:
    opened = desk.registry.invitation_for(invitation.code_key)
    is_used = opened is not None and opened.used
    office = desk.registry.offices.get(invitation.entry_id) if is_used else None
    called = None if office is None else call_back_on(desk, office.entry_id, office.keys)
    record = desk.listing.records.get(invitation.entry_id)
    return AdmissionView(
        entry_id=invitation.entry_id,
        name="" if record is None else record.name_en,
        network=invitation.network or "",
        state=_state(desk, invitation, stored, called, is_listed=opened is not None, is_used=is_used),
        proposer=officer_of(desk, invitation.proposer),
        confirmer=officer_of(desk, invitation.confirmer),
        issued_at=invitation.issued_at,
        expires_at=invitation.expires_at,
        letter_at=None if stored is None else stored.letter_at,
        called_at=None if called is None else called.at,
        called_by=None if called is None else called.officer,
        holds_code=stored is not None and stored.code is not None,
    )


def _state(
    desk: Desk,
    invitation: Invitation,
    stored: StoredAdmission | None,
    called: StoredCallBack | None,
    *,
    is_listed: bool,
    is_used: bool,
) -> AdmissionState:
    if is_used:
        return _enrolled(called)
    if desk.surroundings.now() >= invitation.expires_at:
        return AdmissionState.EXPIRED
    if stored is None:
        return AdmissionState.CONFIRMED
    return _own(stored, is_listed=is_listed)


def _own(stored: StoredAdmission, *, is_listed: bool) -> AdmissionState:
    if stored.ends:
        return AdmissionState.WITHDRAWN if is_listed else AdmissionState.WITHDRAWAL_PROPOSED
    if not is_listed:
        return AdmissionState.WITHDRAWN if stored.code is None else AdmissionState.PROPOSED
    return AdmissionState.CONFIRMED if stored.letter_at is None else AdmissionState.LETTER_PRINTED


def _enrolled(called: StoredCallBack | None) -> AdmissionState:
    if called is None:
        return AdmissionState.ENROLLED
    return AdmissionState.CALLED_BACK if called.fits else AdmissionState.WORDS_DIFFER
