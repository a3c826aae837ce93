"""Commands on what falls due over all cases, what waits here, and free days."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from rogatory_client.bounded_file import read_bytes
from rogatory_client.cli.answer import Answer, Block, Table
from rogatory_client.cli.call import Call
from rogatory_client.cli.cases.urgent_views import alert_table, on_clocks, reminder_table, words
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.views import short
from rogatory_crypto.errors import MisuseError

if TYPE_CHECKING:
    from rogatory_client.office import Office

_group = typer.Typer()
_MAX_FILE_BYTES: Final = 1 << 20


def register(application: typer.Typer) -> None:
    """Add the commands ``reminders`` and ``free-days``."""
    application.add_typer(_group)


@command(_group, "reminders", needs=Needs.RELAY, example="rogatory reminders")
async def reminders(call: Call) -> Answer:
    """Show what falls due for your office, urgent requests that wait here, and own ones to press.

    A line comes 7, 3, 1 and 0 days before, or as its rule says, and when the time is over; it goes once
    anybody of the office has acted in the case.
    """
    from rogatory_client.office import as_dict

    async with call.office() as office:
        warnings = await call.refresh(office)
        due, alerts, to_press = office.urgent.reminders(), office.urgent.alerts(), office.urgent.to_press()
        blocks: list[Block] = [alert_table(alerts)] if alerts else []
        if to_press:
            blocks.append(_press_table(office))
        blocks.append(reminder_table(due))
        data = {"reminders": as_dict(due), "alerts": as_dict(alerts), "to_press": as_dict(to_press)}
        return Answer(data, tuple(blocks), warnings=warnings)


def reminder_lines(office: "Office") -> tuple[str, ...]:
    """What a synchronisation says of it: how much there is, and nothing of any case."""
    alerts = [each for each in office.urgent.alerts() if each.is_for_this_officer]
    due = [each for each in office.urgent.reminders() if each.is_for_this_officer]
    counted = (
        (len(alerts), "urgent request waits here for you", "urgent requests wait here for you"),
        (
            len(office.urgent.to_press()),
            "request of yours is to be pressed",
            "requests of yours are to be pressed",
        ),
        (len(due), "thing falls due", "things fall due"),
    )
    found = [f"{count} {one if count == 1 else many}" for count, one, many in counted if count]
    return (f"{', '.join(found)}: see `rogatory reminders`",) if found else ()


def _press_table(office: "Office") -> Table:
    rows = [
        (short(each.room_id), each.requested, words(step.who), on_clocks(step.clocks))
        for each in office.urgent.to_press()
        for step in each.steps
        if step.is_due
    ]
    return Table(("To press", "Waits at", "Turn to", "Since"), rows, "")


@command(_group, "free-days", needs=Needs.VAULT, example="rogatory free-days --file free-days.toml")
async def free_days(
    call: Call,
    file: Annotated[
        Path | None, typer.Option(help="Free days by State, TOML: [GH], moves = true, days = [...].")
    ] = None,
) -> Answer:
    """Show or take up the holidays of States, by which terms and office hours are counted.

    A State that is in the file has the days of the file and no others; the rest stay as they are.
    """
    async with call.office() as office:
        known = office.urgent.free_days() if file is None else office.urgent.set_free_days(_text_of(file))
    rows = [
        (state, ", ".join(sorted(map(str, each.days))), "yes" if each.moves else "no")
        for state, each in sorted(known.items())
    ]
    data = {
        state: {"days": sorted(map(str, each.days)), "moves": each.moves} for state, each in known.items()
    }
    return Answer({"free_days": data}, (Table(("State", "Free days", "Terms move"), rows, "None is known."),))


def _text_of(path: Path) -> str:
    try:
        return read_bytes(path, _MAX_FILE_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MisuseError(f"{path} is no text in UTF-8") from error
