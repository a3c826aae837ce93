"""Commands of informal consultation: from the directory, without personal data, with a draft if wanted."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from rogatory_client.bounded_file import new_file
from rogatory_client.cli.answer import Answer
from rogatory_client.cli.call import Call
from rogatory_client.cli.cases.company_commands import Officers
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.exchange_commands import (
    Attach,
    Room,
    To,
    WithPersonalData,
    send_now,
    text_of,
)
from rogatory_crypto.errors import MisuseError

if TYPE_CHECKING:
    from rogatory_client.office import Office

_group = typer.Typer()

Text = Annotated[str, typer.Option("--text", help="What to say; @FILE takes it from a file.")]
Draft = Annotated[str | None, typer.Option(help="Draft to put in: without persons, references and numbers.")]
Whole = Annotated[
    bool, typer.Option("--whole", help="Attach the draft as it is instead; writes it to draft-ID.json here.")
]


class _Words(NamedTuple):
    """What is said: the officer's text with the summary of a draft below, and files."""

    text: str
    files: tuple[Path, ...]


def register(application: typer.Typer) -> None:
    """Add the commands."""
    application.add_typer(_group)


@command(
    _group,
    "consult",
    needs=Needs.RELAY,
    example="rogatory consult --state GH --for mla --subject 'Bank records' --text 'Is an order needed?'\n\n"
    "rogatory consult --to CNA-SN-01 --subject 'Bank records' --text 'Would this do?' --draft 3f9a",
)
async def consult(
    call: Call,
    subject: Annotated[str, typer.Option(help="What it is about; only the addressees see it.")],
    text: Text = "",
    *,
    to: To = None,
    state: Annotated[
        str, typer.Option(help="Ask whom the directory names there: State by name or ISO code.")
    ] = "",
    function: Annotated[str, typer.Option("--for", help="Function, such as mla or extradition.")] = "",
    reference: Annotated[str | None, typer.Option(help="Your own reference.")] = None,
    attach: Attach = None,
    draft: Draft = None,
    whole: Whole = False,
    with_personal_data: WithPersonalData = "",
    restricted_to: Officers = None,
) -> Answer:
    """Start an informal consultation; it can become a formal request later and keeps its history."""
    async with call.office() as office:
        await call.refresh(office)
        addressees = _addressees(office, to or [], state, function)
        words = _words(office, text, draft, attach or (), whole=whole, personal=bool(with_personal_data))
        message = office.consultations.start(
            addressees,
            subject,
            words.text,
            reference=reference,
            attachments=words.files,
            restricted_to=restricted_to or (),
            despite=with_personal_data,
        )
        return await send_now(call, office, message)


@command(
    _group,
    "reply",
    needs=Needs.RELAY,
    example="rogatory reply SN-2026-0042 --text 'This is what we have in mind.' --draft 3f9a",
)
async def reply(
    call: Call,
    room: Room,
    text: Text = "",
    *,
    attach: Attach = None,
    in_reply_to: Annotated[str | None, typer.Option(help="Message it answers.")] = None,
    draft: Draft = None,
    whole: Whole = False,
    with_personal_data: WithPersonalData = "",
) -> Answer:
    """Answer in a case, with a draft in it if wanted."""
    async with call.office() as office:
        await call.refresh(office)
        words = _words(
            office, text, draft, attach or (), whole=whole, room=room, personal=bool(with_personal_data)
        )
        message = office.consultations.reply(
            room,
            words.text,
            attachments=words.files,
            in_reply_to=in_reply_to,
            despite=with_personal_data,
        )
        return await send_now(call, office, message)


def _addressees(office: "Office", to: list[str], state: str, function: str) -> list[str]:
    if bool(to) == bool(state) or (function and not state):
        raise MisuseError("say whom to ask: --to ENTRY, or --state with --for")
    return to or [office.consultations.addressee(state, function)]


def _words(
    office: "Office",
    text: str,
    draft: str | None,
    attach: Iterable[Path],
    *,
    whole: bool,
    room: str | None = None,
    personal: bool,
) -> _Words:
    said, files = text_of(text), tuple(attach)
    if draft is None:
        if whole:
            raise MisuseError("--whole goes with --draft")
        if not said and not files:
            raise MisuseError("there is nothing to say: give --text, --attach or --draft")
        return _Words(said, files)
    if whole:
        return _Words(said, (*files, _written(office, draft, room, personal=personal)))
    summary = office.consultations.summary(draft)
    return _Words(f"{said}\n\n{summary}".strip(), files)


def _written(office: "Office", draft: str, room: str | None, *, personal: bool) -> Path:
    """Write a draft to a file that is sent from where it lies, until the relay has it."""
    from rogatory_client.office import write_draft_file

    content = write_draft_file(office.drafts.export(draft))
    if not personal:
        office.consultations.require_impersonal({"draft": content.decode()}, room=room)
    path = Path(f"draft-{office.drafts.show(draft).draft_id}.json")
    new_file(path, content, mode=0o600)
    return path
