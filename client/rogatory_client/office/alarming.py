"""Alarms of an office: what accuses somebody, until an officer has taken note of it."""

from rogatory_client.engine import gossip
from rogatory_client.office.desk import Desk
from rogatory_client.office.view import AlarmView
from rogatory_client.vault import alarms
from rogatory_crypto.errors import MisuseError


def all_alarms(desk: Desk) -> tuple[AlarmView, ...]:
    """Every alarm there ever was, oldest first."""
    with desk.vault.reading() as connection:
        return tuple(
            AlarmView(each.number, each.raised_at, each.said, each.acknowledged_at, each.acknowledged_by)
            for each in alarms.load_alarms(connection)
        )


def reminder(desk: Desk) -> tuple[str, ...]:
    """Say that alarms are open, as long as they are: who was told of one may have been another officer."""
    waiting = sum(each.acknowledged_at is None for each in all_alarms(desk))
    if not waiting:
        return ()
    alarms_are = "1 alarm is" if waiting == 1 else f"{waiting} alarms are"
    return (f"{alarms_are} open: read `rogatory alarm list`, and acknowledge what you have settled",)


def acknowledge(desk: Desk, number: int) -> AlarmView:
    """Note that this officer knows of an alarm; with the last one, devices may be added again.

    Raises:
        MisuseError: there is no such alarm.
    """
    if number not in {each.number for each in all_alarms(desk)}:
        raise MisuseError(f"there is no alarm {number}: see `rogatory alarm list`")
    officer = desk.oneself.officer
    with desk.vault.writing() as connection:
        alarms.acknowledge_alarm(connection, number, officer, desk.surroundings.now())
    known = all_alarms(desk)
    if desk.split is not None and all(each.acknowledged_at is not None for each in known):
        desk.carry_out(gossip.acknowledge(desk.rooms, officer, desk.context()))
    return next(each for each in known if each.number == number)
