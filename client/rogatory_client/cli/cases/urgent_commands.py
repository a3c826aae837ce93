"""Commands on cases when time is short: whom to press, calls, cases that go on from others, safe conduct."""

from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, Annotated

import typer

from rogatory_client.cli.answer import Answer
from rogatory_client.cli.call import Call
from rogatory_client.cli.cases.state_commands import said
from rogatory_client.cli.cases.urgent_views import call_table, escalation_blocks, link_table
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.exchange_commands import Room
from rogatory_crypto.errors import MisuseError

if TYPE_CHECKING:
    from rogatory_client.office import MessageView, Office
    from rogatory_client.office.urgent.oral_noting import Call as OralCall

group = typer.Typer()

SomeRoom = Annotated[
    str | None, typer.Argument(metavar="[CASE]", help="Case: its id, the beginning of it, or a reference.")
]


@command(group, "escalation", needs=Needs.RELAY, example="rogatory case escalation MLA-2026-17")
async def escalation(call: Call, room: Room) -> Answer:
    """Show whom to turn to while an urgent request waits, from when on, and who is there now.

    Each office asked has steps of its own. Minutes count while somebody is there; those of an emergency at
    any time. All ends as soon as anybody there has acted.
    """
    from rogatory_client.office import as_dict

    async with call.office() as office:
        warnings = await call.refresh(office)
        found = office.urgent.escalation(room)
        return Answer(
            {"escalation": as_dict(found)},
            tuple(chain.from_iterable(map(escalation_blocks, found))),
            warnings=warnings,
        )


@command(group, "tell-secretariat", needs=Needs.RELAY, example="rogatory case tell-secretariat MLA-2026-17")
async def tell_secretariat(
    call: Call,
    room: Room,
    network: Annotated[
        str | None, typer.Option(help="Network that both offices are in; the first by code if not given.")
    ] = None,
    *,
    office: Annotated[
        str | None, typer.Option(help="Entry of the office at which it waits, where several were asked.")
    ] = None,
) -> Answer:
    """Tell a secretariat that your urgent request waits: from whom, to whom, since when, and nothing else.

    It goes into an informal room of its own with the secretariat, never by itself, and names no case.
    """
    async with call.office() as desk:
        await call.refresh(desk)
        done = desk.urgent.tell_secretariat(room, network, office=office)
        return await said(call, desk, done, "The secretariat is told that a request waits.")


@command(
    group,
    "oral",
    needs=Needs.RELAY,
    example="rogatory case oral --to CNA-GH-01 --memo 'Freeze the account until Monday.' "
    "--spoke-to 'duty officer' --at 2026-11-22T03:10+00:00\n\n"
    "rogatory case oral MLA-2026-17 --memo 'The same, as we understood it.' --they-called",
)
async def oral(
    call: Call,
    room: SomeRoom = None,
    *,
    memo: Annotated[str, typer.Option(help="What was asked.")],
    to: Annotated[
        str | None, typer.Option(help="Entry of the other office, to begin a case with it.")
    ] = None,
    at: Annotated[
        str | None, typer.Option(help="When, with the time zone, such as 2026-11-22T03:10+00:00; now.")
    ] = None,
    they_called: Annotated[
        bool, typer.Option("--they-called", help="The other office called yours.")
    ] = False,
    function: Annotated[str, typer.Option(help="Who spoke here; you if not given.")] = "",
    spoke_to: Annotated[str, typer.Option(help="Function that spoke at the other office.")] = "",
    subject: Annotated[str, typer.Option(help="Subject of a new case.")] = "Oral request",
    reference: Annotated[str | None, typer.Option(help="Your reference of a new case.")] = None,
) -> Answer:
    """Note an oral request (UNTOC 18(14)), signed; it is to be confirmed in writing forthwith, in that case.

    Both sides see by when: `rogatory case deadlines`. A request sent with --case confirms it.
    """
    from rogatory_client.office.urgent.oral_noting import Call as OralCall

    told = OralCall(memo, None if at is None else _instant(at), they_called, function, spoke_to)
    async with call.office() as office:
        await call.refresh(office)
        done = _noted(office, room, to, told, subject, reference)
        return await said(call, office, done, "Noted: it is to be confirmed in writing.")


def _noted(
    office: "Office", room: str | None, to: str | None, told: "OralCall", subject: str, reference: str | None
) -> "MessageView":
    if room is not None and to is None:
        return office.urgent.note_call(room, told)
    if to is not None and room is None:
        return office.urgent.begin_with_call(to, told, subject, reference)
    raise MisuseError("name either the case in which it is confirmed, or with --to the other office")


@command(group, "calls", needs=Needs.RELAY, example="rogatory case calls MLA-2026-17")
async def calls(call: Call, room: Room) -> Answer:
    """Show the oral requests noted in a case, and what confirms them in writing."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        warnings = await call.refresh(office)
        found = office.urgent.calls(room)
        return Answer({"calls": as_dict(found)}, (call_table(found),), warnings=warnings)


@command(
    group,
    "presence-ended",
    needs=Needs.RELAY,
    example="rogatory case presence-ended MLA-2026-17 2026-12-01 --note 'The witness K. was told in court.'",
)
async def presence_ended(
    call: Call,
    room: Room,
    told_on: Annotated[str, typer.Argument(metavar="DAY", help="When the person was told.")],
    *,
    agreed_days: Annotated[
        int | None,
        typer.Option(min=1, help="How long safe conduct lasts by agreement; 15 days if not given."),
    ] = None,
    note: Annotated[str, typer.Option(help="Whom, in words.")] = "",
) -> Answer:
    """Say that a person under safe conduct need not be present any more; it ends 15 days later (18(27))."""
    async with call.office() as office:
        await call.refresh(office)
        done = office.urgent.presence_ended(room, told_on, agreed_days=agreed_days, note=note)
        return await said(call, office, done, "Said: safe conduct has an end now.")


@command(group, "links", needs=Needs.RELAY, example="rogatory case links MLA-2026-17")
async def links(call: Call, room: Room) -> Answer:
    """Show from which cases a case goes on, and which go on from it."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        warnings = await call.refresh(office)
        found = office.urgent.links(room)
        return Answer({"links": as_dict(found)}, (link_table(found),), warnings=warnings)


def _instant(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise MisuseError(f"{text!r} is no time: write it like 2026-11-22T03:10+00:00") from error
    if moment.tzinfo is None:
        raise MisuseError(f"{text!r} has no time zone: write it like 2026-11-22T03:10+00:00")
    try:
        found = int(moment.timestamp())
    except (OverflowError, ValueError) as error:
        raise MisuseError(f"{text!r} is no time that can be noted") from error
    if found < 0:
        raise MisuseError(f"{text!r} is before 1970")
    return found
