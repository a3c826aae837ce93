"""Commands on the state of a case: where it stands, what is next, conflicts, and how far it is."""

from typing import TYPE_CHECKING, Annotated

import typer

from rogatory_client.cli.answer import Answer, Line
from rogatory_client.cli.call import Call
from rogatory_client.cli.cases.state_views import conflict_table, state_blocks
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.exchange_commands import Room
from rogatory_client.cli.failure import ExitCode
from rogatory_client.cli.views import sent

if TYPE_CHECKING:
    from rogatory_client.office import MessageView, Office

group = typer.Typer()

State = Annotated[str, typer.Argument(help="Word of the life cycle; `rogatory case state` shows which.")]
Reasons = Annotated[str, typer.Option("--reasons", help="Why; both sides read it.")]
Day = Annotated[str | None, typer.Option("--due", help="Day, such as 2026-12-31.")]
Text = Annotated[str, typer.Option("--text", help="A covering note.")]


@command(group, "state", needs=Needs.RELAY, example="rogatory case state MLA-2026-17")
async def state(call: Call, room: Room) -> Answer:
    """Show where a case stands, all changes with those that do not count, and what your side may set next."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        warnings = await call.refresh(office)
        found = office.cases.state(room)
        return Answer({"case": as_dict(found)}, tuple(state_blocks(found)), warnings=warnings)


@command(
    group,
    "set",
    needs=Needs.RELAY,
    example="rogatory case set MLA-2026-17 refused --ground ne_bis_in_idem --reasons 'Tried here in 2024.' "
    "--consultation 3f9a01c27b44",
)
async def set_state(
    call: Call,
    room: Room,
    state: State,
    *,
    reasons: Reasons = "",
    point: Annotated[
        list[str] | None,
        typer.Option(help="Question, condition, deficiency, or what is still open; repeatable."),
    ] = None,
    ground: Annotated[str | None, typer.Option(help="Ground of a refusal.")] = None,
    consultation: Annotated[
        str | None, typer.Option(help="Message by which a refusal or postponement was discussed before.")
    ] = None,
    message: Annotated[str | None, typer.Option(help="Message that holds the result or answer.")] = None,
    confidentiality: Annotated[
        str | None, typer.Option(help="Whether it can be kept: can_keep, cannot_keep or not_asked.")
    ] = None,
    due: Day = None,
    text: Text = "",
    line: Annotated[
        str | None, typer.Option("--for", help="The office it is for, where several are asked; else all.")
    ] = None,
) -> Answer:
    """Set the state of a case; of a formal one the other side gets your signature on it."""
    async with call.office() as office:
        await call.refresh(office)
        done = office.cases.set_state(
            room, state, reasons=reasons, points=point or (), ground=ground, consultation=consultation,
            message=message, confidentiality=confidentiality, due=due, text=text, line=line,
        )  # fmt: skip
        return await said(call, office, done, f"The case is {state.replace('_', ' ')}.")


@command(group, "conflicts", needs=Needs.RELAY, example="rogatory case conflicts")
async def conflicts(call: Call) -> Answer:
    """Show the cases in which two officers set what cannot both be, until one of them decides."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        warnings = await call.refresh(office)
        found = office.cases.conflicts()
        return Answer({"cases": as_dict(found)}, (conflict_table(found),), warnings=warnings)


@command(group, "settle", needs=Needs.RELAY, example="rogatory case settle MLA-2026-17 in_execution")
async def settle(
    call: Call,
    room: Room,
    state: State,
    *,
    reasons: Reasons = "",
    text: Text = "",
    line: Annotated[
        str | None, typer.Option("--for", help="The office asked with which it is settled, if with several.")
    ] = None,
) -> Answer:
    """Decide for one of several changes that cannot both be."""
    async with call.office() as office:
        await call.refresh(office)
        done = office.cases.settle(room, state, reasons=reasons, text=text, line=line)
        return await said(call, office, done, f"Settled: the case is {state.replace('_', ' ')}.")


@command(group, "enquire", needs=Needs.RELAY, example="rogatory case enquire MLA-2026-17 --due 2026-12-31")
async def enquire(call: Call, room: Room, *, due: Day = None, text: Text = "") -> Answer:
    """Ask how far your request is (UNTOC 18(24))."""
    async with call.office() as office:
        await call.refresh(office)
        return await said(call, office, office.cases.enquire(room, due=due, text=text), "Asked.")


@command(
    group,
    "answer-enquiry",
    needs=Needs.RELAY,
    example="rogatory case answer-enquiry MLA-2026-17 'The bank was asked.' --expected 2026-12-24",
)
async def answer_enquiry(
    call: Call,
    room: Room,
    progress: Annotated[str, typer.Argument(help="How far it is, in words.")],
    *,
    enquiry: Annotated[
        str | None, typer.Option(help="Which enquiry; the newest without an answer if not given.")
    ] = None,
    expected: Annotated[str | None, typer.Option(help="Day by which you expect to be done.")] = None,
) -> Answer:
    """Answer an enquiry about progress, with your signature."""
    async with call.office() as office:
        await call.refresh(office)
        done = office.cases.answer_enquiry(room, progress, enquiry=enquiry, expected=expected)
        return await said(call, office, done, "Answered.")


@command(
    group,
    "progress",
    needs=Needs.RELAY,
    example="rogatory case progress MLA-2026-17 'The bank was asked.' --expected 2026-12-24",
)
async def progress(
    call: Call,
    room: Room,
    progress: Annotated[str, typer.Argument(help="How far it is, in words.")],
    *,
    expected: Annotated[str | None, typer.Option(help="Day by which you expect to be done.")] = None,
) -> Answer:
    """Tell how far the other side's request is without being asked, with your signature.

    The next note of progress is due as long after it as this one was (`rogatory case deadlines`).
    """
    async with call.office() as office:
        await call.refresh(office)
        done = office.cases.tell_progress(room, progress, expected=expected)
        return await said(call, office, done, "Told.")


async def said(call: Call, office: "Office", done: "MessageView", sentence: str) -> Answer:
    """Send what was said, and answer with it."""
    from rogatory_client.office import as_dict

    warnings = await call.refresh(office)
    now = next((each for each in office.messages() if each.message_id == done.message_id), done)
    exit_code = ExitCode.TRY_AGAIN if now.state == "queued" and not call.offline else ExitCode.OK
    return Answer({"message": as_dict(now)}, (Line(sentence), sent(now)), exit_code, warnings)
