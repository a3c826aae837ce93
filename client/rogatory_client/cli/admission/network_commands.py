"""Commands on the members of a network: two officers of its secretariat decide, everybody may compare."""

from pathlib import Path
from typing import Annotated, Final

import typer

from rogatory_client.bounded_file import new_file
from rogatory_client.cli.admission.network_views import confirmed_line, member_blocks, proposal_blocks
from rogatory_client.cli.admission.two_officers import (
    PROPOSAL_ADVICE,
    agreed,
    read_proposal_file,
    require_new,
)
from rogatory_client.cli.answer import Answer, Line
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.failure import ExitCode
from rogatory_crypto.errors import Code

_ADVICE: Final = {
    **PROPOSAL_ADVICE,
    Code.FORBIDDEN: "nothing was signed; it takes two officers of the network's secretariat",
    Code.CONFLICT: "nothing is in the log; the first officer runs `rogatory network propose` anew",
    Code.ALREADY_USED: "nothing was signed; see `rogatory network members`",
}

_group = typer.Typer(help="Members of a network: two officers of its secretariat admit them in the log.")


def register(application: typer.Typer) -> None:
    """Add the group ``network``."""
    application.add_typer(_group, name="network")


@command(
    _group,
    "propose",
    needs=Needs.VAULT,
    example="rogatory network propose CNA-SN-01 --network WACAP --out proposal.txt",
    advice={Code.EXPIRED: "nothing was signed; run `rogatory sync`, and ask who runs the relay"},
)
async def propose(
    call: Call,
    authority: Annotated[str, typer.Argument(help="The authority's entry, such as CNA-SN-01.")],
    network: Annotated[str, typer.Option(help="The network it belongs to.")],
    out: Annotated[Path, typer.Option(help="Where the proposal goes; must not exist.")],
    *,
    end: Annotated[bool, typer.Option("--end", help="End its membership.")] = False,
) -> Answer:
    """First officer: sign that an authority belongs to your network; a second officer confirms."""
    from rogatory_client.office import as_dict

    require_new(out)
    async with call.office() as office:
        proposed = await office.networks.propose(authority, network, admitted=not end)
        new_file(out, proposed.text.encode() + b"\n")
    told = (
        Line(f"The proposal is in {out}; it holds no secret. Hand it to another officer:"),
        Line(f"rogatory network confirm {out}"),
    )
    return Answer({"proposal": as_dict(proposed)}, [*proposal_blocks(proposed), *told])


@command(
    _group, "confirm", needs=Needs.VAULT, example="rogatory network confirm proposal.txt", advice=_ADVICE
)
async def confirm(
    call: Call,
    proposal: Annotated[Path, typer.Argument(help="The file from the first officer.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Sign without being asked.")] = False,
) -> Answer:
    """Second officer: see what is proposed beside your own directory, sign, and publish it in the log."""
    from rogatory_client.office import as_dict

    text = read_proposal_file(proposal)
    async with call.office() as office:
        seen = await office.networks.consider(text)
        blocks, data = proposal_blocks(seen), {"proposal": as_dict(seen)}
        if not yes:
            for block in blocks:
                call.terminal.say(block)
            blocks = []
            # A program was shown nothing to agree to.
            if call.terminal.as_json or not agreed("Sign this? Type yes: "):
                unsigned = Line("Nothing was signed. To sign without being asked: --yes")
                return Answer({**data, "confirmed": False}, (unsigned,), ExitCode.FAILED)
        member = await office.networks.confirm(text)
        data |= {"confirmed": True, "member": as_dict(member)}
        return Answer(data, [*blocks, confirmed_line(seen)])


@command(_group, "members", needs=Needs.RELAY, example="rogatory network members WACAP")
async def members(
    call: Call,
    network: Annotated[str | None, typer.Argument(help="The network; all if none.")] = None,
) -> Answer:
    """Compare who belongs to a network by the log and by the directory. The directory's word counts."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        warnings = await call.refresh(office)
        found = office.networks.members(network)
        return Answer({"members": as_dict(found)}, member_blocks(found), warnings=warnings)
