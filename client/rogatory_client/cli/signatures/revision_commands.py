"""Commands on the revisions of a signed PDF: take out what a signature was made over, as it was signed."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from rogatory_client.bounded_file import new_file, read_bytes
from rogatory_client.cli.answer import Answer, Line
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import command
from rogatory_crypto.errors import MisuseError

if TYPE_CHECKING:
    from rogatory_crypto.esign import SignatureReport

_group = typer.Typer()
_MAX_DOCUMENT_BYTES: Final = 128 << 20


def register(application: typer.Typer) -> None:
    """Add the commands on revisions."""
    application.add_typer(_group)


@command(_group, "signed-revision", example="rogatory signed-revision letter.pdf --out letter-as-signed.pdf")
def signed_revision(
    _call: Call,
    file: Annotated[Path, typer.Argument(help="The signed PDF.")],
    out: Annotated[Path, typer.Option(help="Where the signed revision goes; must not exist.")],
    signature: Annotated[
        str | None, typer.Option(help="Name of the signature; without it, the first one.")
    ] = None,
) -> Answer:
    """Write the revision of a PDF that a signature covers, as it was signed.

    What was added to the file afterwards is not in it. This says nothing of the signature's validity: check
    the whole file with `rogatory check-signature`.
    """
    from rogatory_client.signing import check_signature_file

    report = check_signature_file(file, trust=(), at=int(time.time()), revocation=False)
    chosen = _chosen(report.signatures, signature)
    document = read_bytes(file, _MAX_DOCUMENT_BYTES)
    size = chosen.scope.signed_bytes or 0
    new_file(out, document[:size])
    data = {"file": str(out), "signature": chosen.identifier, "size": size, "later": len(document) - size}
    lines = [Line(f"Wrote {out}: the revision that {chosen.identifier} signed")]
    lines += [Line(f"Not in it: {change}") for change in chosen.scope.changed_after]
    return Answer(data, tuple(lines))


def _chosen(signatures: "tuple[SignatureReport, ...]", name: str | None) -> "SignatureReport":
    for report in signatures:
        if name in {None, report.identifier} and report.scope.signed_bytes:
            return report
    known = ", ".join(report.identifier for report in signatures) or "none"
    raise MisuseError(f"no signature {name or 'in it'} covers a revision of this file (there: {known})")
