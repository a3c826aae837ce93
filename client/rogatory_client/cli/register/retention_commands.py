"""Commands on how long cases are kept: rules, and purges that two officers order."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from rogatory_client.bounded_file import read_bytes
from rogatory_client.cli.answer import Answer, Line, Table
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.mailbox.commands import Room
from rogatory_client.cli.views import moment, short
from rogatory_crypto.errors import MisuseError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rogatory_client.office import PurgeView, RetentionView

_group = typer.Typer(help="How long cases are kept, and how they are purged.")
_MAX_FILE_BYTES: Final = 1 << 20

Rules = Annotated[Path | None, typer.Option(help="The office's rules, TOML.")]
Purge = Annotated[str, typer.Argument(help="Purge: its id or the beginning of it.")]


def register(application: typer.Typer) -> None:
    """Add the command group ``retention``."""
    application.add_typer(_group, name="retention")


@command(_group, "due", needs=Needs.RELAY, example="rogatory retention due --rules retention.toml")
async def due(call: Call, rules: Annotated[Path, typer.Option(help="The office's rules, TOML.")]) -> Answer:
    """Show which cases your office's rules let you purge, and why not the others; purges nothing.

    Each rule is a table, [name], with case = "consultation" or "request", after = "last_message" or "closed",
    and years or months; types = ["…"] names those of requests. The one that keeps a case longest counts.
    """
    from rogatory_client.office import as_dict

    text = _text(rules)
    async with call.office() as office:
        warnings = await call.refresh(office)
        found = office.retention.due(text)
        return Answer({"cases": as_dict(found)}, (_due_table(found),), warnings=warnings)


@command(
    _group,
    "propose",
    needs=Needs.RELAY,
    example="rogatory retention propose MLA-2026-17 --reasons 'Its time is over.' --rules retention.toml",
)
async def propose(
    call: Call,
    room: Room,
    *,
    reasons: Annotated[str, typer.Option(help="Why; stays in the record, so name nobody.")],
    rules: Rules = None,
    draft: Annotated[list[str] | None, typer.Option(help="Draft to erase with it.")] = None,
) -> Answer:
    """Propose to purge all that was said in a case; nothing happens before another officer confirms it."""
    from rogatory_client.office import as_dict

    text = None if rules is None else _text(rules)
    async with call.office() as office:
        await call.refresh(office)
        view = office.retention.propose(room, reasons, text, draft or ())
        warnings = await call.refresh(office)
        said = Line(
            f"Proposed. Another officer confirms it: rogatory retention confirm {view.message_id[:12]}"
        )
        return Answer({"purge": as_dict(view)}, (said,), warnings=warnings)


@command(_group, "confirm", needs=Needs.RELAY, example="rogatory retention confirm 3f9a01c27b44")
async def confirm(call: Call, purge: Purge) -> Answer:
    """Confirm what another officer has proposed; the devices of your office erase when they synchronise.

    Files that officers have saved elsewhere stay where they are.
    """
    from rogatory_client.office import as_dict

    async with call.office() as office:
        await call.refresh(office)
        office.retention.confirm(purge)
        warnings = await call.refresh(office)
        view = office.retention.record(purge)
        said = Line(f"Confirmed. {view.left} of {len(view.messages)} messages are left on this device.")
        return Answer({"purge": as_dict(view)}, (said,), warnings=warnings)


@command(_group, "records", needs=Needs.RELAY, example="rogatory retention records --json")
async def records(call: Call) -> Answer:
    """Show the signed records of what was purged, verified now."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        warnings = await call.refresh(office)
        found = office.retention.records()
        return Answer({"records": as_dict(found)}, (_record_table(found),), warnings=warnings)


def _text(path: Path) -> str:
    try:
        return read_bytes(path, _MAX_FILE_BYTES).decode()
    except UnicodeDecodeError as error:
        raise MisuseError(f"{path} is no text: write the rules in UTF-8") from error


def _due_table(found: "Iterable[RetentionView]") -> Table:
    rows = [
        (
            short(each.room_id),
            each.own_reference or "",
            each.rule or "",
            each.due or "",
            "due" if each.is_due else "; ".join(each.against),
        )
        for each in found
    ]
    return Table(("Case", "Reference", "Rule", "Kept until", "Now"), rows, "No cases.")


def _record_table(found: "Iterable[PurgeView]") -> Table:
    rows = [
        (
            short(each.message_id),
            short(each.room_id),
            " ".join(part for part in (each.standing, each.reason) if part),
            each.proposed_by if each.at is None else f"{each.proposed_by}, {moment(each.at)}",
            ", ".join(consent.officer for consent in each.confirmed_by),
            each.rule or each.reasons,
            f"{len(each.messages)} messages, {each.left} left",
        )
        for each in found
    ]
    headings = ("Purge", "Case", "State", "Proposed by", "Confirmed by", "Why", "What")
    return Table(headings, rows, "Nothing was purged.")
