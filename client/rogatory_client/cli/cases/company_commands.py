"""Commands on who is in a case: own officers, other offices, and liaisons for pairs of States."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from rogatory_client.cli.answer import Answer, Block, Line, Table, Tone
from rogatory_client.cli.call import Call
from rogatory_client.cli.cases.state_commands import said
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.exchange_commands import Room

if TYPE_CHECKING:
    from rogatory_client.office import CompanyView

group = typer.Typer()

Officers = Annotated[
    list[str] | None,
    typer.Option("--restricted-to", help="Only for this officer of yours, by function; repeatable."),
]
Entry = Annotated[str, typer.Argument(help="The other office's entry, such as CNA-SN-01.")]
_ONE_LEFT: Final = (
    "Only one device of your office is in the case now: if it is lost, the other office has to let your head "
    "in (`rogatory case invite`). Name a second officer, or link a second device."
)


@command(group, "members", needs=Needs.RELAY, example="rogatory case members MLA-2026-17")
async def members(call: Call, room: Room) -> Answer:
    """Show who is in a case: offices and their sides, whose devices, and what waits for an agreement."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        warnings = await call.refresh(office)
        found = office.company.of(room)
        return Answer({"company": as_dict(found)}, _blocks(found), warnings=warnings)


@command(
    group,
    "restrict",
    needs=Needs.RELAY,
    example="rogatory case restrict MLA-2026-17 --to 'case officer 2' --to 'head of unit'",
)
async def restrict(
    call: Call,
    room: Room,
    to: Annotated[list[str], typer.Option("--to", help="Officer of yours, by function; repeatable.")],
) -> Answer:
    """Limit a case to officers of your office, yourself among them.

    Their devices stay in it, all others of your office are taken out and shown nothing of it any more. The
    head is in it only if named. The other offices see that the case is limited, and whose devices are there.
    """
    async with call.office() as office:
        await call.refresh(office)
        done = office.company.restrict(room, to)
        answer = await said(call, office, done, f"The case is for {', '.join(sorted(to))}.")
        if office.company.own_devices(done.room_id) > 1:
            return answer
        return Answer(
            answer.data, (*answer.blocks, Line(_ONE_LEFT, Tone.WAITING)), answer.exit_code, answer.warnings
        )


@command(group, "unrestrict", needs=Needs.RELAY, example="rogatory case unrestrict MLA-2026-17")
async def unrestrict(call: Call, room: Room) -> Answer:
    """Open a case to all devices of your office again; they are handed what was said meanwhile."""
    async with call.office() as office:
        await call.refresh(office)
        return await said(
            call, office, office.company.unrestrict(room), "The case is for all of your office."
        )


@command(
    group,
    "invite",
    needs=Needs.RELAY,
    example="rogatory case invite MLA-2026-17 CNA-ML-01 --as guest",
)
async def invite(
    call: Call,
    room: Room,
    entry: Entry,
    *,
    standing: Annotated[str, typer.Option("--as", help="guest or party.")] = "guest",
    with_history: Annotated[
        bool, typer.Option("--with-history", help="Hand it what was said before; a party always is.")
    ] = False,
) -> Answer:
    """Propose another office for a case, or agree to what another one has proposed.

    It comes in once all parties have agreed. A guest reads and writes, and decides nothing. An office that
    has lost all its devices in the case is let in again by the same command.
    """
    async with call.office() as office:
        await call.refresh(office)
        done = office.company.invite(room, entry, standing=standing, with_history=with_history)
        await call.refresh(office)  # what waits for others is what the relay has
        return await said(call, office, done, _waiting(office.company.of(done.room_id)))


@command(group, "dismiss", needs=Needs.RELAY, example="rogatory case dismiss MLA-2026-17 CNA-ML-01")
async def dismiss(call: Call, room: Room, entry: Entry) -> Answer:
    """Take a guest out of a case, or a party that your office has brought in."""
    async with call.office() as office:
        await call.refresh(office)
        return await said(call, office, office.company.dismiss(room, entry), f"{entry} is dismissed.")


@command(
    group,
    "liaison",
    needs=Needs.RELAY,
    example="rogatory case liaison 'liaison magistrate in Rome' --state IT",
)
async def liaison(
    call: Call,
    officer: Annotated[str, typer.Argument(help="The liaison's function, as entered with the device.")],
    state: Annotated[
        list[str] | None,
        typer.Option(help="State whose cases he sees, ISO code; repeatable. None: he sees no case."),
    ] = None,
) -> Answer:
    """Say which cases a liaison of your office sees: those with these States, and no others. For the head."""
    async with call.office() as office:
        await call.refresh(office)
        office.company.assign_liaison(officer, state or ())
        warnings = await call.refresh(office)
        states = sorted({each.upper() for each in state or ()})
        sentence = (
            f"{officer} sees the cases with {', '.join(states)}." if states else f"{officer} sees no case."
        )
        return Answer({"officer": officer, "states": states}, (Line(sentence),), warnings=warnings)


def _waiting(company: "CompanyView") -> str:
    missing = sorted({office for each in company.proposals for office in each.missing})
    return f"Said; {', '.join(missing)} has to agree." if missing else "Said."


def _blocks(company: "CompanyView") -> tuple[Block, ...]:
    rows = [
        (each.office, each.side, ", ".join(each.officers), ", ".join(each.restricted_to) or "all")
        for each in company.members
    ]
    blocks: list[Block] = [
        Table(("Office", "Side", "Officers there", "Open to"), rows, "Nobody is there yet.")
    ]
    if company.proposals:
        proposed = [
            (
                each.office,
                each.standing,
                "yes" if each.with_history else "no",
                each.proposed_by,
                ", ".join(each.missing),
            )
            for each in company.proposals
        ]
        blocks.append(Table(("Proposed", "As", "With history", "By", "Has to agree"), proposed, ""))
    return tuple(blocks)
