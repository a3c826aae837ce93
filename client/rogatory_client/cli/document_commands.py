"""Commands on documents of our own: write a letter of request, sign a PDF."""

import time
from pathlib import Path
from typing import Annotated

import typer

from rogatory_client.bounded_file import new_file
from rogatory_client.cli.answer import Answer, Line
from rogatory_client.cli.call import Call
from rogatory_client.cli.check_commands import Trust
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.signing_options import (
    DEFAULT_TOKEN_KEY,
    AcceptHiddenContent,
    Archive,
    Certificates,
    Crls,
    Detached,
    KeyFile,
    Ocsps,
    SigningRequest,
    StampPlace,
    TokenKeyLabel,
    TokenLabel,
    TokenModule,
    Tsa,
    ValidationFiles,
    make_signature,
    read_key,
    read_stamp,
)
from rogatory_crypto.errors import MisuseError

_group = typer.Typer()


def register(application: typer.Typer) -> None:
    """Add the commands on documents."""
    application.add_typer(_group)


@command(
    _group,
    "sign",
    needs=Needs.UNLOCKING,
    example="rogatory sign letter.pdf --key seal.p12 --out signed.pdf --function 'Head of office'",
)
def sign(
    call: Call,
    file: Annotated[Path, typer.Argument(help="The file to sign: a PDF, or any file with --detached.")],
    *,
    out: Annotated[Path, typer.Option(help="Where the signed PDF or the signature goes; must not exist.")],
    function: Annotated[str, typer.Option(help="The function that signs; never a person's name.")],
    key: KeyFile = None,
    token: TokenLabel = None,
    token_key: TokenKeyLabel = DEFAULT_TOKEN_KEY,
    token_module: TokenModule = None,
    detached: Detached = False,
    reason: Annotated[str, typer.Option(help="Why it is signed.")] = "Request for mutual legal assistance",
    stamp: StampPlace = None,
    fonts: Annotated[list[Path] | None, typer.Option(help="Folder of fonts for the stamp.")] = None,
    tsa: Tsa = None,
    archive: Archive = False,
    trust: Trust = None,
    crl: Crls = None,
    ocsp: Ocsps = None,
    certificate: Certificates = None,
    accept_hidden_content: AcceptHiddenContent = False,
) -> Answer:
    """Sign a PDF (PAdES) or any file (detached CAdES) with a key file, a smart card or a hardware module.

    With --tsa, --trust and --crl or --ocsp the signature is level B-LT, which a receiver can check without a
    network; with --archive, B-LTA, which outlives its certificates; without them B-B, for drafts.
    A PDF that can show something else than what is seen now (scripts, layers, text under an image) is not
    signed unless --accept-hidden-content says so.
    """
    if out.exists():
        # Before a PIN is asked for and a time stamp is fetched.
        raise MisuseError(f"{out} exists: choose another name")
    validation = ValidationFiles(tsa, trust or [], crl or [], ocsp or [], certificate or [], archive=archive)
    request = SigningRequest(
        file, detached, function, reason, read_stamp(stamp, fonts or []), accept_hidden_content
    )
    made = make_signature(request, read_key(call, key, token, token_key, token_module), validation)
    new_file(out, made.signature)
    hint = "" if made.lasts else "; a receiver needs B-LT: give --tsa, --trust and --crl"
    data = {"file": str(out), "level": made.level, "size": len(made.signature)}
    return Answer(data, (Line(f"Signed: {out} ({made.level}{hint})"),))


@command(_group, "letter", example="rogatory letter fields.json --out letter.pdf")
def letter(
    _call: Call,
    fields: Annotated[Path, typer.Argument(help="JSON object with the fields of the letter.")],
    out: Annotated[Path, typer.Option(help="Where the PDF goes; must not exist.")],
    fonts: Annotated[
        list[Path] | None, typer.Option(help="Folder of fonts for scripts beyond Latin, Greek and Cyrillic.")
    ] = None,
) -> Answer:
    """Write a letter of request as PDF/A from its fields.

    Fields: requesting_authority, requesting_state, requested_authority, requested_state, reference,
    request_type, legal_basis, facts, assistance (list), signed_by; optional: subject, offences (list),
    requested_reference, confidentiality, deadline, urgency, language, dated_at (unix seconds).
    """
    from rogatory_client.cli.letter_fields import read_letter
    from rogatory_client.letter import render_letter

    document = render_letter(read_letter(fields, now=int(time.time())), font_folders=fonts or ())
    new_file(out, document)
    return Answer(
        {"file": str(out), "size": len(document)}, (Line(f"Wrote {out}; sign it with `rogatory sign`"),)
    )
