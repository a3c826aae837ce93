"""Commands on deadlines: what is due, dates that an office sets, and a file for the officer's calendar."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rogatory_client.cli.answer import Answer, Table
from rogatory_client.cli.call import Call
from rogatory_client.cli.cases.state_commands import said
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.exchange_commands import Room
from rogatory_client.cli.views import short
from rogatory_crypto.errors import MisuseError

if TYPE_CHECKING:
    from rogatory_client.office import DueView, TermView

group = typer.Typer()


@command(group, "deadlines", needs=Needs.RELAY, example="rogatory case deadlines --ics deadlines.ics")
async def deadlines(
    call: Call,
    room: Annotated[str | None, typer.Argument(help="Case; all cases if not given.")] = None,
    *,
    term: Annotated[
        list[str] | None,
        typer.Option(
            help="Term that counts this once, such as 'acknowledgement=3 working days'; see `case terms`."
        ),
    ] = None,
    ics: Annotated[Path | None, typer.Option(help="Write a calendar file, RFC 5545.")] = None,
    with_reference: Annotated[
        bool, typer.Option("--with-reference", help="Name your own references in the calendar file.")
    ] = False,
) -> Answer:
    """Show what is due on the clocks of all offices; a calendar file tells no more than that and when."""
    from rogatory_client.office import as_dict

    configured = dict(map(_term, term or ()))
    async with call.office() as office:
        warnings = await call.refresh(office)
        found = office.cases.deadlines(room, configured)
        if ics is not None:
            ics.write_bytes(office.cases.calendar(room, configured, referenced=with_reference))
        data = {"deadlines": as_dict(found), "file": None if ics is None else str(ics)}
        return Answer(data, (_due_table(found),), warnings=warnings)


@command(
    group,
    "terms",
    needs=Needs.VAULT,
    example="rogatory case terms --set 'acknowledgement=3 working days'\n\n"
    "rogatory case terms --usual acknowledgement",
)
async def terms(
    call: Call,
    *,
    given: Annotated[
        list[str] | None,
        typer.Option("--set", help="Term of your office, such as 'acknowledgement=3 working days'."),
    ] = None,
    usual: Annotated[list[str] | None, typer.Option(help="What the usual term counts for again.")] = None,
) -> Answer:
    """Show or set how long things may take: register, inbox, reminders and calendars count by it.

    What a convention fixes cannot be set. A term is set on this device.
    """
    from rogatory_client.office import as_dict

    wanted = [*map(_term, given or ()), *((what, None) for what in usual or ())]
    async with call.office() as office:
        for what, term in wanted:
            office.cases.set_term(what, term)
        found = office.cases.terms()
    return Answer({"terms": as_dict(found)}, (_term_table(found),))


@command(
    group,
    "set-deadline",
    needs=Needs.RELAY,
    example="rogatory case set-deadline MLA-2026-17 'Hearing of the witness' 2026-12-31 --acts CNA-GH-01",
)
async def set_deadline(
    call: Call,
    room: Room,
    what: Annotated[str, typer.Argument(help="What is to be done.")],
    due: Annotated[str, typer.Argument(help="The last day for it, such as 2026-12-31.")],
    *,
    acts: Annotated[
        str | None, typer.Option(help="Entry of the office that has to do it; yours if not given.")
    ] = None,
    basis: Annotated[str, typer.Option(help="Treaty and article that fix it, if any.")] = "",
) -> Answer:
    """Set a date in a case, for both sides to see; its day ends where the office is that has to act."""
    async with call.office() as office:
        await call.refresh(office)
        done = office.cases.set_deadline(room, what, due, acts=acts, basis=basis)
        return await said(call, office, done, f"Due by the end of {due}.")


@command(
    group,
    "withdraw-deadline",
    needs=Needs.RELAY,
    example="rogatory case withdraw-deadline MLA-2026-17 3f9a01c27b44 --reasons 'The hearing is adjourned.'",
)
async def withdraw_deadline(
    call: Call,
    room: Room,
    deadline: Annotated[str, typer.Argument(help="Message that set it.")],
    *,
    reasons: Annotated[str, typer.Option(help="Why.")] = "",
) -> Answer:
    """Take back a date that your office has set."""
    async with call.office() as office:
        await call.refresh(office)
        done = office.cases.withdraw_deadline(room, deadline, reasons=reasons)
        return await said(call, office, done, "Taken back.")


def _term(text: str) -> tuple[str, str]:
    what, equals, term = text.partition("=")
    if not equals:
        raise MisuseError(f"{text!r} sets no term: write it like 'acknowledgement=3 working days'")
    return what.strip(), term.strip()


def _term_table(found: tuple["TermView", ...]) -> Table:
    rows = [
        (
            each.what,
            ", ".join(each.types),
            each.acts,
            ", ".join(f"{urgency} {term}" for urgency, term in each.terms.items()),
            " ".join(part for part in (each.legal, each.basis) if part),
            each.own or "",
        )
        for each in found
    ]
    return Table(("What", "Only for", "Acts", "Usual", "Fixed by", "Yours"), rows, "")


def _due_table(found: tuple["DueView", ...]) -> Table:
    rows = [
        (
            short(due.room_id),
            due.what,
            due.acts,
            "; ".join(f"{office}: {clock}" for office, clock in due.clocks.items()),
            " ".join(part for part in (due.legal, due.basis) if part),
            "overdue" if due.overdue else "reminder" if due.reminders else "",
            "" if due.message_id is None else short(due.message_id),
        )
        for due in found
    ]
    headings = ("Case", "What", "Acts", "Due by", "Fixed by", "Now", "Message")
    return Table(headings, rows, "Nothing is due.")
