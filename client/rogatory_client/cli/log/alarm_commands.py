"""Commands on alarms: what the log or a partner shows that somebody has to answer for."""

from typing import Annotated

import typer

from rogatory_client.cli.answer import Answer, Line, Table, Tone
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.views import moment

_group = typer.Typer(help="Alarms: forged entries, two histories, devices this office did not add.")
_HEADINGS = ("Alarm", "Raised", "What happened", "Noted by")


def register(application: typer.Typer) -> None:
    """Add the group ``alarm``."""
    application.add_typer(_group, name="alarm")


@command(_group, "list", needs=Needs.VAULT, example="rogatory alarm list")
async def list_alarms(call: Call) -> Answer:
    """Show every alarm of this device, noted or not; needs no relay."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        alarms = office.alarms()
    rows = [
        (str(each.number), moment(each.raised_at), each.text, each.acknowledged_by or "nobody yet")
        for each in alarms
    ]
    return Answer({"alarms": as_dict(alarms)}, (Table(_HEADINGS, rows, "No alarms."),))


@command(_group, "acknowledge", needs=Needs.VAULT, example="rogatory alarm acknowledge 3 4")
async def acknowledge(
    call: Call, numbers: Annotated[list[int], typer.Argument(help="Numbers of the alarms.")]
) -> Answer:
    """Say that you know of these alarms; while two histories are open, no device is added to any case."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        noted = [office.acknowledge_alarm(number) for number in numbers]
        still = sum(each.acknowledged_at is None for each in office.alarms())
    left = Line(f"Still open: {still}.", Tone.ALARM if still else Tone.PLAIN)
    said = Line(f"Noted: {', '.join(map(str, numbers))}.")
    return Answer({"alarms": as_dict(noted), "open": still}, (said, left))
