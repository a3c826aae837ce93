"""Codes leave the vault as soon as they are worth nothing: used, replaced or expired."""

from rogatory_client.office.desk import Desk
from rogatory_client.vault import admissions
from rogatory_client.vault.admissions import StoredAdmission
from rogatory_crypto.identity import Invitation


def forget_spent_codes(desk: Desk) -> None:
    """Erase what nobody can use any more, or must not."""
    held = [each for each in stored_admissions(desk) if each.code is not None]
    spent = [each.code_key for each in held if _is_spent(desk, each)]
    if spent:
        with desk.vault.writing() as connection:
            admissions.erase_codes(connection, spent)


def stored_admissions(desk: Desk) -> tuple[StoredAdmission, ...]:
    """Return what this device has proposed, oldest first."""
    with desk.vault.reading() as connection:
        return admissions.load_admissions(connection)


def _is_spent(desk: Desk, stored: StoredAdmission) -> bool:
    opened = desk.registry.invitation_for(stored.code_key)
    is_over = desk.surroundings.now() >= Invitation.decode(stored.invitation).expires_at
    return is_over or (opened is not None and (opened.used or opened.replaced))
