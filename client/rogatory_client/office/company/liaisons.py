"""A liaison sees the cases of pairs of States only: the head says of which.

It is said in the office's own room, so all devices there hold to it. A liaison's devices are not in that
room, in which every case is spoken of.
"""

from collections.abc import Sequence

from rogatory_client.office.at_home import begin_at_home, written_at_home
from rogatory_client.office.desk import Desk
from rogatory_crypto.content.case_company import LiaisonAssigned
from rogatory_crypto.errors import MisuseError
from rogatory_crypto.identity import Role
from rogatory_crypto.identity.statement import officer_told_apart


def assign(desk: Desk, officer: str, states: Sequence[str]) -> None:
    """Say with which States a liaison's cases are; none takes him out of all.

    Raises:
        MisuseError: there is no such liaison, a State is none of the directory's, or this role may not.
    """
    wanted = officer_told_apart(officer.strip())
    own = desk.registry.devices_of(desk.oneself.entry_id, desk.surroundings.now())
    found = [
        each.entry.officer for each in own if each.entry.who == wanted and each.entry.role is Role.LIAISON
    ]
    if not found:
        raise MisuseError(f"no liaison of this office is {officer!r}: see `rogatory device list`")
    codes = tuple(sorted({each.strip().upper() for each in states}))
    if unknown := set(codes) - set(desk.listing.states.values()):
        raise MisuseError(f"no authority of {', '.join(sorted(unknown))} is in the directory")
    room, draft = begin_at_home(desk)
    _, outcome = written_at_home(room, draft, (LiaisonAssigned(found[0], codes),))
    desk.carry_out(outcome)
