"""Commands on a case within the office: notes, and who works on it. Nothing of it leaves the office."""

from typing import TYPE_CHECKING, Annotated

import typer

from rogatory_client.cli.answer import Answer, Block
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.mailbox.views import assignment_blocks, note_blocks

if TYPE_CHECKING:
    from collections.abc import Callable

    from rogatory_client.office import AssignmentView, Office

group = typer.Typer()

Room = Annotated[str, typer.Argument(help="Case: its id, the beginning of it, or either side's reference.")]
Reasons = Annotated[str, typer.Option("--reasons", help="Why, for the office.")]


@command(
    group,
    "note",
    needs=Needs.RELAY,
    example="rogatory case note MLA-2026-17 'The bank has moved.'",
)
async def note(
    call: Call, room: Room, text: Annotated[str, typer.Argument(help="The note; it stays in your office.")]
) -> Answer:
    """Write an internal note on a case, for the officers of your own office and nobody else."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        await call.refresh(office)
        written = office.mailbox.note(room, text)
        warnings = await call.refresh(office)
        return Answer({"note": as_dict(written)}, note_blocks((written,)), warnings=warnings)


@command(group, "notes", needs=Needs.RELAY, example="rogatory case notes MLA-2026-17")
async def notes(call: Call, room: Room) -> Answer:
    """Show the internal notes on a case."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        warnings = await call.refresh(office)
        found = office.mailbox.notes(room)
        return Answer({"notes": as_dict(found)}, note_blocks(found), warnings=warnings)


@command(
    group,
    "assign",
    needs=Needs.RELAY,
    example="rogatory case assign MLA-2026-17 'case officer 2'\n\n"
    "rogatory case assign MLA-2026-17 duty --reasons 'Knows the bank.'",
)
async def assign(
    call: Call,
    room: Room,
    officer: Annotated[str, typer.Argument(help="Officer's function, or the beginning of it.")],
    reasons: Reasons = "",
) -> Answer:
    """Say who works on a case; this also decides where two took it at once."""
    return await _assigned(call, lambda office: office.mailbox.assign(room, officer, reasons=reasons))


@command(group, "take", needs=Needs.RELAY, example="rogatory case take MLA-2026-17")
async def take(call: Call, room: Room, reasons: Reasons = "") -> Answer:
    """Take a case yourself."""
    return await _assigned(call, lambda office: office.mailbox.take(room, reasons=reasons))


@command(group, "release", needs=Needs.RELAY, example="rogatory case release MLA-2026-17")
async def release(call: Call, room: Room, reasons: Reasons = "") -> Answer:
    """Leave a case to whoever takes it next."""
    return await _assigned(call, lambda office: office.mailbox.release(room, reasons=reasons))


@command(group, "assigned", needs=Needs.RELAY, example="rogatory case assigned MLA-2026-17")
async def assigned(call: Call, room: Room) -> Answer:
    """Show who works on a case, and how it came to that."""
    return await _assigned(call, lambda office: office.mailbox.assignment(room))


async def _assigned(call: Call, act: "Callable[[Office], AssignmentView]") -> Answer:
    """Exit code 0 also where two were named at once: it is shown, and somebody decides."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        await call.refresh(office)
        view = act(office)
        warnings = await call.refresh(office)
        blocks: list[Block] = assignment_blocks(view)
        return Answer({"assignment": as_dict(view)}, blocks, warnings=warnings)
