"""Commands on legal holds; told to all devices of the office, and to no other office."""

from typing import TYPE_CHECKING, Annotated

import typer

from rogatory_client.cli.answer import Answer, Table
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.mailbox.commands import Room
from rogatory_client.cli.views import moment_ms, short

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rogatory_client.office import HoldView

group = typer.Typer()

Why = Annotated[str, typer.Argument(help="Why, for the office.")]


@command(group, "hold", needs=Needs.RELAY, example="rogatory case hold MLA-2026-17 'A court has asked.'")
async def hold(call: Call, room: Room, reasons: Why) -> Answer:
    """Put a case under legal hold: no device of your office purges it before the head lifts the hold."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        await call.refresh(office)
        view = office.retention.hold(room, reasons)
        warnings = await call.refresh(office)
        return Answer({"hold": as_dict(view)}, (_table((view,)),), warnings=warnings)


@command(group, "lift-hold", needs=Needs.RELAY, example="rogatory case lift-hold MLA-2026-17 'It is over.'")
async def lift_hold(call: Call, room: Room, reasons: Why) -> Answer:
    """Lift all holds on a case; the head of the office may. What they have stopped is proposed anew."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        await call.refresh(office)
        found = office.retention.lift_hold(room, reasons)
        warnings = await call.refresh(office)
        return Answer({"holds": as_dict(found)}, (_table(found),), warnings=warnings)


@command(group, "holds", needs=Needs.RELAY, example="rogatory case holds\n\nrogatory case holds MLA-2026-17")
async def holds(
    call: Call, room: Annotated[str | None, typer.Argument(help="Case; all cases if not given.")] = None
) -> Answer:
    """Show legal holds: on which case, by whom, why, and who has lifted them."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        warnings = await call.refresh(office)
        found = office.retention.holds(room)
        return Answer({"holds": as_dict(found)}, (_table(found),), warnings=warnings)


def _table(found: "Iterable[HoldView]") -> Table:
    rows = [
        (
            short(each.room_id),
            f"{each.officer}, {moment_ms(each.at_ms)}",
            each.reasons,
            f"lifted by {', '.join(each.lifted_by)}" if each.lifted_by else "in force",
        )
        for each in found
    ]
    return Table(("Case", "Held by", "Why", "Now"), rows, "No holds.")
