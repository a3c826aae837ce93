"""The officers of the own office: functions as entered, whatever the number of their devices."""

from rogatory_client.office.desk import Desk
from rogatory_crypto.content.rights import RIGHTS, Saying
from rogatory_crypto.errors import MisuseError


def officers_in_service(desk: Desk) -> tuple[str, ...]:
    """Return the functions that have a device in service."""
    own = desk.registry.devices_of(desk.oneself.entry_id, desk.surroundings.now())
    return tuple(sorted({device.entry.officer for device in own}))


def officer_named(desk: Desk, name: str) -> str:
    """Return the officer whose function is this, or begins so.

    Raises:
        MisuseError: there is none, or more than one; names those there are.
    """
    wanted, serving = name.strip().casefold(), officers_in_service(desk)
    exact = [each for each in serving if each.casefold() == wanted]
    found = exact or [each for each in serving if wanted and each.casefold().startswith(wanted)]
    if len(found) != 1:
        raise MisuseError(f"no one officer of this office is {name!r}: there are {', '.join(serving)}")
    return found[0]


def every_officer(desk: Desk) -> frozenset[str]:
    """Return all functions that ever had a device of this office."""
    own = desk.oneself.entry_id
    entries = (device.entry for device in desk.registry.devices.values())
    return frozenset(entry.officer for entry in entries if entry.entry_id == own)


def case_workers(desk: Desk) -> frozenset[str]:
    """Return those of all functions whose role has a part in the office's work on cases."""
    own = desk.oneself.entry_id
    entries = (device.entry for device in desk.registry.devices.values())
    return frozenset(
        entry.officer
        for entry in entries
        if entry.entry_id == own and Saying.SHARE_WORK in RIGHTS[entry.role]
    )


def former_officer_named(desk: Desk, name: str) -> str:
    """Return an officer who is or was in the office; errors as ``officer_named``."""
    wanted = name.strip().casefold()
    exact = [each for each in every_officer(desk) if each.casefold() == wanted]
    return exact[0] if len(exact) == 1 else officer_named(desk, name)
