"""Commands on how the own office works: who stands in for whom."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from rogatory_client.cli.answer import Answer
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.mailbox_views import deputy_table

group = typer.Typer()
_deputies = typer.Typer(help="Who stands in for an officer who is away.")
group.add_typer(_deputies, name="deputy")

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
