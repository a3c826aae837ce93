"""The search in all that was said on this device, and in what is being written."""

from typing import Annotated

import typer

from rogatory_client.cli.answer import Answer, Block, Line, Table
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.register.commands import day
from rogatory_client.cli.views import moment_ms, short


def register(application: typer.Typer) -> None:
    """Add the command ``search``."""
    command(
        application,
        "search",
        needs=Needs.RELAY,
        example="rogatory search 'beneficial own*' --case MLA-2026-17",
    )(search)


async def search(
    call: Call,
    words: Annotated[list[str], typer.Argument(help='Words, "phrases", beginnings with an asterisk.')],
    *,
    case: Annotated[str | None, typer.Option(help="Only in this case: id or either reference.")] = None,
    office: Annotated[str | None, typer.Option(help="Only what this office has said.")] = None,
    since: Annotated[str | None, typer.Option(help="Said on this day or later, 2026-01-31 (UTC).")] = None,
    until: Annotated[str | None, typer.Option(help="Said before this day (UTC).")] = None,
    limit: Annotated[int, typer.Option(help="How many.", min=1, max=500)] = 50,
) -> Answer:
    """Search messages, subjects, references, names of files, notes and drafts; what came last first.

    All words must be there, in any order and script. Drafts are searched where nothing else limits it.
    """
    from rogatory_client.office import as_dict

    bounds = {"since": None if since is None else day(since), "until": None if until is None else day(until)}
    async with call.office() as opened:
        warnings = await call.refresh(opened)
        found = opened.search.find(" ".join(words), room=case, office=office, limit=limit, **bounds)
        rows = [
            (
                short(hit.id),
                "" if hit.room_id is None else short(hit.room_id),
                moment_ms(hit.at_ms),
                hit.office,
                hit.kind,
                " / ".join(hit.references.values()),
                "".join(f"[{piece.text}]" if piece.is_hit else piece.text for piece in hit.pieces),
            )
            for hit in found.hits
        ]
        headings = ("Message", "Case", "Time", "From", "Kind", "References", "Found")
        blocks: list[Block] = [Table(headings, rows, "Nothing was found.")]
        if found.has_more:
            blocks.append(Line("There is more: add a word, --case, --office, --since or --until."))
        return Answer({"found": as_dict(found)}, tuple(blocks), warnings=warnings)
