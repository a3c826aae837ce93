"""Commands on what a request carries over from the consultation before it: propose, answer, show."""

from typing import TYPE_CHECKING, Annotated

import typer

from rogatory_client.cli.answer import Answer, Block, Line, Table, Tone
from rogatory_client.cli.call import Call
from rogatory_client.cli.cases.state_commands import said
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.exchange_commands import Room
from rogatory_client.cli.views import moment_ms, short
from rogatory_crypto.errors import MisuseError

if TYPE_CHECKING:
    from rogatory_client.office import CarryOverView, CarryProposalView

group = typer.Typer(
    help="What of a consultation becomes part of the request. All offices must agree, and each signs for its "
    "own messages among them, so that they can be shown to others; all else stays informal."
)
Messages = Annotated[
    list[str] | None, typer.Option("--message", help="Message, by the beginning of its id; repeatable.")
]
Reasons = Annotated[str, typer.Option(help="Why, or why not.")]


@command(
    group,
    "propose",
    needs=Needs.RELAY,
    example="rogatory case carry-over propose SN-2026-0042 --message 3f9a01c27b44 --message 88d1e0",
)
async def propose(call: Call, room: Room, message: Messages = None, *, reasons: Reasons = "") -> Answer:
    """Propose what the request is to carry over; without --message, all that was said informally."""
    async with call.office() as office:
        await call.refresh(office)
        done = office.carry_over.propose(room, message or (), reasons=reasons)
        return await said(call, office, done, "Proposed. Your own messages among them are signed with it.")


@command(
    group,
    "answer",
    needs=Needs.RELAY,
    example="rogatory case carry-over answer SN-2026-0042 --all\n\n"
    "rogatory case carry-over answer SN-2026-0042 --message 3f9a01c27b44\n\n"
    "rogatory case carry-over answer SN-2026-0042 --refuse --reasons 'It names a source.'",
)
async def answer(
    call: Call,
    room: Room,
    message: Messages = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Agree to all that is proposed.")] = False,
    refuse: Annotated[bool, typer.Option("--refuse", help="Agree to none of it.")] = False,
    proposal: Annotated[
        str | None, typer.Option(help="Which proposal; the one that waits for you if not given.")
    ] = None,
    reasons: Reasons = "",
) -> Answer:
    """Agree to all, to some, or to nothing; whatever you agree to of your own is signed, for good."""
    if [bool(message), everything, refuse].count(True) != 1:
        raise MisuseError("say what you agree to: --all, --message for each, or --refuse")
    async with call.office() as office:
        await call.refresh(office)
        agree_to = None if everything else message or ()
        done = office.carry_over.answer(room, proposal=proposal, agree_to=agree_to, reasons=reasons)
        return await said(call, office, done, "Refused." if refuse else "Agreed.")


@command(group, "show", needs=Needs.RELAY, example="rogatory case carry-over show SN-2026-0042")
async def show(call: Call, room: Room) -> Answer:
    """Show which messages of a case are part of the request, which are agreed, and which stay informal."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        warnings = await call.refresh(office)
        found = office.carry_over.show(room)
        blocks: list[Block] = [_message_table(found), *map(_proposal_line, found.proposals)]
        blocks += [
            Line(f"The answer {short(name)} does not count: {reason}.") for name, reason in found.attempts
        ]
        return Answer({"carry_over": as_dict(found)}, blocks, warnings=warnings)


def _message_table(found: "CarryOverView") -> Table:
    rows = [
        (
            short(each.message_id),
            moment_ms(each.at_ms) if each.at_ms else "",
            each.office,
            each.about,
            each.standing,
            each.reason,
        )
        for each in found.messages
    ]
    return Table(("Message", "Time", "From", "About", "Stands as", "Why"), rows, "Nothing was said yet.")


def _proposal_line(proposal: "CarryProposalView") -> Line:
    count = f"{len(proposal.messages)} message{'s' if len(proposal.messages) > 1 else ''}"
    said = f"Proposal {short(proposal.message_id)} of {proposal.office}: {count}"
    answered = "".join(
        f"; {each.office} agrees to {len(each.agreed)}" if each.agreed else f"; {each.office} refuses"
        for each in proposal.answers
    )
    waiting = "; it waits for your answer" if proposal.waits_for_this_office else ""
    tone = Tone.WAITING if proposal.waits_for_this_office else Tone.PLAIN
    return Line(f"{said}{answered}{waiting}.", tone)
