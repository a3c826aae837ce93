"""Commands of a secretariat that admits authorities: two officers together."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from rogatory_client.bounded_file import new_file
from rogatory_client.cli.admission import call_back_commands
from rogatory_client.cli.admission.enrolment_views import (
    admission_table,
    letter_data,
    proposal_blocks,
    proposed_blocks,
)
from rogatory_client.cli.admission.two_officers import (
    PROPOSAL_ADVICE,
    agreed,
    read_proposal_file,
    require_new,
)
from rogatory_client.cli.answer import Answer, Block, Line, Tone
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.failure import ExitCode
from rogatory_crypto.errors import Code, MisuseError

if TYPE_CHECKING:
    from rogatory_client.letter import EnrolmentLetter

_PROPOSAL_ADVICE: Final = {
    **PROPOSAL_ADVICE,
    Code.FORBIDDEN: "nothing was signed; an invitation takes two officers of the network's secretariat",
    Code.ALREADY_USED: "it was confirmed before: see `rogatory enrolment list`",
}

_group = typer.Typer(help="Secretariat: admit authorities to the network, two officers together.")

Authority = Annotated[str, typer.Argument(help="The authority's entry, such as CNA-SN-01.")]
With = Annotated[
    str | None,
    typer.Option("--with", help="The second officer's device: its id or the beginning of it."),
]


def register(application: typer.Typer) -> None:
    """Add the group ``enrolment``."""
    call_back_commands.register_in(_group)
    application.add_typer(_group, name="enrolment")


@command(
    _group,
    "propose",
    needs=Needs.VAULT,
    example="rogatory enrolment propose CNA-SN-01 --network WACAP --days 14 --out proposal.txt",
)
async def propose(
    call: Call,
    authority: Authority,
    network: Annotated[str, typer.Option(help="The network it shall join.")],
    out: Annotated[Path, typer.Option(help="Where the proposal goes; must not exist.")],
    with_: With = None,
    days: Annotated[int, typer.Option(min=1, max=90, help="For how many days the code works.")] = 14,
    *,
    again: Annotated[
        bool, typer.Option("--again", help="It is enrolled and has lost all its devices.")
    ] = False,
) -> Answer:
    """First officer: make a one-time code, kept in your vault, and a proposal for the second officer."""
    from rogatory_client.office import as_dict

    require_new(out)
    async with call.office() as office:
        proposed = await office.admissions.propose(
            authority, network, confirmer=with_, days=days, again=again
        )
        new_file(out, proposed.text.encode() + b"\n")
        return Answer({"proposal": as_dict(proposed)}, proposed_blocks(proposed, str(out)))


@command(
    _group,
    "confirm",
    needs=Needs.VAULT,
    example="rogatory enrolment confirm proposal.txt",
    advice=_PROPOSAL_ADVICE,
)
async def confirm(
    call: Call,
    proposal: Annotated[Path, typer.Argument(help="The file from the first officer.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Sign without being asked.")] = False,
) -> Answer:
    """Second officer: see what your own directory says, sign the invitation, and publish it."""
    from rogatory_client.office import as_dict

    text = read_proposal_file(proposal)
    async with call.office() as office:
        seen = await office.admissions.consider(text)
        blocks, data = proposal_blocks(seen), {"proposal": as_dict(seen)}
        if not yes:
            for block in blocks:
                call.terminal.say(block)
            blocks = []
            # A program was shown nothing to agree to.
            if call.terminal.as_json or not agreed(f"Sign the invitation of {seen.entry_id}? Type yes: "):
                unsigned = Line("Nothing was signed. To sign without being asked: --yes")
                return Answer({**data, "confirmed": False}, (unsigned,), ExitCode.FAILED)
        admitted = await office.admissions.confirm(text)
        said = Line(f"Signed and in the log. Now {seen.proposer} prints the letter.")
        return Answer({**data, "confirmed": True, "enrolment": as_dict(admitted)}, [*blocks, said])


@command(
    _group,
    "letter",
    needs=Needs.VAULT,
    example="rogatory enrolment letter CNA-SN-01 --out letter.pdf --language fr",
)
async def letter(
    call: Call,
    authority: Authority,
    out: Annotated[Path | None, typer.Option(help="Where the PDF goes; must not exist.")] = None,
    language: Annotated[
        str | None, typer.Option(help="BCP 47; else the first that the authority accepts.")
    ] = None,
    fonts: Annotated[list[Path] | None, typer.Option(help="Folder of fonts for further scripts.")] = None,
    *,
    text: Annotated[bool, typer.Option("--text", help="Write plain text instead of a PDF.")] = False,
    show_code: Annotated[bool, typer.Option("--show-code", help="Show the code here.")] = False,
) -> Answer:
    """First officer: print the letter with the code, once the log has the invitation.

    The file is readable by you alone; delete it when the letter is on paper.
    """
    if out is None and not show_code:
        raise MisuseError("say where the letter goes with --out")
    if out is not None:
        require_new(out)
    async with call.office() as office:
        written = await office.admissions.letter(authority, language)
    data = letter_data(written)
    blocks: list[Block] = []
    if out is not None:
        _write_letter(written, out, fonts or (), text=text)
        data["file"] = str(out)
        blocks.append(Line(f"Wrote {out}: print it, send it over the channel the office knows, delete it."))
    if show_code:
        data["code"] = written.code.printable()
        blocks.append(Line(f"Code: {written.code.printable()}"))
    return Answer(data, blocks)


@command(
    _group,
    "withdraw",
    needs=Needs.VAULT,
    example="rogatory enrolment withdraw CNA-SN-01 --out withdrawal.txt",
)
async def withdraw(
    call: Call,
    authority: Authority,
    out: Annotated[Path, typer.Option(help="Where the withdrawal goes that the second officer confirms.")],
    with_: With = None,
) -> Answer:
    """End an invitation before its time: its code is erased; a confirmed one takes the second officer too."""
    from rogatory_client.office import as_dict

    require_new(out)
    async with call.office() as office:
        ending = await office.admissions.withdraw(authority, with_)
    if ending is None:
        return Answer(
            {"withdrawal": None}, (Line("The code is erased; nobody had confirmed its invitation."),)
        )
    new_file(out, ending.text.encode() + b"\n")
    told = Line("Until it is confirmed, a letter that was sent still works.", Tone.ALARM)
    return Answer({"withdrawal": as_dict(ending)}, [*proposed_blocks(ending, str(out)), told])


@command(_group, "list", needs=Needs.RELAY, example="rogatory enrolment list")
async def list_enrolments(call: Call) -> Answer:
    """Show how far each authority has come that this secretariat has invited."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        warnings = await call.refresh(office)
        admissions = office.admissions.list()
        return Answer({"enrolments": as_dict(admissions)}, (admission_table(admissions),), warnings=warnings)


def _write_letter(written: "EnrolmentLetter", out: Path, fonts: Sequence[Path], *, text: bool) -> None:
    from rogatory_client.letter import FILE_MODE, render_enrolment_letter, write_enrolment_text

    as_text = write_enrolment_text(written).encode() if text else None
    new_file(out, as_text or render_enrolment_letter(written, font_folders=fonts), mode=FILE_MODE)
