"""Commands on cases: the list, the timeline, taking a request in hand, and the evidence on each message."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from rogatory_client.cli.answer import Answer, Block, Facts, Line, Tone
from rogatory_client.cli.call import Call
from rogatory_client.cli.cases import company_commands
from rogatory_client.cli.cases import deadline_commands as case_deadline_commands
from rogatory_client.cli.cases import state_commands as case_state_commands
from rogatory_client.cli.cases import urgent_commands as case_urgent_commands
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.deliveries import commands as delivery_commands
from rogatory_client.cli.deliveries.views import unreadable_table
from rogatory_client.cli.failure import ExitCode
from rogatory_client.cli.mailbox import commands as mailbox_commands
from rogatory_client.cli.register import hold_commands
from rogatory_client.cli.requests import carry_over_commands
from rogatory_client.cli.views import message_table, receipt_table, room_table, sent, short

if TYPE_CHECKING:
    from rogatory_client.office import RoomView

_NOT_POSTMARKED: Final = (
    "Not postmarked: the relay has not taken it in yet, so nothing proves when it was sent."
)
_group = typer.Typer(help="Cases: consultations, requests and networks this office takes part in.")

Room = Annotated[str, typer.Argument(help="Case: its id, the beginning of it, or either side's reference.")]


def register(application: typer.Typer) -> None:
    """Add the group ``case``."""
    _group.add_typer(case_state_commands.group)
    _group.add_typer(case_deadline_commands.group)
    _group.add_typer(case_urgent_commands.group)
    _group.add_typer(company_commands.group)
    _group.add_typer(delivery_commands.case_group)
    _group.add_typer(mailbox_commands.group)
    _group.add_typer(hold_commands.group)
    _group.add_typer(carry_over_commands.group, name="carry-over")
    application.add_typer(_group, name="case")


def _references(room: "RoomView") -> list[tuple[str, str]]:
    return [
        (f"Reference of {office}", f"{text} (as handed over)" if office in room.hearsay else text)
        for office, text in room.references.items()
    ]


@command(_group, "list", needs=Needs.RELAY, example="rogatory case list --search MLA-2026-17")
async def list_cases(
    call: Call,
    search: Annotated[
        str | None, typer.Option(help="Words of the subject, or either side's reference.")
    ] = None,
) -> Answer:
    """Show the cases of this office, newest activity first."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        warnings = await call.refresh(office)
        rooms = office.rooms(search)
        return Answer({"cases": as_dict(rooms)}, (room_table(rooms),), warnings=warnings)


@command(_group, "show", needs=Needs.RELAY, example="rogatory case show MLA-2026-17")
async def show(call: Call, room: Room) -> Answer:
    """Show one case with its timeline."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        warnings = await call.refresh(office)
        found = office.room(room)
        messages = office.messages(found.room_id)
        facts = Facts(
            [
                ("Case", short(found.room_id)),
                ("Kind", found.kind),
                ("Subject", found.subject),
                ("Offices", ", ".join(found.offices)),
                *_references(found),
                ("State", found.state),
                ("Handed back by", ", ".join(found.handed_back_by)),
            ]
        )
        unreadable = office.deliveries.unreadable(found.room_id)
        # Of a case that was a request from the beginning everything is formal.
        was_consultation = found.kind == "request" and not all(each.formal for each in messages)
        stands = office.carry_over.standing(found.room_id) if was_consultation else {}
        data = {
            "case": as_dict(found), "messages": as_dict(messages), "stands_as": stands,
            "unreadable": as_dict(unreadable),
        }  # fmt: skip
        blocks: list[Block] = [facts, message_table(messages, stands)]
        blocks += [unreadable_table(unreadable)] if unreadable else []
        return Answer(data, blocks, warnings=warnings)


@command(
    _group,
    "acknowledge",
    needs=Needs.RELAY,
    example="rogatory case acknowledge MLA-2026-17 --reference SN-2026-0042",
)
async def acknowledge(
    call: Call,
    room: Room,
    reference: Annotated[str, typer.Option(help="The reference under which your office files it.")],
    message: Annotated[str | None, typer.Option(help="Which request; the newest if not given.")] = None,
) -> Answer:
    """Take a request in hand under your own reference; the sender gets signed evidence of it."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        await call.refresh(office)
        done = office.acknowledge(room, reference, message)
        warnings = await call.refresh(office)
        now = next((each for each in office.messages() if each.message_id == done.message_id), done)
        exit_code = ExitCode.TRY_AGAIN if now.state == "queued" and not call.offline else ExitCode.OK
        said = Line(f"Acknowledged under {reference}.")
        return Answer({"message": as_dict(now)}, (said,), exit_code, warnings)


@command(_group, "receipts", needs=Needs.RELAY, example="rogatory case receipts 3f9a01c27b44")
async def receipts(
    call: Call, message: Annotated[str, typer.Argument(help="Message: its id or the beginning of it.")]
) -> Answer:
    """Show the evidence on a message: relayed, delivered, opened, acknowledged, each verified now."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        warnings = await call.refresh(office)
        found = office.receipts(message)
        blocks: list[Block] = [receipt_table(found)]
        has_place = office.carrier.has_place(message)
        if not has_place:
            blocks.append(Line(_NOT_POSTMARKED, Tone.WAITING))
        return Answer(
            {"receipts": as_dict(found), "confirmed_by_relay": has_place}, blocks, warnings=warnings
        )


@command(
    _group,
    "refound",
    needs=Needs.RELAY,
    example="rogatory case refound MLA-2026-17 --without CNA-ML-01 --text 'We go on here.'",
)
async def refound(
    call: Call,
    room: Room,
    text: Annotated[str, typer.Option("--text", help="What to say first in the new room.")],
    without: Annotated[
        list[str] | None, typer.Option("--without", help="Entry of an office to leave out; repeatable.")
    ] = None,
) -> Answer:
    """Found a case again, in a new room, where a change that nobody can follow has ended it here."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        await call.refresh(office)
        done = office.refound(room, text, without=without or ())
        warnings = await call.refresh(office)
        now = next(each for each in office.messages() if each.message_id == done.message_id)
        exit_code = ExitCode.TRY_AGAIN if now.state == "queued" and not call.offline else ExitCode.OK
        said = Line(f"Founded again as case {short(now.room_id)}.")
        return Answer({"message": as_dict(now)}, (said, sent(now)), exit_code, warnings)
