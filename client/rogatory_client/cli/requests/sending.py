"""The command that sends a request from its draft: checked once more, and with every file that it names."""

import asyncio
import time
from collections.abc import Sequence
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from rogatory_client.cli.answer import Answer, Line
from rogatory_client.cli.call import Call
from rogatory_client.cli.cases.company_commands import Officers
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.drafts.commands import Draft, Treaties, treaty_tables
from rogatory_client.cli.drafts.views import check_blocks
from rogatory_client.cli.failure import ExitCode
from rogatory_client.cli.requests.commands import articles_of
from rogatory_client.cli.views import TO_BE_RELEASED, sent
from rogatory_crypto.content.request_wishes import SentDespite
from rogatory_crypto.errors import MisuseError

if TYPE_CHECKING:
    from rogatory_client.casework.checks.completeness import Deficiency
    from rogatory_client.casework.checks.finding import Finding
    from rogatory_client.casework.checks.treaties import TreatyTable
    from rogatory_client.cli.requests.sent_letter import SentLetter
    from rogatory_client.office import DraftCheck, DraftView, Office

_PRESSING: Final = ("urgent", "emergency")
# The letter itself travels so; an oral request is confirmed in writing, which may come by the platform.
_ELSEWHERE: Final = ("diplomatic", "post", "interpol_urgent")
_FILES: Final = ("file_list", "file_or_text")
_SUBJECT_CHARACTERS: Final = 150

group = typer.Typer()


@command(
    group,
    "send",
    needs=Needs.RELAY,
    example="rogatory request send 3f9a --letter signed.pdf --attach letter-fr.pdf\n\n"
    "rogatory request send 3f9a --letter signed.pdf --body request.docx\n\n"
    "rogatory request send 3f9a --body request.docx --signature request.docx.p7s",
)
async def send(
    call: Call,
    draft: Draft,
    letter: Annotated[Path | None, typer.Option(help="Signed letter of request, PDF.")] = None,
    attach: Annotated[
        list[Path] | None, typer.Option("--attach", help="File to send with it; repeatable.")
    ] = None,
    room: Annotated[
        str | None,
        typer.Option(
            "--case", "--from-consultation", help="Consultation it comes from, with what is carried over."
        ),
    ] = None,
    despite: Annotated[
        str, typer.Option(metavar="REASON", help="Send an urgent request although something blocks.")
    ] = "",
    *,
    treaties: Treaties = None,
    body: Annotated[
        Path | None,
        typer.Option(help="Request written with another tool: annex of the letter, or itself the letter."),
    ] = None,
    signature: Annotated[
        Path | None, typer.Option(help="Signature beside a body that is itself the letter.")
    ] = None,
    restricted_to: Officers = None,
) -> Answer:
    """Send a formal request from its draft; nothing is sent while something blocks.

    Exit code 1: something blocks, and nothing was sent. The draft is put away once it is sent.
    """
    from rogatory_client.cli.requests.sent_letter import letter_to_send

    tables = treaty_tables(treaties)
    papers = letter_to_send(letter, body, signature)
    async with call.office() as office:
        await call.refresh(office)
        return await send_unless_blocked(
            call,
            office,
            draft,
            papers,
            attach or [],
            room,
            despite,
            tables,
            restricted_to=restricted_to or (),
        )


async def send_unless_blocked(
    call: Call,
    office: "Office",
    draft: str,
    papers: "SentLetter",
    attach: list[Path],
    room: str | None,
    despite: str,
    tables: "dict[str, TreatyTable]",
    *,
    restricted_to: Sequence[str] = (),
) -> Answer:
    """Check a draft once more, with the signature on its letter, and send it unless something blocks.

    Raises:
        MisuseError: it is not sent from here, or a file that it names is not given.
    """
    from rogatory_client.cli.requests.sent_letter import with_file_findings
    from rogatory_client.office import as_dict

    view = office.drafts.show(draft)
    _require_sendable(view, despite)
    _require_files(view, [*papers.annexes, *attach])
    _require_in_case(office, view, room)
    kind = await asyncio.to_thread(papers.signature_kind, int(time.time()))
    check = with_file_findings(office.drafts.check(view.draft_id, tables, kind), view, papers)
    if _blocking(check) and not despite.strip():
        blocks = (*check_blocks(check), Line("Nothing was sent."))
        return Answer({"check": as_dict(check), "sent": False}, blocks, ExitCode.FAILED)
    return await _send(
        call, office, view, papers, attach, room, despite, _blocking(check), restricted_to=restricted_to
    )


def _require_sendable(draft: "DraftView", despite: str) -> None:
    """Refuse what is not sent from here, whatever stands in it.

    Raises:
        MisuseError: says what to do instead.
    """
    from rogatory_client.casework.forms.catalogue import request_type

    channel = draft.answers.get("channel")
    if draft.removed_at is not None:
        raise MisuseError("this draft was put away: take it back with `rogatory draft remove --undo` first")
    if not request_type(draft.request_type).formal:
        raise MisuseError(f"{draft.request_type} is not a formal request: say it with `rogatory consult`")
    if channel in _ELSEWHERE:
        raise MisuseError(
            f"channel: the request goes by {channel}; what is sent here has the channel platform"
        )
    if despite and draft.answers.get("urgency_level") not in _PRESSING:
        raise MisuseError("--despite is for urgent requests and emergencies: complete this one instead")


def _require_in_case(office: "Office", draft: "DraftView", room: str | None) -> None:
    """Refuse to send a request into a case whose other side is not whom it is addressed to.

    Raises:
        MisuseError: says who is in the case.
    """
    if room is None:
        return
    others = set(office.room(room).offices) - {draft.answers.get("requesting_authority")}
    if others != {draft.addressee}:
        named = ", ".join(sorted(others))
        raise MisuseError(f"the request is addressed to {draft.addressee}, and the case is with {named}")


def _blocking(check: "DraftCheck") -> tuple[str, ...]:
    """The ids of what blocks."""
    found: tuple[Deficiency | Finding, ...] = (*check.deficiencies, *check.findings)
    return tuple(dict.fromkeys(each.id for each in found if each.severity.value == "blocking"))


async def _send(
    call: Call,
    office: "Office",
    draft: "DraftView",
    papers: "SentLetter",
    attach: list[Path],
    room: str | None,
    despite: str,
    blocking: tuple[str, ...],
    *,
    restricted_to: Sequence[str],
) -> Answer:
    from rogatory_client.casework.forms.catalogue import request_type
    from rogatory_client.office import as_dict

    chosen = request_type(draft.request_type)
    answers: dict[str, Any] = draft.answers
    with call.terminal.progress() as progress:
        message = office.submit_request(
            request_type=chosen.id,
            legal_basis=_legal_basis(draft),
            reference=draft.own_reference,
            letter=papers.letter,
            annexes=papers.annexes,
            room=room,
            to=() if room else (draft.addressee,),
            subject=None if room else _subject(draft),
            attachments=attach,
            text="" if blocking else despite,
            despite=SentDespite(despite.strip(), blocking) if blocking else None,
            urgency=answers.get("urgency_level", chosen.default_urgency),
            language=answers.get("request_language", "en"),
            draft=draft.draft_id,
            restricted_to=restricted_to,
            progress=progress,
        )
    warnings = (*papers.warnings, *await call.refresh(office))
    now = next((each for each in office.messages() if each.message_id == message.message_id), message)
    exit_code = ExitCode.TRY_AGAIN if now.state == "queued" and not call.offline else ExitCode.OK
    data = {"message": as_dict(now), "sent": now.state != TO_BE_RELEASED}
    return Answer(data, (sent(now),), exit_code, warnings)


def _subject(draft: "DraftView") -> str:
    """What the case is called: the first line of what the officer says that it is about, else the type."""
    from rogatory_client.casework.forms.catalogue import request_type

    said = str(draft.answers.get("subject_matter", "")).strip()
    language = str(draft.answers.get("request_language", "")).split("-")[0]
    titles = request_type(draft.request_type).title
    first = said.partition("\n")[0] if said else titles.get(language, titles["en"])
    return first if len(first) <= _SUBJECT_CHARACTERS else f"{first[:_SUBJECT_CHARACTERS]}…"


def _legal_basis(draft: "DraftView") -> str:
    """What the officer relies on; of a type that does not ask for it, the articles that it is made under."""
    from rogatory_client.casework.forms.catalogue import request_type

    named: Any = draft.answers.get("legal_basis", [])
    if not named:
        return articles_of(request_type(draft.request_type))
    return "; ".join(f"{each['instrument']} {each.get('article', '')}".strip() for each in named)


def _require_files(draft: "DraftView", attach: list[Path]) -> None:
    """Refuse to name a file in a request and not to send it.

    Raises:
        MisuseError: naming the file.
    """
    from rogatory_client.casework.forms.catalogue import request_type

    fields = request_type(draft.request_type).fields
    given = {_sha256(path) for path in attach}
    for name, answer in draft.answers.items():
        holds_files = name in fields and fields[name].kind.value in _FILES
        for item in answer if holds_files and isinstance(answer, list) else ():
            if not item.get("sha256"):
                raise MisuseError(
                    f"{name} names {item['name']} without its hash: `rogatory draft set` with --file"
                )
            if item["sha256"] not in given:
                raise MisuseError(f"{name} names {item['name']}: give that very file with --attach")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
