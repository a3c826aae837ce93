"""The command that sends a request from its draft: checked once more, and with every file that it names."""

from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rogatory_client.cli.answer import Answer, Line
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.draft_commands import Draft
from rogatory_client.cli.draft_views import check_blocks
from rogatory_client.cli.failure import ExitCode
from rogatory_client.cli.views import sent
from rogatory_crypto.errors import MisuseError

if TYPE_CHECKING:
    from rogatory_client.office import DraftView, Office

_PRESSING = ("urgent", "emergency")


group = typer.Typer()


@command(
    group,
    "send",
    needs=Needs.RELAY,
    example="rogatory request send 3f9a --letter signed.pdf --attach letter-fr.pdf",
)
async def send(
    call: Call,
    draft: Draft,
    letter: Annotated[Path, typer.Option(help="Signed letter of request, PDF.")],
    attach: Annotated[
        list[Path] | None, typer.Option("--attach", help="File to send with it; repeatable.")
    ] = None,
    room: Annotated[str | None, typer.Option("--case", help="Consultation that it comes from.")] = None,
    despite: Annotated[
        str, typer.Option(metavar="REASON", help="Send an urgent request although something blocks.")
    ] = "",
) -> Answer:
    """Send a formal request from its draft; nothing is sent while something blocks.

    Exit code 1: something blocks, and nothing was sent. The draft is put away once it is sent.
    """
    async with call.office() as office:
        await call.refresh(office)
        view = office.drafts.show(draft)
        if blocked := _blocked(office, view, despite):
            return blocked
        return await _send(call, office, view, letter, attach or [], room, despite)


def _blocked(office: "Office", draft: "DraftView", despite: str) -> Answer | None:
    """The answer where something blocks; an urgent request goes ahead for a reason."""
    from rogatory_client.office import as_dict

    if draft.removed_at is not None:
        raise MisuseError("this draft was put away: take it back with `rogatory draft remove --undo` first")
    check = office.drafts.check(draft.draft_id)
    severities = {each.severity.value for each in check.deficiencies}
    severities |= {each.severity.value for each in check.findings}
    if despite and draft.answers.get("urgency_level") not in _PRESSING:
        raise MisuseError("--despite is for urgent requests and emergencies: complete this one instead")
    if "blocking" not in severities or despite.strip():
        return None
    said = Line("Nothing was sent.")
    return Answer({"check": as_dict(check), "sent": False}, (*check_blocks(check), said), ExitCode.FAILED)


async def _send(
    call: Call,
    office: "Office",
    draft: "DraftView",
    letter: Path,
    attach: list[Path],
    room: str | None,
    despite: str,
) -> Answer:
    from rogatory_client.casework.catalogue import request_type
    from rogatory_client.office import as_dict

    chosen = request_type(draft.request_type)
    if not chosen.formal:
        raise MisuseError(f"{chosen.id} is not a formal request: say it with `rogatory consult`")
    _require_files(draft, attach)
    answers: dict[str, Any] = draft.answers
    with call.terminal.progress() as progress:
        message = office.submit_request(
            request_type=chosen.id, legal_basis=_legal_basis(draft), reference=draft.own_reference,
            letter=letter, room=room, to=() if room else (draft.addressee,),
            subject=None if room else chosen.title["en"], attachments=attach, text=despite,
            urgency=answers.get("urgency_level", chosen.default_urgency),
            language=answers.get("request_language", "en"), progress=progress,
        )  # fmt: skip
    office.drafts.remove(draft.draft_id)
    warnings = await call.refresh(office)
    now = next((each for each in office.messages() if each.message_id == message.message_id), message)
    exit_code = ExitCode.TRY_AGAIN if now.state == "queued" and not call.offline else ExitCode.OK
    return Answer({"message": as_dict(now), "sent": True}, (sent(now),), exit_code, warnings)


def _legal_basis(draft: "DraftView") -> str:
    named: Any = draft.answers.get("legal_basis", [])
    return "; ".join(f"{each['instrument']} {each.get('article', '')}".strip() for each in named)


def _require_files(draft: "DraftView", attach: list[Path]) -> None:
    """Refuse to name a file in a request and not to send it.

    Raises:
        MisuseError: naming the file.
    """
    given: set[str] = set()
    for path in attach:
        with path.open("rb") as file:
            given.add(file_digest(file, "sha256").hexdigest())
    for field, answer in draft.answers.items():
        for item in answer if isinstance(answer, list) else ():
            if isinstance(item, dict) and item.get("sha256", "") not in {"", *given}:
                raise MisuseError(f"{field} names {item['name']}: give that very file with --attach")
