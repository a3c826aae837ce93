"""Commands on revocation data: whom to ask, and asking them; a check itself never asks anybody."""

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from rogatory_client.bounded_file import read_bytes
from rogatory_client.cli.answer import Answer, Line
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import command
from rogatory_client.cli.failure import ExitCode
from rogatory_client.cli.signatures.check_commands import (
    REVOCATION_FOLDER,
    Contents,
    Trust,
    TrustedLists,
    read_trust,
)
from rogatory_client.cli.signatures.revocation_views import (
    brief,
    exit_code,
    fetched_table,
    late_lists,
    late_outcomes,
    outcome_as_dict,
    source_as_dict,
    source_facts,
    source_table,
    stranger_hints,
)
from rogatory_client.cli.signatures.trusted_list_commands import DEFAULT_FOLDER
from rogatory_crypto.errors import MisuseError

if TYPE_CHECKING:
    from rogatory_client.office import Progress
    from rogatory_client.revocation.concerned import Concerned
    from rogatory_client.revocation.fetching import Surroundings
    from rogatory_client.revocation.outcome import Outcome
    from rogatory_crypto.esign import Report

_MAX_CERTIFICATE_BYTES: Final = 1 << 20
_MAX_DOCUMENT_BYTES: Final = 128 << 20
_PRIVACY: Final = (
    "Every question to a responder tells it, and whoever carries the line, which certificate somebody here "
    "is looking at. A list tells nothing of the kind."
)
_group = typer.Typer(help="Revocation data: allow addresses to be asked, and fetch what they say.")

Folder = Annotated[
    Path,
    typer.Option(
        "--folder",
        help="Where sources and what they said are kept.",
        show_default="~/.local/share/rogatory/revocation",
    ),
]
_Addresses = list[str] | None


def register(application: typer.Typer) -> None:
    """Add the group ``revocation``."""
    application.add_typer(_group, name="revocation")


@command(
    _group,
    "allow",
    example="rogatory revocation allow --issuer state-ca.pem --crl http://ca.example/state-ca.crl",
)
def allow(
    _call: Call,
    *,
    issuer: Annotated[Path, typer.Option(help="Certificate (PEM or DER) of the issuer.")],
    crl: Annotated[_Addresses, typer.Option(help="Address of its revocation list; repeatable.")] = None,
    ocsp: Annotated[
        _Addresses,
        typer.Option(help="Address of its OCSP responder, which then learns what you look at; repeatable."),
    ] = None,
    signer: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE", help="Certificate of who else signs its lists or answers; you vouch. Repeatable."
        ),
    ] = None,
    private: Annotated[
        bool, typer.Option("--private", help="The names may stand for machines inside a network.")
    ] = False,
    folder: Folder = REVOCATION_FOLDER,
) -> Answer:
    """Allow addresses to be asked for revocation data of an issuer, beside those already allowed.

    Take the addresses from the issuer's own publications. Nothing is asked before `rogatory revocation
    fetch`, and no address that a document or a certificate names is ever asked.
    """
    from rogatory_client.revocation import Source, Sources
    from rogatory_client.revocation.address import parse_address

    source = Source(
        _certificate(issuer),
        tuple(parse_address(each) for each in crl or ()),
        tuple(parse_address(each) for each in ocsp or ()),
        tuple(_certificate(each) for each in signer or ()),
        private=private,
    )
    allowed = Sources(folder).allow(source)
    blocks = (source_facts(allowed), Line("It is allowed; fetch with `rogatory revocation fetch`."))
    return Answer({"source": source_as_dict(allowed)}, blocks, warnings=(_PRIVACY,) if source.ocsp else ())


@command(_group, "sources", example="rogatory revocation sources --json")
def sources(_call: Call, folder: Folder = REVOCATION_FOLDER) -> Answer:
    """Show which addresses may be asked, and what is held of each issuer."""
    from rogatory_client.revocation import HeldEvidence, Sources

    allowed, held = Sources(folder).all(), HeldEvidence(folder).all()
    return Answer(
        {"sources": [source_as_dict(each, held) for each in allowed]},
        (source_table(allowed, held),),
        warnings=late_lists(allowed, held, int(time.time())),
    )


@command(_group, "forget", example="rogatory revocation forget 6f0c1d2ab3e4")
def forget(
    _call: Call,
    issuer: Annotated[str, typer.Argument(help="SHA-256 of the issuer's certificate, or its beginning.")],
    folder: Folder = REVOCATION_FOLDER,
) -> Answer:
    """Ask for nothing of an issuer any more, and remove what is held of it."""
    from rogatory_client.revocation import HeldEvidence, Sources

    source = Sources(folder).named(issuer)
    Sources(folder).forget(source)
    with HeldEvidence(folder).writing() as writing:
        writing.drop(source.identifier)
    return Answer({"forgotten": source_as_dict(source)}, (Line(f"{brief(source.name)} is asked no more."),))


@command(_group, "fetch", example="rogatory revocation fetch letter.pdf --trust state-ca.pem")
async def fetch(
    call: Call,
    files: Annotated[
        list[Path] | None, typer.Argument(help="Signed documents whose certificates are to be asked about.")
    ] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Fetch every list that is allowed.")] = False,
    content: Contents = None,
    trust: Trust = None,
    trusted_lists: TrustedLists = DEFAULT_FOLDER,
    folder: Folder = REVOCATION_FOLDER,
) -> Answer:
    """Fetch revocation data from the allowed addresses, and keep what their issuers have signed.

    With --all every list; with documents what is said about their certificates, from responders where they
    are allowed, else from lists. Later checks use what is held. Ends with 75 where something could not be
    had now, with 65 where what came was refused, with 1 where nobody could be asked; what was held stays.
    """
    from rogatory_client.revocation import Sources
    from rogatory_client.revocation.concerned import concerned, strangers
    from rogatory_client.revocation.fetching import fetch_about, fetch_lists

    if bool(files) == every:
        raise MisuseError("name signed documents, or give --all for every list that is allowed")
    allowed = Sources(folder).all()
    if not allowed:
        raise MisuseError("no address is allowed: see `rogatory revocation allow --help`")
    if every:
        with call.terminal.progress() as moved:
            return _answer(await fetch_lists(folder, allowed, _surroundings(moved)))
    given = read_trust(trust, trusted_lists)
    reports = _reports(files or (), content or (), given)
    found, hints = concerned(reports, allowed), stranger_hints(strangers(reports, allowed))
    for line in _announced(found):
        call.terminal.say(line)
    with call.terminal.progress() as moved:
        return _answer(await fetch_about(folder, found, _surroundings(moved)), hints)


def _reports(files: Sequence[Path], content: Sequence[Path], trust: Sequence[bytes]) -> "list[Report]":
    """Have the documents read by processes without a network; what asks never reads them.

    Personal numbers are not needed for asking, and what is asked is shown.
    """
    from rogatory_client.signing import Checker
    from rogatory_crypto.esign.personal_number import masked

    contents = [read_bytes(path, _MAX_DOCUMENT_BYTES) for path in content]
    at = int(time.time())
    with Checker() as checker:
        return [
            masked(
                checker.check(
                    read_bytes(path, _MAX_DOCUMENT_BYTES),
                    trust=trust,
                    contents=contents,
                    at=at,
                )
            )
            for path in files
        ]


def _announced(concerned: "Sequence[Concerned]") -> list[Line]:
    """Return what an officer reads before a question goes out."""
    return [
        Line(
            f"Asking {', '.join(each.source.ocsp)} about the certificate {each.serial:x} "
            f"of {brief(each.subject)}."
        )
        for each in concerned
        if each.source.ocsp
    ]


def _surroundings(moved: "Progress | None") -> "Surroundings":
    from rogatory_client.revocation.fetching import Surroundings

    return Surroundings(now=lambda: int(time.time()), random=os.urandom, moved=moved)


def _answer(outcomes: "tuple[tuple[Outcome, ...], ...]", hints: tuple[str, ...] = ()) -> Answer:
    every = tuple(dict.fromkeys(each for asked in outcomes for each in asked))
    failed = tuple(f"{each.address}: {each.detail}" for each in every if not each.served)
    late = late_outcomes(every, int(time.time()))
    return Answer(
        {"fetched": [outcome_as_dict(each) for each in every]},
        (fetched_table(every),),
        exit_code(outcomes) if outcomes else ExitCode.FAILED,
        (*failed, *late, *hints),
    )


def _certificate(path: Path) -> bytes:
    from rogatory_client.revocation.sources import read_certificate

    try:
        return read_certificate(read_bytes(path, _MAX_CERTIFICATE_BYTES))
    except MisuseError as error:
        raise MisuseError(f"{path}: {error}") from error
