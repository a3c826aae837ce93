"""Commands on what checks of received files have said about their signatures."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rogatory_client.cli.answer import Answer, Block, Facts, Line, Table, Tone
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.signatures.check_commands import (
    REVOCATION_FOLDER,
    Instant,
    Language,
    Trust,
    read_held_evidence,
    read_instant,
    read_trust,
)
from rogatory_client.cli.signatures.trusted_list_commands import DEFAULT_FOLDER
from rogatory_client.cli.views import moment, short, size
from rogatory_crypto.errors import MisuseError

if TYPE_CHECKING:
    from rogatory_client.office import MessageView, Office
    from rogatory_client.office.evidence.verdicts import VerdictView
    from rogatory_crypto.esign.trust.anchor import Shortcoming
    from rogatory_crypto.esign.wording import Wording

_group = typer.Typer(help="Signatures of received files: what checks have said.")
_TONES = {"TOTAL-PASSED": Tone.NEW, "TOTAL-FAILED": Tone.ALARM, "INDETERMINATE": Tone.WAITING}
_NAMED = {True: "named_yes", False: "named_no", None: "named_nobody"}


def register(application: typer.Typer) -> None:
    """Add the group ``verdict``."""
    application.add_typer(_group, name="verdict")


@command(_group, "list", needs=Needs.VAULT, example="rogatory verdict list 3f9a01c27b44")
async def list_verdicts(
    call: Call,
    message: Annotated[str, typer.Argument(help="The message's id, or its beginning.")],
    language: Language = "en",
) -> Answer:
    """Show what was said about the files of a message, at each check."""
    from rogatory_client.office import as_dict
    from rogatory_crypto.esign.wording import wording

    words = wording(language)
    async with call.office() as office:
        verdicts = office.verdicts.of(message, language)
        rows = [
            (
                str(each.attachment),
                each.filename,
                _verdict(each, words),
                moment(each.checked_for),
                moment(each.checked_at),
            )
            for each in verdicts
        ]
        label = words.labels
        heads = ("#", label["file"], label["verdict"], label["checked_for"], label["checked_at"])
        table = Table(heads, rows, label["nothing_checked"])
        return Answer({"verdicts": as_dict(verdicts)}, (table,))


@command(
    _group,
    "renew",
    needs=Needs.VAULT,
    example="rogatory verdict renew 3f9a01c27b44 0 evidence/letter.pdf --trust state-ca.pem",
)
async def renew(
    call: Call,
    message: Annotated[str, typer.Argument(help="The message's id, or its beginning.")],
    number: Annotated[int, typer.Argument(help="The number of the file in the message, from 0.")],
    file: Annotated[Path, typer.Argument(help="Where it was saved.")],
    *,
    trust: Trust = None,
    at: Instant = None,
    now: Annotated[bool, typer.Option("--now", help="Check for now instead of for the arrival.")] = False,
    language: Language = "en",
) -> Answer:
    """Check a received file again, for its arrival or another instant; earlier verdicts stay."""
    from rogatory_client.office import as_dict
    from rogatory_crypto.esign.wording import wording

    words = wording(language)
    if now and at is not None:
        raise MisuseError("--now and --at name two instants: give one")
    instant = int(time.time()) if now else None if at is None else read_instant(at)
    async with call.office() as office:
        verdict = await office.verdicts.check(
            message, number, file, trust=read_trust(trust, DEFAULT_FOLDER), evidence=read_held_evidence(),
            at=instant, language=language,
        )  # fmt: skip
        return Answer(
            {"verdict": None if verdict is None else as_dict(verdict)}, verdict_blocks(verdict, file, words)
        )


@dataclass(frozen=True, slots=True)
class Kept:
    """Trust and revocation data that are kept, as far as they are whole, and what is wrong with the rest."""

    trust: Sequence[bytes] = ()
    evidence: Sequence[bytes] = ()
    shortcomings: "tuple[Shortcoming, ...]" = ()


def read_kept() -> Kept:
    """Return what is kept for checks; nothing is raised where it was damaged."""
    from rogatory_client.revocation import usable_evidence
    from rogatory_client.signing.held_lists import HeldLists

    trust, damaged_lists = HeldLists(DEFAULT_FOLDER).usable()
    evidence, damaged_evidence = usable_evidence(REVOCATION_FOLDER)
    return Kept(trust, evidence, (*damaged_lists, *damaged_evidence))


async def check_saved(
    office: "Office", message: "MessageView", saved: Mapping[int, Path], kept: Kept, language: str = "en"
) -> "dict[Path, VerdictView | None]":
    """Check files that have just been saved, as of the arrival of their message; our own are not checked.

    The files are saved by now, so what is kept but damaged is named in the verdict and keeps nothing back.

    Args:
        office: whose vault keeps the verdicts.
        message: what they came with.
        saved: where each is, by its number.
        kept: what to check with, beside the sender's entry.
        language: of the sentences.
    """
    if message.own:
        return {}
    return {
        path: await office.verdicts.check(
            message.message_id, number, path, trust=kept.trust, evidence=kept.evidence,
            shortcomings=kept.shortcomings,
            beside=[other for other in saved.values() if other != path], arrived=True, language=language,
        )
        for number, path in saved.items()
    }  # fmt: skip


def saved_answer(
    saved: Sequence[Path],
    verdicts: "Mapping[Path, VerdictView | None]",
    kept: Kept,
    language: str = "en",
) -> Answer:
    """Return what an officer is told about files that were saved.

    What is kept but damaged is told whatever the verdict: a revocation may be what could not be read.
    """
    from rogatory_client.office import as_dict
    from rogatory_crypto.esign.wording import wording

    words = wording(language)
    files: list[dict[str, object]] = []
    blocks: list[Block] = []
    for path in saved:
        length, verdict = path.stat().st_size, verdicts.get(path)
        blocks.append(Line(words.labels["saved"].format(file=path, size=size(length))))
        if verdict is not None:
            blocks += verdict_blocks(verdict, path, words)
        files.append(
            {"path": str(path), "size": length, "verdict": None if verdict is None else as_dict(verdict)}
        )
    damaged = tuple(each.reason for each in kept.shortcomings) if any(verdicts.values()) else ()
    return Answer({"files": files}, blocks or (Line(words.labels["no_files"]),), warnings=damaged)


def verdict_blocks(verdict: "VerdictView | None", file: Path, words: "Wording") -> tuple[Block, ...]:
    """Return what an officer is told about one file."""
    label = words.labels
    if verdict is None:
        return (Line(label["no_kind"].format(file=file.name)),)
    named = label[_NAMED[verdict.signer_named]] if verdict.report["signatures"] else None
    return (
        Line(f"{file.name}: {_verdict(verdict, words)}", _TONES[verdict.indication]),
        Line(verdict.sentence),
        Facts(
            [
                (label["checked_for"], moment(verdict.checked_for)),
                (label["named_by_sender"], named),
                (label["warnings"], _noted(verdict.report["warnings"], words)),
                ("SHA-256", short(verdict.sha256)),
            ]
        ),
    )


def _noted(warnings: object, words: "Wording") -> str | None:
    """Return what is to be noted about a whole file; nothing where there is nothing."""
    return "; ".join(map(words.note, warnings)) or None if isinstance(warnings, list) else None


def _verdict(verdict: "VerdictView", words: "Wording") -> str:
    return f"{words.indications[verdict.indication]} ({verdict.indication})"
