"""Commands that say something to other offices, and those that read what they said."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from rogatory_client.bounded_file import read_bytes
from rogatory_client.cli.answer import Answer, Line
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.failure import ExitCode
from rogatory_client.cli.mailbox.inbox_views import Folder, inbox_blocks, inbox_table
from rogatory_client.cli.requests.handling_options import (
    Confidentiality,
    ConfidentialityReason,
    Purpose,
    UseCondition,
    handling_wished,
)
from rogatory_client.cli.signatures.check_commands import Language
from rogatory_client.cli.signatures.verdict_commands import Kept, check_saved, read_kept, saved_answer
from rogatory_client.cli.views import message_blocks, message_table, sent
from rogatory_crypto.errors import MisuseError

if TYPE_CHECKING:
    from rogatory_client.office import MessageView, Office
    from rogatory_crypto.content.request_wishes import HandlingWished

_group = typer.Typer()
_notices = typer.Typer(help="Notices of a network's secretariat.")
_MAX_TEXT_BYTES: Final = 512 << 10

To = Annotated[
    list[str] | None, typer.Option("--to", help="Addressee's entry, such as CNA-SN-01; repeatable.")
]
Text = Annotated[str, typer.Option("--text", help="What to say; @FILE takes it from a file.")]
Attach = Annotated[list[Path] | None, typer.Option("--attach", help="File to send with it; repeatable.")]
WithPersonalData = Annotated[
    str,
    typer.Option(
        metavar="REASON", help="Say it in a consultation although it looks like personal data; noted here."
    ),
]
Room = Annotated[str, typer.Argument(help="Case: its id, the beginning of it, or either side's reference.")]
Message = Annotated[str, typer.Argument(help="Message: its id or the beginning of it.")]


def register(application: typer.Typer) -> None:
    """Add the commands of exchange."""
    application.add_typer(_group)
    application.add_typer(_notices, name="notice")


@command(
    _group,
    "send",
    needs=Needs.RELAY,
    example="rogatory send CASE --request-type production_of_content_data --legal-basis 'UNTOC 18' "
    "--reference MLA-2026-17 --letter signed.pdf --attach evidence.zip",
)
async def send(
    call: Call,
    room: Annotated[
        str | None, typer.Argument(help="Case to say it in; without one a new case opens.")
    ] = None,
    *,
    text: Text = "",
    attach: Attach = None,
    in_reply_to: Annotated[str | None, typer.Option(help="Message it answers.")] = None,
    request_type: Annotated[str | None, typer.Option(help="Makes it a formal request of this type.")] = None,
    letter: Annotated[Path | None, typer.Option(help="Signed letter of request, PDF.")] = None,
    legal_basis: Annotated[str | None, typer.Option(help="Treaty and article.")] = None,
    reference: Annotated[str | None, typer.Option(help="Your own reference.")] = None,
    urgency: Annotated[str, typer.Option(help="routine, priority, urgent or emergency.")] = "routine",
    urgent: Annotated[bool, typer.Option("--urgent", help="Short for --urgency urgent.")] = False,
    language: Annotated[str, typer.Option(help="Language of the request, BCP 47.")] = "en",
    to: To = None,
    subject: Annotated[str | None, typer.Option(help="Subject of a new case.")] = None,
    confidentiality: Confidentiality = "",
    confidentiality_reason: ConfidentialityReason = "",
    purpose: Purpose = "",
    use_condition: UseCondition = None,
    with_personal_data: WithPersonalData = "",
) -> Answer:
    """Say something in a case, or submit a formal request in it or in a new one.

    What it wishes for confidentiality and use travels signed with it, as from a draft.
    """
    handling = handling_wished(confidentiality, confidentiality_reason, purpose, use_condition)
    async with call.office() as office:
        await call.refresh(office)
        with call.terminal.progress() as progress:
            if request_type is None:
                _refuse_formal_options(letter, legal_basis, to, subject, handling)
                message = _reply(office, room, text_of(text), attach or [], in_reply_to, with_personal_data)
            elif letter is None or legal_basis is None or reference is None:
                raise MisuseError("a formal request needs --letter, --legal-basis and --reference")
            else:
                _require_request(request_type, letter)
                message = office.submit_request(
                    request_type=request_type, legal_basis=legal_basis, reference=reference, letter=letter,
                    room=room, to=to or (), subject=subject, attachments=attach or (), text=text_of(text),
                    urgency="urgent" if urgent else urgency, language=language, handling=handling,
                    progress=progress,
                )  # fmt: skip
        return await send_now(call, office, message)


@command(
    _group,
    "inbox",
    needs=Needs.RELAY,
    example="rogatory inbox\n\nrogatory inbox --folder mine\n\nrogatory inbox --follow",
)
async def inbox(
    call: Call,
    *,
    folder: Annotated[
        Folder | None, typer.Option(help="Show one folder: what is in it, and no messages.")
    ] = None,
    search: Annotated[str | None, typer.Option(help="Only messages with these words.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Read and own messages, too.")] = False,
    follow: Annotated[bool, typer.Option("--follow", help="Stay and show what comes in.")] = False,
) -> Answer:
    """Show what needs you and why, how much is in each folder, and new messages.

    A deputy sees the cases of whom he stands in for. With --follow and --json: one JSON object a line.
    """
    from rogatory_client.office import as_dict

    async with call.office() as office:
        warnings = await call.refresh(office)
        view = office.mailbox.inbox()
        if folder is not None:
            found = view.of(folder.value)
            return Answer({"items": as_dict(found)}, (inbox_table(found, folder.value),), warnings=warnings)
        shown = [each for each in office.messages(None, search) if everything or each.state == "new"]
        data = {"inbox": as_dict(view), "messages": as_dict(shown)}
        answer = Answer(data, (*inbox_blocks(view), message_table(shown)), warnings=warnings)
        if follow:
            call.terminal.show(answer)
            await _follow(call, office)
            return Answer({"stopped": True})
        return answer


@command(_group, "show", needs=Needs.RELAY, example="rogatory show 3f9a01c27b44")
async def show(call: Call, message: Message) -> Answer:
    """Open a message. Of a formal one the sender gets signed evidence that you opened it."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        warnings = await call.refresh(office)
        opened = office.show(message)
        warnings = (*warnings, *await call.refresh(office))
        return Answer(
            {"message": as_dict(opened)}, message_blocks(opened), warnings=tuple(dict.fromkeys(warnings))
        )


@command(_group, "attach", needs=Needs.RELAY, example="rogatory attach CASE evidence.zip")
async def attach(
    call: Call,
    room: Room,
    files: Annotated[list[Path], typer.Argument(help="Files to send.")],
    text: Text = "",
    *,
    with_personal_data: WithPersonalData = "",
) -> Answer:
    """Send files in a case; an upload that breaks off goes on where it stopped."""
    async with call.office() as office:
        await call.refresh(office)
        message = office.consultations.reply(
            room, text_of(text), attachments=files, despite=with_personal_data
        )
        return await send_now(call, office, message)


@command(_group, "save", needs=Needs.VAULT, example="rogatory save 3f9a01c27b44 --folder evidence")
async def save(
    call: Call,
    message: Message,
    number: Annotated[int | None, typer.Argument(help="Number of the file, from 0; else all.")] = None,
    folder: Annotated[Path, typer.Option(help="Where to save.")] = Path(),
    language: Language = "en",
) -> Answer:
    """Fetch, check and decrypt the files of a message; a broken transfer goes on where it stopped.

    Signatures of the files are checked as of the arrival of the message; see `rogatory verdict` for them.
    """
    from rogatory_crypto.esign.wording import wording

    wording(language)
    async with call.office() as office:
        view = next((each for each in office.messages() if each.message_id.startswith(message)), None)
        if view is None:
            raise MisuseError(f"there is no message {message}: run `rogatory sync`, then `rogatory inbox`")
        numbers = [each.index for each in view.attachments] if number is None else [number]
        with call.terminal.progress() as progress:
            saved = [
                await office.save_attachment(view.message_id, each, folder, progress=progress)
                for each in numbers
            ]
        kept = Kept() if view.own else read_kept()
        verdicts = await check_saved(office, view, dict(zip(numbers, saved, strict=True)), kept, language)
        return saved_answer(saved, verdicts, kept, language)


@command(
    _notices,
    "post",
    needs=Needs.RELAY,
    example="rogatory notice post --network WACAP --subject 'Plenary' --text @agenda.txt",
)
async def post(
    call: Call,
    network: Annotated[str, typer.Option(help="Network, such as WACAP.")],
    subject: Annotated[str, typer.Option(help="Subject of the notice.")],
    text: Text,
    attach: Attach = None,
) -> Answer:
    """Post a notice to all enrolled members of a network; only its secretariat may."""
    async with call.office() as office:
        await call.refresh(office)
        message = office.post_notice(network, subject, text_of(text), attachments=attach or ())
        return await send_now(call, office, message)


@command(_notices, "list", needs=Needs.RELAY, example="rogatory notice list")
async def list_notices(call: Call) -> Answer:
    """Show the notices of your networks."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        warnings = await call.refresh(office)
        notices = [message for message in office.messages() if message.kind == "notice"]
        return Answer({"notices": as_dict(notices)}, (message_table(notices),), warnings=warnings)


def _reply(
    office: "Office",
    room: str | None,
    text: str,
    attachments: list[Path],
    in_reply_to: str | None,
    despite: str,
) -> "MessageView":
    if room is None:
        raise MisuseError("say in which case, or begin one with `rogatory consult` or --request-type")
    if not text and not attachments:
        raise MisuseError("there is nothing to send: give --text or --attach")
    return office.consultations.reply(
        room, text, attachments=attachments, in_reply_to=in_reply_to, despite=despite
    )


def _require_request(type_id: str, letter: Path) -> None:
    """Refuse a type that nobody knows, and a letter that is none; the rest is looked at for drafts only.

    Raises:
        MisuseError: says what to do instead.
        OSError: the letter cannot be read.
    """
    from rogatory_client.casework.forms.catalogue import request_type
    from rogatory_client.written import MAX_FILE_BYTES, FileKind, kind_of

    if not request_type(type_id).formal:
        raise MisuseError(f"{type_id} is not a formal request: say it with `rogatory consult`")
    if kind_of(read_bytes(letter, MAX_FILE_BYTES)) is not FileKind.PDF:
        raise MisuseError("--letter is a signed PDF: send another file with `rogatory request send --body`")


def _refuse_formal_options(
    letter: Path | None,
    legal_basis: str | None,
    to: list[str] | None,
    subject: str | None,
    handling: "HandlingWished | None",
) -> None:
    if letter or legal_basis or to or subject:
        raise MisuseError(
            "--letter, --legal-basis, --to and --subject belong to a formal request: add --request-type"
        )
    if handling is not None:
        raise MisuseError("wishes for confidentiality and use belong to a formal request: add --request-type")


def text_of(given: str) -> str:
    """Return a text as it was given, or from the file that it names.

    Raises:
        MisuseError: the file cannot be read, or is no text.
    """
    if not given.startswith("@"):
        return given
    try:
        return read_bytes(Path(given[1:]), _MAX_TEXT_BYTES).decode()
    except UnicodeDecodeError as error:
        raise MisuseError(f"{given[1:]} is no text file in UTF-8") from error


async def send_now(call: Call, office: "Office", message: "MessageView") -> Answer:
    """Carry it to the relay now if it can be reached; it is safe in the vault already."""
    from rogatory_client.office import as_dict

    with call.terminal.progress() as progress:
        warnings = await call.refresh(office, progress)
    now = next((each for each in office.messages() if each.message_id == message.message_id), message)
    exit_code = ExitCode.TRY_AGAIN if now.state == "queued" and not call.offline else ExitCode.OK
    return Answer({"message": as_dict(now)}, (sent(now),), exit_code, warnings)


async def _follow(call: Call, office: "Office") -> None:
    from rogatory_client.office import as_dict

    try:
        async for event in office.follow():
            if call.terminal.as_json:
                call.terminal.emit({"event": as_dict(event)})
            else:
                call.terminal.say(Line(f"{event.kind}: {event.text}"))
    except asyncio.CancelledError:
        # Ctrl-C is how one stops following: the vault is closed in order, nothing is lost.
        return
