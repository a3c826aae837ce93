"""Commands on how the own office works: who stands in for whom, and how requests leave."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import typer

from rogatory_client.cli.answer import Answer, Line
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.mailbox.views import deputy_table

group = typer.Typer()
_deputies = typer.Typer(help="Who stands in for an officer who is away.")
group.add_typer(_deputies, name="deputy")


class Switch(StrEnum):
    """On or off."""

    ON = "on"
    OFF = "off"


Officer = Annotated[str, typer.Argument(help="Officer's function, or the beginning of it.")]
For = Annotated[str, typer.Option("--for", metavar="OFFICER", help="Who is away; you, if not given.")]


@command(
    _deputies,
    "set",
    needs=Needs.RELAY,
    example="rogatory office deputy set duty --from 2026-12-01 --until 2026-12-19\n\n"
    "rogatory office deputy set duty --for 'case officer 2' --from 2026-12-01 --until 2026-12-19",
)
async def set_(
    call: Call,
    deputy: Officer,
    *,
    first: Annotated[str, typer.Option("--from", metavar="DAY", help="First day away.")],
    until: Annotated[str, typer.Option("--until", metavar="DAY", help="Last day away.")],
    absent: For = "",
) -> Answer:
    """Say who sees an absent officer's cases in the own inbox; the officer says so, or the head."""
    return await _set(call, absent, deputy, first, until)


@command(_deputies, "end", needs=Needs.RELAY, example="rogatory office deputy end --for 'case officer 2'")
async def end(call: Call, absent: For = "") -> Answer:
    """Say that nobody stands in any more."""
    today = datetime.now(UTC).date().isoformat()
    return await _set(call, absent, None, today, today)


async def _set(call: Call, absent: str, deputy: str | None, first: str, until: str) -> Answer:
    from rogatory_client.office import as_dict

    async with call.office() as office:
        await call.refresh(office)
        view = office.mailbox.set_deputy(absent or office.identity.officer or "", deputy, first, until)
        warnings = await call.refresh(office)
        return Answer({"deputy": as_dict(view)}, (deputy_table((view,)),), warnings=warnings)


@command(_deputies, "list", needs=Needs.RELAY, example="rogatory office deputy list")
async def list_(call: Call) -> Answer:
    """Show who stands in for whom."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        warnings = await call.refresh(office)
        found = office.mailbox.deputies()
        return Answer({"deputies": as_dict(found)}, (deputy_table(found),), warnings=warnings)


@command(
    group,
    "release-policy",
    needs=Needs.RELAY,
    example="rogatory office release-policy --two-persons on",
)
async def release_policy(
    call: Call,
    two_persons: Annotated[
        Switch | None, typer.Option("--two-persons", help="on or off; the head decides. Shown if not given.")
    ] = None,
) -> Answer:
    """Say whether a request leaves only once a second officer has released it.

    An internal control: all devices of your office keep to it, and no other office can see whether they did.
    """
    async with call.office() as office:
        warnings = await call.refresh(office)
        if two_persons is not None:
            office.releases.set_policy(two_persons=two_persons is Switch.ON)
            warnings = await call.refresh(office)
        wanted = office.releases.two_persons
        said = "A second officer releases each request." if wanted else "Each officer sends requests alone."
        return Answer({"two_persons": wanted}, (Line(said),), warnings=warnings)


@command(
    group,
    "hand-over-cases",
    needs=Needs.RELAY,
    example="rogatory office hand-over-cases 'case officer 2' duty --reasons 'Has left.'",
)
async def hand_over_cases(
    call: Call,
    leaver: Annotated[str, typer.Argument(help="Function of who works on the cases, in service or not.")],
    successor: Annotated[str, typer.Argument(help="Who works on them from now on.")],
    reasons: Annotated[str, typer.Option("--reasons", help="Why, for the office.")] = "",
) -> Answer:
    """Give all open cases of one officer to another, all of them or none."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        await call.refresh(office)
        done = office.mailbox.hand_over_cases(leaver, successor, reasons=reasons)
        warnings = await call.refresh(office)
        count = len(done.rooms)
        cases = "1 case goes" if count == 1 else f"{count} cases go"
        said = Line(f"{cases} from {done.leaver} to {done.successor}.")
        return Answer({"handed_over": as_dict(done)}, (said,), warnings=warnings)
