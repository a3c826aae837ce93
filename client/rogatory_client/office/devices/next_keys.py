"""Keys that this device has made to be the office's next, taken over when the log says that they count."""

from rogatory_client.office.desk import Desk
from rogatory_client.vault import office_keys


def settle_next_keys(desk: Desk) -> None:
    """Take next keys over, or erase them; until the log has decided, they stay beside those in force."""
    entry_id = desk.identity.entry_id
    office = None if entry_id is None else desk.registry.offices.get(entry_id)
    with desk.vault.reading() as connection:
        waiting = office_keys.load_next(connection)
    if office is None:
        return
    for each in waiting:
        is_in_force = each.ed25519_public == office.keys.ed25519
        # Its place in the chain is taken by something else: the log can never say so any more.
        if not is_in_force and office.sequence < each.sequence:
            continue
        with desk.vault.writing() as connection:
            if is_in_force:
                office_keys.accept_office_keys(connection, each.private)
            office_keys.forget_next(connection, each.ed25519_public)
        desk.reload()
