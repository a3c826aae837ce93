"""The letter that carries a code to the office: only for an invitation that the log has, under witnesses."""

from hashlib import sha256

from rogatory_client.letter import EnrolmentLetter
from rogatory_client.office.admission.candidate_view import officer_of, telephones
from rogatory_client.office.admission.eligibility import candidate
from rogatory_client.office.admission.procedure import catch_up
from rogatory_client.office.desk import Desk
from rogatory_client.office.line.spent_codes import stored_admissions
from rogatory_client.vault import admissions
from rogatory_client.vault.admissions import StoredAdmission
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity import EnrolmentCode, Invitation
from rogatory_crypto.wire.api import Relay
from rogatory_crypto.wire.identifier import EntryId
from rogatory_directory_sync import Record


async def write_letter(desk: Desk, relay: Relay, entry_id: str, language: str | None) -> EnrolmentLetter:
    """Return the letter with the code; the same code until it is used, replaced or expired.

    Args:
        desk: the first officer's.
        relay: where the log is.
        entry_id: the authority.
        language: BCP 47; None for the first that the authority accepts.

    Raises:
        MisuseError: there is no such invitation, or another device made its code; says what to do.
        PeerError: EXPIRED where log or root of trust are too old.
    """
    await catch_up(desk, relay)
    stored, code = _printable(desk, EntryId(entry_id))
    invitation = Invitation.decode(stored.invitation)
    invited = candidate(desk, invitation.network or "", entry_id)
    written = _letter(desk, invitation, code, desk.listing.records[invited.entry_id], language)
    with desk.vault.writing() as connection:
        admissions.note_letter(connection, stored.code_key, desk.surroundings.now())
    return written


def _printable(desk: Desk, entry_id: EntryId) -> tuple[StoredAdmission, EnrolmentCode]:
    held = [
        (each, EnrolmentCode(each.code))
        for each in stored_admissions(desk)
        if each.entry_id == entry_id and each.code is not None
    ]
    for stored, code in reversed(held):
        if desk.registry.invitation_for(stored.code_key) is not None:
            return stored, code
    if held:
        raise MisuseError(f"the second officer has not confirmed the invitation of {entry_id} yet")
    raise MisuseError(
        f"this device holds no code for {entry_id}: it is with the officer who proposed, or it was used, "
        "replaced or withdrawn, or has expired"
    )


def _letter(
    desk: Desk, invitation: Invitation, code: EnrolmentCode, record: Record, language: str | None
) -> EnrolmentLetter:
    accepted = record.languages.accepted or ("en",)
    chosen = language or accepted[0]
    secretariat = desk.listing.records.get(desk.oneself.entry_id)
    if secretariat is None:
        raise MisuseError(f"the directory has no entry {desk.oneself.entry_id}: whom should the office call?")
    return EnrolmentLetter(
        office=dict(record.name).get(chosen.split("-")[0].lower(), record.name_en),
        entry_id=invitation.entry_id,
        network=invitation.network or "",
        code=code,
        issued_at=desk.surroundings.now(),
        expires_at=invitation.expires_at,
        relay=desk.identity.profile.origin,
        root_sha256=sha256(desk.identity.profile.root).digest(),
        # Whoever calls the office has not seen the code.
        contact=f"{secretariat.name_en}, {officer_of(desk, invitation.confirmer)}",
        telephones=telephones(secretariat),
        language=chosen,
    )
