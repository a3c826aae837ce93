"""Commands on documents of our own: write a letter of request, sign a PDF."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from rogatory_client.cli.answer import Answer, Line
from rogatory_client.cli.bounded_file import new_file, read_bytes
from rogatory_client.cli.call import Call
from rogatory_client.cli.check_commands import Trust
from rogatory_client.cli.command import Needs, command
from rogatory_crypto.errors import MisuseError

if TYPE_CHECKING:
    from rogatory_client.signing import LongTerm

_group = typer.Typer()
_MAX_DOCUMENT_BYTES: Final = 128 << 20
_MAX_ANCHORS_BYTES: Final = 16 << 20


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
    file: Annotated[Path, typer.Argument(help="The PDF to sign.")],
    *,
    key: Annotated[Path, typer.Option(help="Key and certificate, PKCS#12; its passphrase is asked for.")],
    out: Annotated[Path, typer.Option(help="Where the signed PDF goes; must not exist.")],
    function: Annotated[str, typer.Option(help="The function that signs; never a person's name.")],
    reason: Annotated[str, typer.Option(help="Why it is signed.")] = "Request for mutual legal assistance",
    tsa: Annotated[str | None, typer.Option(help="URL of a time-stamping authority (RFC 3161).")] = None,
    trust: Trust = None,
    crl: Annotated[
        list[Path] | None, typer.Option(help="Revocation list to embed (DER); repeatable.")
    ] = None,
    certificate: Annotated[
        list[Path] | None, typer.Option(help="Further certificate to embed (PEM or DER); repeatable.")
    ] = None,
    accept_hidden_content: Annotated[
        bool, typer.Option("--accept-hidden-content", help="Sign although the file holds hidden content.")
    ] = False,
) -> Answer:
    """Sign a PDF with a PKCS#12 key (PAdES).

    With --tsa, --trust and --crl the signature is level B-LT, which a receiver can check without a network;
    without them it is level B-B, for drafts. A file that can show something else than what is seen now
    (scripts, layers, text under an image) is not signed unless --accept-hidden-content says so.
    """
    from rogatory_client.signing import SealKey, SignaturePurpose, sign_pdf

    long_term = _long_term(tsa, trust or [], crl or [], certificate or [])
    signed = sign_pdf(
        read_bytes(file, _MAX_DOCUMENT_BYTES),
        SealKey(read_bytes(key, _MAX_ANCHORS_BYTES), call.passphrase.of(key).existing()),
        SignaturePurpose(signer_function=function, reason=reason),
        now=int(time.time()),
        long_term=long_term,
        accept_hidden_content=accept_hidden_content,
    )
    new_file(out, signed)
    level = "B-LT" if long_term else "B-B"
    hint = "" if long_term else "; a receiver needs B-LT: give --tsa, --trust and --crl"
    data = {"file": str(out), "level": f"PAdES-BASELINE-{level[2:]}", "size": len(signed)}
    return Answer(data, (Line(f"Signed: {out} (PAdES level {level}{hint})"),))


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


def _long_term(
    tsa: str | None, trust: list[Path], crls: list[Path], certificates: list[Path]
) -> "LongTerm | None":
    if tsa is None and not crls:
        return None
    if tsa is None or not crls or not trust:
        raise MisuseError("level B-LT needs --tsa, --trust and --crl together")
    from pyhanko.sign.timestamps import HTTPTimeStamper

    from rogatory_client.signing import LongTerm

    return LongTerm(
        time_stamper=HTTPTimeStamper(tsa),
        trust=[read_bytes(path, _MAX_ANCHORS_BYTES) for path in trust],
        crls=[read_bytes(path, _MAX_ANCHORS_BYTES) for path in crls],
        other_certificates=[read_bytes(path, _MAX_ANCHORS_BYTES) for path in certificates],
    )
