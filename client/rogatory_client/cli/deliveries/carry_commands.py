"""Commands for where there is no line: what waits goes into a file, and a file that came is taken in."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from rogatory_client.cli.answer import Answer, Block, Facts, Line, Table, Tone
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.failure import ExitCode
from rogatory_client.cli.views import moment, short, size
from rogatory_crypto.errors import Code, MisuseError

if TYPE_CHECKING:
    from rogatory_client.office import CarriedInView, CarriedOutView

_group = typer.Typer(help="Where there is no line: files for a USB stick or for mail.")
_SIZE: Final = re.compile(r"([1-9][0-9]{0,11})([KMG]?)")
_UNITS: Final = {"": 1, "K": 1_000, "M": 1_000_000, "G": 1_000_000_000}
_COPY_AGAIN: Final = "nothing was changed; copy the file again, and if that does not help ask for another"
_ADVICE: Final = {
    Code.MALFORMED: _COPY_AGAIN,
    Code.WRONG_LENGTH: _COPY_AGAIN,
    Code.WRONG_OFFSET: _COPY_AGAIN,
    Code.HASH_MISMATCH: _COPY_AGAIN,
    Code.TOO_LARGE: _COPY_AGAIN,
    Code.WRONG_GROUP: "nothing was changed",
    Code.INVALID_CREDENTIAL: "nothing was changed; call the office that is said to have made it",
}


def register(application: typer.Typer) -> None:
    """Add the group ``carry``."""
    application.add_typer(_group, name="carry")


@command(
    _group,
    "out",
    needs=Needs.VAULT,
    example="rogatory carry out /media/stick/accra.carry --to CNA-GH-01\n\n"
    "rogatory carry out accra.carry --case MLA-2026-17 --parts 14M",
)
async def out(
    call: Call,
    file: Annotated[Path, typer.Argument(help="Where it goes; must not exist.")],
    *,
    to: Annotated[
        str | None, typer.Option("--to", help="Only cases that this office is in, such as CNA-GH-01.")
    ] = None,
    case: Annotated[str | None, typer.Option(help="Only this case: a reference, or its id.")] = None,
    parts: Annotated[
        str | None,
        typer.Option(metavar="SIZE", help="In parts of at most 14M, 3G …; mail adds a third to each."),
    ] = None,
) -> Answer:
    """Seal what waits into a file for a USB stick or for mail; needs no relay.

    It stays in the outbox and goes to the relay when the line is back; nobody reads it twice. If it is
    interrupted, the same command goes on.
    """
    from rogatory_client.office import as_dict

    if to is not None and case is not None:
        raise MisuseError("name an office with --to, or a case with --case")
    part_bytes = None if parts is None else read_size(parts)
    async with call.office() as office:
        with call.terminal.progress() as progress:
            view = office.carrier.out(file, to=to, case=case, part_bytes=part_bytes, progress=progress)
    return Answer({"carried": as_dict(view)}, tuple(_out_blocks(view)))


@command(
    _group,
    "in",
    needs=Needs.VAULT,
    example="rogatory carry in /media/stick/accra.carry\n\nrogatory carry in accra.carry.*-of-3",
    advice=_ADVICE,
)
async def in_(
    call: Call,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="The file, or all its parts.")],
) -> Answer:
    """Take in a file that came by stick or mail, as if it had come over the relay; needs no relay.

    Twice does no harm, and nothing comes twice when the line is back. Receipts wait in the outbox: carry them
    back with `rogatory carry out`. Exit code 75: something could not be taken in yet.
    """
    from rogatory_client.office import as_dict

    async with call.office() as office:
        with call.terminal.progress() as progress:
            view = office.carrier.take_in(files, progress=progress)
    exit_code = ExitCode.TRY_AGAIN if view.refused else ExitCode.OK
    return Answer({"carried": as_dict(view)}, tuple(_in_blocks(view)), exit_code, view.warnings)


def read_size(text: str) -> int:
    """Return a number of bytes written as 14M: K, M and G are thousands, as mail counts them.

    Raises:
        MisuseError: it is no size.
    """
    found = _SIZE.fullmatch(text.strip().upper())
    if found is None:
        raise MisuseError("a size is a number with K, M or G behind it, such as 14M")
    return int(found[1]) * _UNITS[found[2]]


def _out_blocks(view: "CarriedOutView") -> list[Block]:
    parts = f" in {len(view.files)} parts" if len(view.files) > 1 else ""
    blocks: list[Block] = [
        Line(f"Written: {view.files[0]}{parts}, {size(view.size)}.", Tone.NEW),
        Facts(
            [
                ("For", ", ".join(view.offices)),
                ("Messages", f"{view.messages}, receipts included"),
                ("Attachments", str(view.attachments or "")),
            ]
        ),
        Line("They can read it in any case that they were let into before the line broke."),
    ]
    if view.left:
        blocks.append(Line(f"{view.left} more do not fit into one file.", Tone.WAITING))
    if view.stayed:
        rows = [(short(each.room_id), each.subject, str(each.waiting), each.reason) for each in view.stayed]
        blocks.append(Table(("Case", "Subject", "Waiting", "Why"), rows, "", title="Could not be carried"))
    return blocks


def _in_blocks(view: "CarriedInView") -> list[Block]:
    blocks: list[Block] = [
        Line(f"From {view.office}, {view.officer}; made {moment(view.made_at)} as it claims."),
        Facts(
            [
                ("New", f"{view.messages}, receipts included"),
                ("Here before", str(view.here_already or "")),
                ("Attachments", f"{view.attachments}, see `rogatory save`" if view.attachments else ""),
                ("Waiting to go back", str(view.answers or "")),
            ]
        ),
    ]
    if view.messages:
        blocks.append(Line("No postmark says when it was sent: that follows from the relay."))
    if view.refused:
        rows = [(each.kind, str(each.number), each.reason) for each in view.refused]
        blocks.append(Table(("What", "No.", "Why, and who must act"), rows, "", title="Not taken in"))
    return blocks
