"""The command that checks signatures, and how its verdict looks on a terminal and in a file."""

import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from rogatory_client.bounded_file import new_files, read_bytes
from rogatory_client.cli.answer import Answer, Block, Facts, Line, Tone
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import DEFAULT_HOME, command
from rogatory_client.cli.signatures.trusted_list_commands import DEFAULT_FOLDER
from rogatory_crypto.errors import MisuseError, PeerError

if TYPE_CHECKING:
    from rogatory_client.validation_report.outline import Outline, Row
    from rogatory_crypto.esign import Report

REVOCATION_FOLDER: Final = DEFAULT_HOME / "revocation"
_group = typer.Typer()
_MAX_DOCUMENT_BYTES: Final = 128 << 20
_MAX_ANCHORS_BYTES: Final = 16 << 20
_VERDICT_EXIT: Final = {"TOTAL-PASSED": 0, "TOTAL-FAILED": 1, "INDETERMINATE": 2}
_TONES: Final = {"TOTAL-PASSED": Tone.NEW, "TOTAL-FAILED": Tone.ALARM, "INDETERMINATE": Tone.WAITING}

Trust = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="FILE",
        help="Certificate (PEM or DER), trusted list (XML) or directory (JSON) that you trust; repeatable.",
    ),
]

Contents = Annotated[
    list[Path] | None,
    typer.Option(metavar="FILE", help="File that a detached signature is about; repeatable."),
]
_NoRevocation = Annotated[
    bool, typer.Option("--no-revocation", help="Do not ask for proof that no certificate was revoked.")
]
_Reports = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="FILE", help="Write the verdict to a new .html, .pdf, .xml (ETSI) or .json file; repeatable."
    ),
]
_Fonts = Annotated[
    list[Path] | None,
    typer.Option(metavar="FOLDER", help="Folder of fonts for a PDF in further scripts; repeatable."),
]
Language = Annotated[str, typer.Option(help="Of the answer and of reports: en, fr, es, ru, zh, ar or pt.")]
Instant = Annotated[str | None, typer.Option(metavar="RFC3339", help="Instant to check for, with time zone.")]
TrustedLists = Annotated[
    Path,
    typer.Option(
        help="Folder of the lists that are kept.", show_default="~/.local/share/rogatory/trusted-lists"
    ),
]
_Evidence = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="FILE",
        help="Certificate, revocation list or OCSP response to check with; not trusted; repeatable.",
    ),
]
_HeldEvidence = Annotated[
    Path,
    typer.Option(
        help="Folder of the revocation data that are kept.",
        show_default="~/.local/share/rogatory/revocation",
    ),
]
_State = Annotated[
    str | None,
    typer.Option(
        metavar="ISO3166", help="Trust only issuers of this state for signers: three letters, like FRA."
    ),
]


@dataclass(frozen=True, slots=True)
class _Told:
    """A report, what it is about, and how it is to be told."""

    report: "Report"
    outline: "Outline"
    document: Path
    font_folders: tuple[Path, ...]


def register(application: typer.Typer) -> None:
    """Add the command."""
    application.add_typer(_group)


@command(
    _group,
    "check-signature",
    example="rogatory check-signature letter.pdf --trust state-ca.pem --language fr --report verdict.html",
)
def check_signature(
    _call: Call,
    file: Annotated[Path, typer.Argument(help="The signed document.")],
    *,
    content: Contents = None,
    trust: Trust = None,
    at: Instant = None,
    no_revocation: _NoRevocation = False,
    evidence: _Evidence = None,
    held_evidence: _HeldEvidence = REVOCATION_FOLDER,
    state: _State = None,
    language: Language = "en",
    report: _Reports = None,
    fonts: _Fonts = None,
    trusted_lists: TrustedLists = DEFAULT_FOLDER,
    show_personal_numbers: Annotated[
        bool, typer.Option("--show-personal-numbers", help="Do not hide the numbers of signers.")
    ] = False,
) -> Answer:
    """Check every signature of a document, without a network.

    Trusted are the certificates and lists given with --trust, and the lists kept by `rogatory trusted-list`.
    Revocation data are those of the document, of --evidence, and those kept by `rogatory revocation fetch`.
    Ends with 0 for TOTAL-PASSED, 1 for TOTAL-FAILED, 2 for INDETERMINATE (ETSI EN 319 102-1).
    """
    from rogatory_client.signing import check_signature_file
    from rogatory_client.validation_report.outline import outline
    from rogatory_crypto.esign.personal_number import masked
    from rogatory_crypto.esign.wording import wording

    words = wording(language)
    for path in report or ():
        _refuse_unknown_kind(path)
    found = check_signature_file(
        file,
        trust=read_trust(trust, trusted_lists),
        contents=[read_bytes(path, _MAX_DOCUMENT_BYTES) for path in content or ()],
        at=read_instant(at) if at else int(time.time()),
        revocation=not no_revocation,
        evidence=[*(read_evidence_file(path) for path in evidence or ()), *read_held_evidence(held_evidence)],
        state=state,
    )
    shown = found if show_personal_numbers else masked(found)
    outlined = outline(shown, file.name, words, numbers_hidden=shown != found)
    told = _Told(shown, outlined, file, tuple(fonts or ()))
    new_files({path: _written(told, path.suffix.lower()) for path in report or ()})
    return Answer(shown.as_dict(), tuple(_blocks(told.outline)), _VERDICT_EXIT[shown.indication.value])


def read_trust(given: Sequence[Path] | None, kept: Path) -> list[bytes]:
    """Return what is trusted: the files given and the lists kept in a folder.

    Raises:
        MisuseError: a file is too large or nothing to trust, or what is kept was damaged.
    """
    from rogatory_client.signing.held_lists import HeldLists

    return [*(_read_trusted(path) for path in given or ()), *HeldLists(kept).documents()]


def read_held_evidence(kept: Path = REVOCATION_FOLDER) -> Sequence[bytes]:
    """Return the revocation data that `rogatory revocation fetch` has kept in a folder; nobody is asked.

    Raises:
        MisuseError: what is kept was damaged.
    """
    from rogatory_client.revocation import held_evidence

    return held_evidence(kept)


def _read_trusted(path: Path) -> bytes:
    from rogatory_crypto.esign.trust.given import refuse_misuse

    content = read_bytes(path, _MAX_ANCHORS_BYTES)
    try:
        refuse_misuse([content])
    except MisuseError as error:
        kinds = "give a certificate (PEM or DER), a trusted list (XML) or a directory (JSON)"
        raise MisuseError(f"--trust {path}: {error}; {kinds}") from error
    return content


def read_evidence_file(path: Path) -> bytes:
    """Return the content of a file of certificates or revocation data.

    Raises:
        MisuseError: it is none, or too large.
    """
    from rogatory_crypto.esign.given_evidence import MAX_FILE_BYTES, read_evidence

    content = read_bytes(path, MAX_FILE_BYTES)
    try:
        read_evidence([content], now=int(time.time()))
    except PeerError as error:
        kinds = "give a certificate, a revocation list or an OCSP response (PEM or DER)"
        raise MisuseError(f"--evidence {path}: {error.detail}; {kinds}") from error
    return content


def _refuse_unknown_kind(path: Path) -> None:
    if path.suffix.lower() not in {".html", ".pdf", ".xml", ".json"}:
        raise MisuseError(f"--report {path}: name a .html, .pdf, .xml or .json file")
    if path.exists():
        raise MisuseError(f"{path} exists: choose another name")


def _written(told: _Told, suffix: str) -> bytes:
    match suffix:
        case ".html":
            from rogatory_client.validation_report.html import write_html

            return write_html(told.outline)
        case ".pdf":
            from rogatory_client.validation_report.paper import write_pdf

            return write_pdf(told.outline, font_folders=told.font_folders)
        case ".xml":
            from rogatory_client.validation_report.etsi_xml import write_etsi_xml

            digest = hashlib.sha256(read_bytes(told.document, _MAX_DOCUMENT_BYTES)).digest()
            return write_etsi_xml(told.report, digest)
        case _:
            return json.dumps(told.report.as_dict(), ensure_ascii=False, indent=2).encode()


def read_instant(text: str) -> int:
    """Return an instant that an option names, unix seconds.

    Raises:
        MisuseError: it is none, or has no time zone.
    """
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise MisuseError(f"--at {text}: write it like 2026-11-21T12:00:00Z") from error
    if instant.tzinfo is None:
        raise MisuseError(f"--at {text}: add the time zone, for example Z for UTC")
    return int(instant.timestamp())


def _blocks(outline: "Outline") -> Iterator[Block]:
    yield Line(f"{outline.verdict} ({outline.indication.value})", _TONES[outline.indication.value])
    yield Line(outline.sentence)
    yield _facts(outline.rows)
    for section in outline.sections:
        yield Line("")
        yield Line(section.heading, Tone.TITLE)
        yield Line(f"{section.verdict} ({section.indication.value})", _TONES[section.indication.value])
        if section.sentence:
            yield Line(section.sentence)
        yield _facts((*section.rows, *section.details))
    yield Line("")
    for note in outline.notes:
        yield Line(note)


def _facts(rows: "tuple[Row, ...]") -> Facts:
    return Facts([(row.label, "; ".join(row.lines)) for row in rows])
