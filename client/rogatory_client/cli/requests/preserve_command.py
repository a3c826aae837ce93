"""The command that asks for data to be preserved, in under a minute: seven answers, and all else is known."""

import asyncio
import sys
import time
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from rogatory_client.bounded_file import new_file
from rogatory_client.cli.answer import Answer, Line
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.drafts.commands import Treaties, treaty_tables
from rogatory_client.cli.failure import ExitCode
from rogatory_client.cli.requests.sending import send_unless_blocked
from rogatory_client.cli.requests.sent_letter import SentLetter
from rogatory_crypto.errors import MisuseError

if TYPE_CHECKING:
    from rogatory_client.casework.drafts.preserving import PreservationForm
    from rogatory_client.letter import DraftLetter
    from rogatory_client.office import DraftView, Office
    from rogatory_crypto.identity.office_seal import SealCertificate

group = typer.Typer()


@dataclass(frozen=True, slots=True)
class _Letter:
    """Where the letter goes, which function signs it, and whether with the office's seal."""

    path: Path | None
    function: str
    office_seal: bool


# The article that asks for each; nothing else is asked.
QUESTIONS: Final = {
    "to": "Addressee's entry, such as CNA-GH-01",
    "data": "Data to be preserved: accounts, addresses, with date and time (29(2)(c))",
    "custodian": "Who holds it, or where it is (29(2)(d))",
    "offence": "Offence under investigation (29(2)(b))",
    "facts": "Brief summary of the facts (29(2)(b))",
    "relation": "How the data relates to the offence (29(2)(c))",
    "necessity": "Why it must be preserved now (29(2)(e))",
}


@command(
    group,
    "preserve",
    needs=Needs.RELAY,
    example="rogatory request preserve --to CNA-GH-01 --data 'user@mail.example' "
    "--custodian 'Mail Example Ltd, Accra' --offence 'Fraud by e-mail' "
    "--facts 'A bank was deceived by e-mails on 20 November.' --relation 'The account sent them.' "
    "--necessity 'Logs are deleted after seven days.' --office-seal",
)
async def preserve(
    call: Call,
    *,
    to: Annotated[str, typer.Option(help=QUESTIONS["to"])] = "",
    data: Annotated[list[str] | None, typer.Option(help=f"{QUESTIONS['data']}; repeatable.")] = None,
    custodian: Annotated[str, typer.Option(help=QUESTIONS["custodian"])] = "",
    offence: Annotated[str, typer.Option(help=QUESTIONS["offence"])] = "",
    facts: Annotated[str, typer.Option(help=QUESTIONS["facts"])] = "",
    relation: Annotated[str, typer.Option(help=QUESTIONS["relation"])] = "",
    necessity: Annotated[str, typer.Option(help=QUESTIONS["necessity"])] = "",
    reference: Annotated[str | None, typer.Option(help="Your reference; made if not given.")] = None,
    function: Annotated[str, typer.Option(help="Function that signs; yours if not given.")] = "",
    office_seal: Annotated[
        bool, typer.Option("--office-seal", help="Sign the letter with the office's newest seal.")
    ] = False,
    letter: Annotated[
        Path | None, typer.Option(help="Where the letter goes; it must not exist.", show_default=False)
    ] = None,
    despite: Annotated[
        str, typer.Option(metavar="REASON", help="Send although something blocks, such as no signature.")
    ] = "",
    treaties: Treaties = None,
) -> Answer:
    """Ask for computer data to be preserved at once (BUDAPEST 29): what is not given is asked for.

    Draft, letter, signature, checks and sending are one step. Exit code 1: something blocks, and nothing was
    sent; draft and letter are there to be signed or completed, and sent with `rogatory request send`.
    """
    given = {
        "to": to, "data": "\n".join(data or ()), "custodian": custodian, "offence": offence, "facts": facts,
        "relation": relation, "necessity": necessity,
    }  # fmt: skip
    wanted = _Letter(letter, function, office_seal)
    asked, tables = _completed(given), treaty_tables(treaties)
    async with call.office() as office:
        await call.refresh(office)
        draft, path = await _written(office, asked, reference, wanted)
        papers = SentLetter(path)
        sent = await send_unless_blocked(call, office, draft.draft_id, papers, [], None, despite, tables)
    return _told(sent, draft.draft_id, path)


async def _written(
    office: "Office", asked: dict[str, str], reference: str | None, wanted: _Letter
) -> "tuple[DraftView, Path]":
    """Make draft and letter; what cannot be signed or written leaves no draft behind.

    Raises:
        MisuseError: an answer does not fit, there is no seal, or the letter's file is there already.
    """
    seal = office.lifecycle.open_seal().seal if wanted.office_seal else None
    if wanted.path is not None and wanted.path.exists():
        raise MisuseError(f"{wanted.path} exists already: name another file for the letter")
    draft = office.drafts.preserve(asked["to"].strip().upper(), _form(asked), reference)
    path = wanted.path or Path(f"letter-{draft.draft_id}.pdf")
    signed_by = wanted.function or office.identity.officer or ""
    letter = office.drafts.letter(draft.draft_id, signed_by)
    await asyncio.to_thread(_write_letter, letter, path, signed_by, seal)
    return draft, path


def _told(sent: Answer, draft: str, path: Path) -> Answer:
    """Say where the letter is, and how to go on where nothing was sent."""
    blocks = sent.blocks
    if sent.exit_code == ExitCode.FAILED:
        again = f"`rogatory request send {draft} --letter FILE`"
        blocks = (*blocks, Line(f"The letter is {path}: sign it or complete the draft, then {again}."))
    return Answer({**sent.data, "draft": draft, "letter": str(path)}, blocks, sent.exit_code, sent.warnings)


def _completed(given: dict[str, str]) -> dict[str, str]:
    """Ask on the terminal for what was not given.

    Raises:
        MisuseError: there is nobody to ask; names what is missing.
    """
    missing = [name for name, text in given.items() if not text.strip()]
    if missing and not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise MisuseError(f"give {', '.join('--' + name for name in missing)}")
    return given | {name: str(typer.prompt(QUESTIONS[name], err=True)) for name in missing}


def _form(asked: dict[str, str]) -> "PreservationForm":
    from rogatory_client.casework.drafts.preserving import PreservationForm

    return PreservationForm(**{field.name: asked[field.name] for field in fields(PreservationForm)})


def _write_letter(written: "DraftLetter", path: Path, signed_by: str, seal: "SealCertificate | None") -> None:
    """Write the letter as PDF/A, signed with the office's seal where there is one to sign with."""
    from rogatory_client.letter import render_draft_letter

    document = render_draft_letter(written)
    new_file(path, document if seal is None else _sealed(document, signed_by, seal), mode=0o600)


def _sealed(document: bytes, signed_by: str, seal: "SealCertificate") -> bytes:
    from rogatory_client.cli.signatures.signing_options import DEFAULT_REASON
    from rogatory_client.signing import Checker, SignaturePurpose, sign_pdf

    purpose = SignaturePurpose(signer_function=signed_by, reason=DEFAULT_REASON)
    with Checker() as checker:
        return sign_pdf(document, seal, purpose, now=int(time.time()), checker=checker)
