"""Commands on requests that wait for a second officer; an internal control, which no other office sees."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rogatory_client.cli.answer import Answer, Block, Facts, Line, Prose, Table
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.views import moment_ms, short, size

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rogatory_client.office import ReleaseView

group = typer.Typer()

Request = Annotated[str, typer.Argument(help="Request: its id or the beginning of it.")]


@command(group, "releases", needs=Needs.RELAY, example="rogatory request releases")
async def releases(call: Call) -> Answer:
    """Show the requests that were put up for release, and what has become of each."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        warnings = await call.refresh(office)
        found = office.releases.all()
        return Answer({"releases": as_dict(found)}, (release_table(found),), warnings=warnings)


@command(
    group,
    "released",
    needs=Needs.RELAY,
    example="rogatory request released 3f9a01c27b44 --folder to-read",
)
async def released(
    call: Call,
    request: Request,
    folder: Annotated[Path | None, typer.Option(help="Save its files here, to be read.")] = None,
) -> Answer:
    """Show all of a request that was put up: what is released is exactly this."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        warnings = await call.refresh(office)
        view, saved = office.releases.show(request), tuple[Path, ...]()
        if folder is not None:
            with call.terminal.progress() as progress:
                saved = await office.releases.save_files(view.message_id, folder, progress)
        data = {"release": as_dict(view), "files": [str(path) for path in saved]}
        lines = [Line(f"Saved {path}.") for path in saved]
        return Answer(data, (*release_blocks(view), *lines), warnings=warnings)


@command(group, "release", needs=Needs.RELAY, example="rogatory request release 3f9a01c27b44")
async def release(call: Call, request: Request) -> Answer:
    """Release a request that another officer has put up; it leaves from that officer's device."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        await call.refresh(office)
        view = office.releases.release(request)
        warnings = await call.refresh(office)
        said = Line(f"Released. It leaves as soon as the device of {view.asked_by} synchronises.")
        return Answer({"release": as_dict(view)}, (said,), warnings=warnings)


@command(
    group,
    "hold-back",
    needs=Needs.RELAY,
    example="rogatory request hold-back 3f9a01c27b44 'The facts are thin.'",
)
async def hold_back(
    call: Call, request: Request, reasons: Annotated[str, typer.Argument(help="Why.")]
) -> Answer:
    """Hold a request back; who has put it up may do so, too. Its draft stays."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        await call.refresh(office)
        view = office.releases.hold_back(request, reasons)
        warnings = await call.refresh(office)
        return Answer({"release": as_dict(view)}, (Line("Held back."),), warnings=warnings)


def release_table(found: "Iterable[ReleaseView]") -> Table:
    """What was put up, one a row."""
    rows = [
        (
            short(each.message_id),
            each.reference or "",
            each.subject,
            ", ".join(each.to),
            f"{each.asked_by}, {moment_ms(each.asked_at_ms)}",
            _standing(each),
        )
        for each in found
    ]
    headings = ("Request", "Reference", "Subject", "To", "Put up by", "State")
    return Table(headings, rows, "Nothing was put up for release.")


def _standing(view: "ReleaseView") -> str:
    by = f" by {', '.join(view.by)}" if view.by else ""
    reasons = f": {view.reasons}" if view.reasons else ""
    yours = ", yours to release" if view.for_this_officer else ""
    return f"{view.standing}{by}{reasons}{yours}"


def release_blocks(view: "ReleaseView") -> list[Block]:
    """All of a request that was put up."""
    facts = Facts(
        [
            ("Request", short(view.message_id)),
            ("To", ", ".join(view.to)),
            ("Subject", view.subject),
            ("Reference", view.reference),
            *((name.replace("_", " ").capitalize(), value) for name, value in view.details.items()),
            ("Put up by", f"{view.asked_by}, {moment_ms(view.asked_at_ms)}"),
            ("State", _standing(view)),
            *(("Does not count", each) for each in view.refused),
            ("SHA-256 of all of it", view.sha256),
        ]
    )
    rows = [
        (str(each.index), each.filename, each.role or "", size(each.size), each.sha256 or "")
        for each in view.attachments
    ]
    files = Table(("No.", "File", "Role", "Size", "SHA-256"), rows, "No files.")
    return [facts, *([Prose(view.text)] if view.text else []), files]
