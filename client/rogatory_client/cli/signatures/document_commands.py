"""Commands on documents of our own: write a letter of request, sign a PDF."""

import time
from pathlib import Path
from typing import Annotated, Final

import typer

from rogatory_client.bounded_file import new_file
from rogatory_client.cli.answer import Answer, Line
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.signatures.check_commands import Trust
from rogatory_client.cli.signatures.signing_options import (
    AcceptHiddenContent,
    Archive,
    Detached,
    Form,
    Function,
    GivenEvidence,
    KeyChoice,
    KeyFile,
    Reason,
    Seal,
    StampFonts,
    StampPlace,
    TokenKeyLabel,
    TokenLabel,
    TokenModule,
    Tsa,
    ValidationFiles,
    WithOfficeSeal,
    WithoutRevocation,
    read_stamp,
)
from rogatory_client.cli.signatures.signing_request import make_signature

_HINTS: Final = {
    "B": "; a receiver needs B-LT: give --tsa, --trust and --evidence",
    "T": "; a receiver cannot check it offline, as no revocation data are in it",
}
_group = typer.Typer()


def register(application: typer.Typer) -> None:
    """Add the commands on documents."""
    application.add_typer(_group)


@command(
    _group,
    "sign",
    needs=Needs.VAULT,
    example="rogatory sign letter.pdf --office-seal --out signed.pdf --function 'Head of office'",
)
def sign(
    call: Call,
    file: Annotated[Path, typer.Argument(help="The file to sign: a PDF, or any file with --detached.")],
    *,
    out: Annotated[Path, typer.Option(help="Where the signed PDF or the signature goes; must not exist.")],
    function: Function = None,
    key: KeyFile = None,
    token: TokenLabel = None,
    token_key: TokenKeyLabel = None,
    token_module: TokenModule = None,
    office_seal: WithOfficeSeal = False,
    seal: Seal = None,
    detached: Detached = False,
    reason: Reason = None,
    stamp: StampPlace = None,
    fonts: StampFonts = None,
    tsa: Tsa = None,
    trust: Trust = None,
    evidence: GivenEvidence = None,
    archive: Archive = False,
    without_revocation: WithoutRevocation = False,
    accept_hidden_content: AcceptHiddenContent = False,
) -> Answer:
    """Sign a PDF (PAdES) or any file (detached CAdES) with a key file, a token, or the office's own seal.

    With --tsa the signature is level B-LT, which a receiver can check without a network: it holds the
    revocation data of --evidence, those kept by `rogatory revocation fetch`, and the office's own list for
    its seal. With --archive it is B-LTA, which outlives its certificates; without --tsa B-B, for drafts.
    A PDF that can show something else than what is seen now (scripts, layers, text under an image) is not
    signed unless --accept-hidden-content says so.
    """
    form = Form(file, out, detached, function, reason, read_stamp(stamp, fonts or []), accept_hidden_content)
    choice = KeyChoice(key, token, token_key, token_module, office_seal, seal)
    files = ValidationFiles(tsa, trust or [], evidence or [], archive, without_revocation)
    made = make_signature(call, form, choice, files)
    new_file(out, made.signature)
    data = {"file": str(out), "level": made.level, "size": len(made.signature)}
    hint = _HINTS.get(made.level.rpartition("-")[2], "")
    return Answer(data, (Line(f"Signed: {out} ({made.level}{hint})"),))


@command(_group, "letter", example="rogatory letter fields.json --out letter.pdf")
def letter(
    _call: Call,
    fields: Annotated[Path, typer.Argument(help="JSON object with the fields of the letter.")],
    out: Annotated[Path, typer.Option(help="Where the PDF goes; must not exist.")],
    fonts: Annotated[
        list[Path] | None, typer.Option(help="Folder of fonts, for a script that no font here shows.")
    ] = None,
) -> Answer:
    """Write a letter of request as PDF/A from its fields.

    Fields: requesting_authority, requesting_state, requested_authority, requested_state, reference,
    request_type, legal_basis, facts, assistance (list), signed_by; optional: subject, offences (list),
    requested_reference, confidentiality, deadline, urgency, language, dated_at (unix seconds).
    """
    from rogatory_client.cli.drafts.letter_fields import read_letter
    from rogatory_client.letter import render_letter

    document = render_letter(read_letter(fields, now=int(time.time())), font_folders=fonts or ())
    new_file(out, document)
    return Answer(
        {"file": str(out), "size": len(document)}, (Line(f"Wrote {out}; sign it with `rogatory sign`"),)
    )
