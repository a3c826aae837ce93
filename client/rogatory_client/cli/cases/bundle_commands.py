"""Commands on court bundles: seal what is formal of a case into one file, and check such a file offline."""

import asyncio
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from rogatory_client.bounded_file import opened, read_bytes
from rogatory_client.cli.answer import Answer, Block, Facts, Line, Table, Tone
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.views import moment, size
from rogatory_crypto.errors import Code, MisuseError, PeerError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rogatory_client.bundle.gathered import Gathered
    from rogatory_crypto.bundle.finding import Finding
    from rogatory_crypto.bundle.octets import Octets
    from rogatory_crypto.bundle.verification_result import Verification
    from rogatory_crypto.log.pinned import PinnedTrust

_MAX_PROFILE_BYTES: Final = 4 << 20
_EXIT: Final = {"TOTAL-PASSED": 0, "TOTAL-FAILED": 1, "INDETERMINATE": 2}
_TONES: Final = {"TOTAL-PASSED": Tone.NEW, "TOTAL-FAILED": Tone.ALARM, "INDETERMINATE": Tone.WAITING}
_MEANING: Final = {
    "TOTAL-PASSED": "The bundle is whole, and everything signed in it was signed by whom it names.",
    "TOTAL-FAILED": "The bundle is not what it says: do not rely on it, and ask its maker for another.",
    "INDETERMINATE": "The bundle does not contradict itself, but not all of it can be established from here.",
}
_NOT_PROVEN: Final = (
    "That it holds or names every message of the case is its maker's word.",
    "What its index tells is its maker's word: see with --messages what the messages themselves say.",
    "When a message without a postmark was sent is its maker's word.",
    "What the log says later of these offices, a lost device for instance, may be missing.",
)
_ADVICE: Final = {
    Code.BAD_SIGNATURE: "what was given with --trust is not what its operators signed: ask for it again"
}

_group = typer.Typer(help="One file for a court: what is formal of a case, with all its proof.")


def register(application: typer.Typer) -> None:
    """Add the group ``bundle``."""
    application.add_typer(_group, name="bundle")


@command(
    _group,
    "make",
    needs=Needs.RELAY,
    example="rogatory bundle make MLA-2026-17 --document letter.pdf --document order.pdf --out case.asice",
)
def make(
    call: Call,
    case: Annotated[str, typer.Argument(help="The case: a reference, or the beginning of its id.")],
    *,
    out: Annotated[Path, typer.Option(help="Where the bundle goes; must not exist.")],
    document: Annotated[
        list[Path] | None, typer.Option(help="A document that was sent in the case, as saved; repeatable.")
    ] = None,
    leave_out: Annotated[
        list[str] | None,
        typer.Option(help="MESSAGE, or MESSAGE/NUMBER for a document: named by its hash only; repeatable."),
    ] = None,
    seal: Annotated[
        str | None, typer.Option(help="Seal: the beginning of its SHA-256; the newest if not given.")
    ] = None,
    language: Annotated[str, typer.Option(help="Of the index: en, fr, es, ru, zh, ar or pt.")] = "en",
) -> Answer:
    """Seal what is formal of a case into one file that others can check without relay and vault.

    What is informal stays out: consultations, notes, and messages from before the request that it does not
    carry over. The office's seal signs, so this device must hold one (`rogatory seal create`).
    """
    from rogatory_client.bundle.sealing import seal_bundle

    if out.exists():
        raise MisuseError("a file of that name exists: choose another")
    with ExitStack() as documents:
        files = [documents.enter_context(opened(path)) for path in document or ()]
        gathered, warnings = asyncio.run(_gather(call, case, files, leave_out or (), seal, language))
        length, verified = seal_bundle(gathered, out)
    manifest = gathered.contents.manifest
    data = {
        "file": str(out), "size": length, "messages": len(manifest.messages),
        "receipts": manifest.receipts, "informal": gathered.informal,
        "left_out": _texts(verified, "left-out"),
        "set_aside": {each.listed.message_id.hex(): each.reason for each in gathered.set_aside},
    }  # fmt: skip
    return Answer(data, tuple(_made(out, length, gathered, verified)), warnings=warnings)


async def _gather(
    call: Call,
    case: str,
    documents: "Sequence[Octets]",
    leave_out: "Sequence[str]",
    seal: str | None,
    language: str,
) -> "tuple[Gathered, tuple[str, ...]]":
    async with call.office() as office:
        warnings = await call.refresh(office)
        gathered = office.bundles.gather(case, documents, leave_out=leave_out, seal=seal, language=language)
        return gathered, warnings


def _made(out: Path, length: int, gathered: "Gathered", verified: "Verification") -> "Iterable[Block]":
    manifest = gathered.contents.manifest
    yield Line(
        f"{out} holds {len(manifest.messages)} messages and {manifest.receipts} receipts ({size(length)})."
    )
    if gathered.informal:
        yield Line(f"{gathered.informal} messages of the case are informal and stay here.")
    for each in gathered.set_aside:
        name = each.listed.message_id.hex()[:12]
        yield Line(f"Message {name} cannot be shown and is left out: {each.reason}", Tone.WAITING)
    if manifest.documents_left_out:
        yield Line(
            "A message holds the key of each of its files: whoever gets a stored file from the relay could "
            "open one that was left out. Leave out the message as well where that matters.",
            Tone.WAITING,
        )
    yield _table(verified.findings, only="left-out")
    yield Line(f"Check it with: rogatory bundle verify {out} --trust profile.json")


@command(
    _group,
    "verify",
    example="rogatory bundle verify case.asice --trust profile.json\n\n"
    "rogatory bundle verify case.asice --trust profile.json --messages --language fr",
    advice=_ADVICE,
)
def verify(
    _call: Call,
    file: Annotated[Path, typer.Argument(help="The bundle.")],
    *,
    trust: Annotated[
        Path | None, typer.Option(help="Whom you believe: a network profile, or a trust folder.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Take nobody's mere word: what only its maker says is open.")
    ] = False,
    messages: Annotated[
        bool, typer.Option("--messages", help="Show what each message says, as it was checked.")
    ] = False,
    language: Annotated[str, typer.Option(help="Of what messages say: en, fr, es, ru, zh, ar or pt.")] = "en",
) -> Answer:
    """Check a bundle offline, as of the time it was made, and name every finding.

    Ends with 0 for TOTAL-PASSED, 1 for TOTAL-FAILED, 2 for INDETERMINATE; without --trust never with 0. With
    --strict, messages of others that only the maker vouches for, and messages that are named in the bundle
    and missing from it, make it INDETERMINATE.
    """
    from rogatory_client.bundle.sealing import check_bundle
    from rogatory_client.bundle.wording import wording
    from rogatory_client.cli.cases.bundle_messages import message_blocks, message_data, messages_of

    words = wording(language)
    with opened(file) as document:
        given = None if trust is None else _pinned(trust, document)
        checked = check_bundle(document, given, now=int(time.time()))
    verified = checked.strictly() if strict else checked
    shown = messages_of(verified) if messages else ()
    data = _data(verified)
    if messages:
        data["messages"] = [message_data(each, words) for each in shown]
    blocks = (*_told(verified), *(block for each in shown for block in message_blocks(each, words)))
    return Answer(data, blocks, exit_code=_EXIT[verified.indication.value])


def _data(verified: "Verification") -> dict[str, object]:
    manifest = verified.manifest
    return {
        "indication": verified.indication.value,
        "made_at": None if manifest is None else manifest.made_at,
        "maker": None if manifest is None else manifest.maker,
        "log_as_of": verified.witnessed_at,
        "left_out": _texts(verified, "left-out"),
        "unsigned": _texts(verified, "unsigned"),
        "missing": _texts(verified, "missing"),
        "proven_by": {
            each.message.message_id.hex(): {"by": each.by.value, "recipients": list(each.recipients)}
            for each in verified.provenance
        },
        "not_proven": list(_NOT_PROVEN),
        "findings": [
            {
                "about": each.about.value,
                "indication": each.indication.value,
                "place": each.place,
                "text": each.text,
            }
            for each in verified.findings
        ],
    }


def _told(verified: "Verification") -> "Iterable[Block]":
    word, manifest = verified.indication.value, verified.manifest
    yield Line(word, _TONES[word])
    yield Line(_MEANING[word])
    if manifest is not None:
        as_of = None if verified.witnessed_at is None else moment(verified.witnessed_at)
        made_by = f"{manifest.maker}, {manifest.officer}"
        yield Facts([("Made by", made_by), ("Made at", moment(manifest.made_at)), ("Log as of", as_of)])
    yield from _proven(verified)
    yield _table(verified.findings)
    if word == "TOTAL-PASSED":
        yield Line("What no bundle proves:")
        yield from map(Line, _NOT_PROVEN)


def _proven(verified: "Verification") -> "Iterable[Block]":
    from rogatory_client.bundle.proven_wording import is_open, proven_lines
    from rogatory_client.bundle.wording import wording

    if lines := proven_lines(verified.provenance, wording("en")):
        tone = Tone.WAITING if is_open(verified.provenance) else Tone.PLAIN
        yield Line("Who vouches for its messages:", tone)
        yield from (Line(f"  {each}", tone) for each in lines)
    if missing := _texts(verified, "missing"):
        yield Line(f"{len(missing)} times a message is named in it that is not in it.", Tone.WAITING)


def _table(findings: "Iterable[Finding]", only: str | None = None) -> Table:
    rows = [
        (each.indication.value, each.about.value, each.place, each.text)
        for each in findings
        if only in {None, each.about.value}
    ]
    return Table(("Finding", "About", "Where", "What"), rows, "Nothing was left out.")


def _texts(verified: "Verification", about: str) -> list[dict[str, str]]:
    return [
        {"place": each.place, "text": each.text} for each in verified.findings if each.about.value == about
    ]


def _pinned(path: Path, document: "Octets") -> "PinnedTrust | None":
    """Return what a profile or a trust folder pins, however old; a folder names no relay, the bundle does."""
    from rogatory_client.cli.trust.folder import read_trust_folder
    from rogatory_crypto.bundle.verification import relay_of
    from rogatory_crypto.identity import parse_profile
    from rogatory_crypto.log.pinned import pinned_trust

    if path.is_dir():
        folder = read_trust_folder(path)
        try:
            relay = relay_of(document)
        except PeerError:
            return None  # no bundle; its check says why
        return folder.verified(relay)
    try:
        text = read_bytes(path, _MAX_PROFILE_BYTES).decode()
    except UnicodeDecodeError as error:
        raise MisuseError(f"{path} is no network profile") from error
    return pinned_trust(parse_profile(text))
