"""A note of the own office that is written with what it is about, in one transaction."""

from rogatory_client.engine.effect import Outcome
from rogatory_client.office.at_home import begin_at_home, written_at_home
from rogatory_client.office.desk import Desk
from rogatory_crypto.content.office_work import CaseNote
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.wire.identifier import GroupId


def noted(desk: Desk, case: GroupId, text: str) -> Outcome:
    """Return what writes a note on a case; nothing where there is none, or where this device writes none.

    What it is about is said all the same: a role without notes and a device that is not in the
    office's room yet have no place for it.
    """
    if not text:
        return Outcome()
    try:
        room, draft = begin_at_home(desk, case)
        _, outcome = written_at_home(room, draft, (CaseNote(case, text),))
    except MisuseError:
        return Outcome()
    return outcome
