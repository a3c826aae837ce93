"""Commands on documents: write a letter of request, sign a PDF, check the signatures of what came in."""

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from rogatory_client.bounded_file import new_file, read_bytes
from rogatory_client.cli.answer import Answer, Block, Facts, Line
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import Needs, command
from rogatory_crypto.errors import MisuseError

if TYPE_CHECKING:
    from rogatory_client.signing import LongTerm
    from rogatory_crypto.esign import Report, SignatureReport

_group = typer.Typer()
_MAX_DOCUMENT_BYTES: Final = 128 << 20
_MAX_ANCHORS_BYTES: Final = 16 << 20
_VERDICT_EXIT: Final = {"TOTAL-PASSED": 0, "TOTAL-FAILED": 1, "INDETERMINATE": 2}

Trust = Annotated[
    list[Path] | None,
    typer.Option(help="Certificate (PEM) or trusted list (XML) that you trust; may be given several times."),
]


def register(application: typer.Typer) -> None:
    """Add the commands on documents."""
    application.add_typer(_group)


@command(_group, "check-signature", example="rogatory check-signature letter.pdf --trust state-ca.pem")
def check_signature(
    _call: Call,
    file: Annotated[Path, typer.Argument(help="The signed document.")],
    *,
    content: Annotated[
        list[Path] | None, typer.Option(help="File that a detached signature is about; repeatable.")
    ] = None,
    trust: Trust = None,
    at: Annotated[
        str | None, typer.Option(metavar="RFC3339", help="Instant to check for, with time zone.")
    ] = None,
    no_revocation: Annotated[
        bool, typer.Option("--no-revocation", help="Do not ask for proof that no certificate was revoked.")
    ] = False,
) -> Answer:
    """Check every signature of a document, without a network.

    Ends with 0 for TOTAL-PASSED, 1 for TOTAL-FAILED, 2 for INDETERMINATE (ETSI EN 319 102-1).
    """
    from rogatory_client.signing import check_signature_file

    report = check_signature_file(
        file,
        trust=[read_bytes(path, _MAX_ANCHORS_BYTES) for path in trust or ()],
        contents=[read_bytes(path, _MAX_DOCUMENT_BYTES) for path in content or ()],
        at=_instant(at) if at else int(time.time()),
        revocation=not no_revocation,
    )
    return Answer(report.as_dict(), _report_blocks(report), _VERDICT_EXIT[report.indication.value])


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
) -> Answer:
    """Sign a PDF with a PKCS#12 key (PAdES).

    With --tsa, --trust and --crl the signature is level B-LT, which a receiver can check without a network;
    without them it is level B-B, for drafts.
    """
    from rogatory_client.signing import SealKey, SignaturePurpose, sign_pdf

    long_term = _long_term(tsa, trust or [], crl or [], certificate or [])
    signed = sign_pdf(
        read_bytes(file, _MAX_DOCUMENT_BYTES),
        SealKey(read_bytes(key, _MAX_ANCHORS_BYTES), call.passphrase.of(key).existing()),
        SignaturePurpose(signer_function=function, reason=reason),
        now=int(time.time()),
        long_term=long_term,
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


def _instant(text: str) -> int:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise MisuseError(f"--at {text}: write it like 2026-11-21T12:00:00Z") from error
    if instant.tzinfo is None:
        raise MisuseError(f"--at {text}: add the time zone, for example Z for UTC")
    return int(instant.timestamp())


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


def _report_blocks(report: "Report") -> list[Block]:
    blocks: list[Block] = [
        Line(f"{report.indication.value}  {report.sentence}"),
        Facts([("Format", report.format.value), ("Checked for", _moment(report.validation_time))]),
    ]
    for signature in report.signatures:
        blocks += [Line(""), _signature_facts(signature)]
    return [*blocks, *(Line(f"Note: {warning}") for warning in report.warnings)]


def _signature_facts(signature: "SignatureReport") -> Facts:
    trusted = signature.trust_anchor.certificate.subject if signature.trust_anchor else None
    return Facts(
        [
            ("Signature", signature.identifier),
            ("Verdict", f"{signature.indication.value}  {signature.sentence}"),
            ("Why", signature.reason),
            ("Signed by", signature.signer.subject if signature.signer else None),
            ("Trusted by", trusted),
            ("Level", signature.level),
            ("Existed at", _moment(signature.best_signature_time)),
            ("Covers", signature.scope.coverage.value),
            ("Changed after", "; ".join(signature.scope.changed_after)),
        ]
    )


def _moment(seconds: int | None) -> str | None:
    return None if seconds is None else f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC"
