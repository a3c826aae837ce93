"""Commands on drafts: begin, answer, look, check, put away, and pass from officer to officer."""

import asyncio
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from rogatory_client.bounded_file import new_file, read_bytes
from rogatory_client.cli.answer import Answer, Line
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.drafts.views import (
    check_blocks,
    conflict_table,
    draft_blocks,
    draft_table,
    template_table,
)
from rogatory_client.cli.requests.commands import Language, check_language
from rogatory_crypto.errors import MisuseError

if TYPE_CHECKING:
    from rogatory_client.casework.answers.value import Item, Value
    from rogatory_client.casework.checks.treaties import TreatyTable
    from rogatory_client.casework.forms.field import Field
    from rogatory_client.office import DraftCheck, DraftView

_group = typer.Typer(help="Drafts of requests, saved with every answer.")
_templates = typer.Typer(help="Answers to begin with, for a type and a State.")
_MAX_TEXT_BYTES: Final = 1 << 20
_MAX_TABLE_BYTES: Final = 1 << 20
BLOCKED, QUESTIONS_LIKELY = 1, 2

Draft = Annotated[str, typer.Argument(help="Draft: its id or the beginning of it.")]
Treaties = Annotated[
    Path | None, typer.Option(help="What the office knows of treaties: parties by instrument, TOML.")
]


def register(application: typer.Typer) -> None:
    """Add the group ``draft``."""
    # These show drafts as the commands here do, so they are found only now.
    from rogatory_client.cli.drafts import requirements_commands, writing_commands, written_commands

    _templates.add_typer(requirements_commands.template_group)
    _group.add_typer(_templates, name="template")
    _group.add_typer(requirements_commands.group)
    _group.add_typer(writing_commands.group)
    _group.add_typer(written_commands.group)
    application.add_typer(_group, name="draft")


@command(
    _group,
    "new",
    needs=Needs.VAULT,
    example="rogatory draft new taking_evidence --to CNA-GH-01\n\n"
    "rogatory draft new preservation_of_computer_data --to CNA-GH-01 --follows SN/7 --as extension",
)
async def new(
    call: Call,
    type_id: Annotated[str, typer.Argument(metavar="TYPE", help="Type; see `rogatory request types`.")],
    to: Annotated[str, typer.Option("--to", help="Addressee's entry, such as CNA-GH-01.")],
    template: Annotated[bool, typer.Option("--template", help="Begin with a template.")] = False,  # noqa: FBT002
    language: Language = "en",
    *,
    follows: Annotated[str | None, typer.Option(help="Case that it goes on from; both sides see it.")] = None,
    relation: Annotated[str, typer.Option("--as", help="extension or follow-up of that case.")] = "follow-up",
) -> Answer:
    """Begin a draft; what is known already is filled in."""
    async with call.office() as office:
        made = office.drafts.new(type_id, to, template=template, follows=follows, relation=relation)
        return _shown(made, language)


@command(
    _group,
    "set",
    needs=Needs.VAULT,
    example="rogatory draft set 3f9a purpose 'Evidence in the trial.'\n\n"
    "rogatory draft set 3f9a facts_summary --file facts.txt\n\n"
    "rogatory draft set 3f9a translation_files --file letter-fr.pdf",
)
async def set_(
    call: Call,
    draft: Draft,
    field: Annotated[str, typer.Argument(help="Field; see `rogatory request types TYPE`.")],
    value: Annotated[
        str | None,
        typer.Argument(help="Answer; of a list one part a line, or JSON. A dash reads standard input."),
    ] = None,
    *,
    file: Annotated[
        list[Path] | None,
        typer.Option(help="Text from this file; for a list of files, the file itself; repeatable."),
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Leave the field empty.")] = False,
    language: Language = "en",
) -> Answer:
    """Save one answer; what was there before is kept as an earlier revision."""
    from rogatory_client.casework.answers.checking import field_of
    from rogatory_client.casework.forms.catalogue import request_type

    if sum((value is not None, bool(file), clear)) != 1:
        raise MisuseError("give either a value, or --file, or --clear")
    async with call.office() as office:
        held = office.drafts.show(draft)
        asked = field_of(request_type(held.request_type).fields, field)
        answer = None if clear else _answer(asked, value, file or [])
        return _shown(office.drafts.set(held.draft_id, field, answer), language)


@command(_group, "show", needs=Needs.VAULT, example="rogatory draft show 3f9a --language fr")
async def show(
    call: Call,
    draft: Draft,
    revision: Annotated[int | None, typer.Option(min=1, help="As it was at this revision.")] = None,
    language: Language = "en",
) -> Answer:
    """Show a draft: its sections with how far each is, and its answers."""
    async with call.office() as office:
        return _shown(office.drafts.show(draft, revision), language)


@command(
    _group,
    "check",
    needs=Needs.VAULT,
    example="rogatory draft check 3f9a\n\n"
    "rogatory draft check 3f9a --treaties treaties.toml --letter signed.pdf",
)
async def check(
    call: Call,
    draft: Draft,
    treaties: Treaties = None,
    *,
    letter: Annotated[Path | None, typer.Option(help="Signed letter that will be sent.")] = None,
    body: Annotated[Path | None, typer.Option(help="Request from another tool that will be sent.")] = None,
    signature: Annotated[Path | None, typer.Option(help="Signature beside that request.")] = None,
) -> Answer:
    """Say what is missing, and what the addressee's entry says against it.

    With the letter that will be sent, the signature on it is judged too.
    Exit code 0: ready; 1: something blocks; 2: the addressee will probably ask, or is to be asked first.
    """
    from rogatory_client.cli.requests.sent_letter import letter_to_send, with_file_findings
    from rogatory_client.office import as_dict

    tables = treaty_tables(treaties)
    papers = letter_to_send(letter, body, signature) if letter or body or signature else None
    kind = None if papers is None else await asyncio.to_thread(papers.signature_kind, int(time.time()))
    async with call.office() as office:
        found = office.drafts.check(draft, tables, kind)
        if papers is not None:
            found = with_file_findings(found, office.drafts.show(draft), papers)
        exit_code = _exit_code(found)
        data = {"check": as_dict(found), "ready": exit_code == 0}
        return Answer(data, check_blocks(found), exit_code)


def treaty_tables(path: Path | None) -> "dict[str, TreatyTable]":
    """Read an office's own tables of treaties; none where no file is named.

    Raises:
        MisuseError: it is not such a file.
    """
    from rogatory_client.casework.checks.treaties import read_treaty_tables

    return {} if path is None else read_treaty_tables(_text_of(path, _MAX_TABLE_BYTES))


@command(_group, "list", needs=Needs.VAULT, example="rogatory draft list")
async def list_drafts(
    call: Call,
    removed: Annotated[bool, typer.Option("--removed", help="Those that were put away.")] = False,  # noqa: FBT002
) -> Answer:
    """Show the drafts on this device."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        drafts = office.drafts.all(removed=removed)
        return Answer({"drafts": as_dict(drafts)}, (draft_table(drafts),))


@command(
    _group,
    "remove",
    needs=Needs.VAULT,
    example="rogatory draft remove 3f9a\n\nrogatory draft remove 3f9a --undo",
)
async def remove(
    call: Call,
    draft: Draft,
    undo: Annotated[bool, typer.Option("--undo", help="Take it back.")] = False,  # noqa: FBT002
) -> Answer:
    """Put a draft away; --undo takes it back. Removed once more, it is erased with all its revisions."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        if undo:
            back = office.drafts.take_back(draft)
            return Answer({"draft": as_dict(back), "erased": False}, (Line("Taken back."),))
        was = office.drafts.remove(draft)
        erased = was.removed_at is not None
        said = (
            "Erased." if erased else f"Put away: `rogatory draft remove {was.draft_id} --undo` takes it back."
        )
        return Answer({"draft": as_dict(was), "erased": erased}, (Line(said),))


@command(
    _group, "export", needs=Needs.VAULT, example="rogatory draft export 3f9a --out draft.json --since 12"
)
async def export(
    call: Call,
    draft: Draft,
    out: Annotated[Path, typer.Option(help="File to make; it holds the answers in the clear.")],
    since: Annotated[int, typer.Option(min=0, help="Newest revision the other officer has; 0 for none.")] = 0,
) -> Answer:
    """Write a draft to a file for another officer of this office."""
    from rogatory_client.office import write_draft_file

    async with call.office() as office:
        file = office.drafts.export(draft, since)
    new_file(out, write_draft_file(file), mode=0o600)
    return Answer({"file": str(out), "draft_id": file.draft_id}, (Line(f"Written to {out}."),))


@command(
    _group,
    "letter",
    needs=Needs.VAULT,
    example="rogatory draft letter 3f9a --function 'Head of the central authority' --out letter.pdf\n\n"
    "rogatory draft letter 3f9a --function Prosecutor --language fr --second-language en --translation 71c2 "
    "--out letter.pdf",
)
async def letter(
    call: Call,
    draft: Draft,
    function: Annotated[str, typer.Option(help="Function that signs it.")],
    out: Annotated[Path, typer.Option(help="Where the PDF goes; must not exist.")],
    *,
    language: Annotated[str, typer.Option(help="en, fr, es, ru, zh, ar or pt; the request's own.")] = "",
    second_language: Annotated[
        str, typer.Option("--second-language", "--beside", help="Of a second column beside it.")
    ] = "",
    translation: Annotated[str, typer.Option(help="Draft with the answers in the second language.")] = "",
    fonts: Annotated[
        list[Path] | None, typer.Option(help="Folder of fonts, for a script that no font here shows.")
    ] = None,
    body: Annotated[
        Path | None,
        typer.Option(help="Request written with another tool; the letter names it with its hash."),
    ] = None,
) -> Answer:
    """Write the letter of a draft as PDF/A, in one language or in two side by side.

    Its answers are inside for machines, as request.json. The second column says what the first does where the
    translation has nothing.
    """
    from rogatory_client.cli.drafts.written_commands import annex_of, warning_lines, written_file
    from rogatory_client.letter import render_draft_letter

    read = None if body is None else written_file(body)
    async with call.office() as office:
        written = office.drafts.letter(
            draft, function, language=language, second=second_language, translation=translation,
            annexes=() if body is None else (annex_of(body),),
        )  # fmt: skip
    document = render_draft_letter(written, font_folders=fonts or ())
    new_file(out, document, mode=0o600)
    said = Line(f"Wrote {out}; sign it with `rogatory sign`")
    lines = () if read is None else warning_lines(read)
    told = [] if read is None else list(read.warnings)
    return Answer({"file": str(out), "size": len(document), "warnings": told}, (said, *lines))


@command(_group, "merge", needs=Needs.VAULT, example="rogatory draft merge draft.json")
async def merge(
    call: Call, file: Annotated[Path, typer.Argument(help="File that `rogatory draft export` has written.")]
) -> Answer:
    """Take up another officer's draft: what only one of you changed is merged, the rest is shown.

    Exit code 1: both have changed a field, each otherwise; what is here stays until you set it.
    """
    from rogatory_client.office import as_dict, read_draft_file
    from rogatory_client.office.drafts.file import MAX_DRAFT_BYTES

    content = read_draft_file(read_bytes(file, MAX_DRAFT_BYTES))
    async with call.office() as office:
        done = office.drafts.merge(content)
    taken = f"Taken from the file: {', '.join(done.taken)}." if done.taken else "Nothing is new in the file."
    blocks = (Line(taken), conflict_table(done.conflicts)) if done.conflicts else (Line(taken),)
    return Answer({"merge": as_dict(done)}, blocks, BLOCKED if done.conflicts else 0)


@command(_templates, "save", needs=Needs.VAULT, example="rogatory draft template save 3f9a --state GH")
async def save_template(
    call: Call,
    draft: Draft,
    state: Annotated[
        str, typer.Option(help="Two-letter code of the State it is for; any if not given.")
    ] = "",
) -> Answer:
    """Keep the answers of a draft as the template of its type, without offices and reference."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        saved = office.drafts.save_template(draft, state)
        return Answer({"template": as_dict(saved)}, (Line(f"Saved for {saved.request_type}."),))


@command(_templates, "list", needs=Needs.VAULT, example="rogatory draft template list")
async def list_templates(call: Call) -> Answer:
    """Show the templates on this device."""
    from rogatory_client.office import as_dict

    async with call.office() as office:
        templates = office.drafts.templates()
        return Answer({"templates": as_dict(templates)}, (template_table(templates),))


def _shown(draft: "DraftView", language: str) -> Answer:
    from rogatory_client.casework.forms.catalogue import request_type
    from rogatory_client.office import as_dict

    check_language(language)
    title = request_type(draft.request_type).title[language]
    return Answer({"draft": as_dict(draft)}, draft_blocks(draft, title, language))


def _exit_code(found: "DraftCheck") -> int:
    severities = {each.severity.value for each in found.deficiencies}
    severities |= {each.severity.value for each in found.findings}
    if "blocking" in severities:
        return BLOCKED
    return QUESTIONS_LIKELY if "clarification" in severities else 0


def _answer(field: "Field", value: str | None, files: list[Path]) -> "Value":
    from rogatory_client.casework.answers.typed import typed_answer
    from rogatory_client.casework.forms.field import FieldKind

    if files and field.kind is FieldKind.FILE_LIST:
        return tuple(_file_item(path) for path in files)
    if len(files) > 1:
        raise MisuseError(f"{field.id}: give one file")
    if files:
        return typed_answer(field, _text_of(files[0], _MAX_TEXT_BYTES))
    return typed_answer(field, _standard_input() if value == "-" else value or "")


def _file_item(path: Path) -> "Item":
    from hashlib import file_digest

    from rogatory_client.casework.answers.value import Item

    with path.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
        size = file.tell()
    return Item((("name", path.name), ("sha256", digest), ("size", str(size))))


def _text_of(path: Path, limit: int) -> str:
    return _decoded(read_bytes(path, limit), str(path))


def _standard_input() -> str:
    content = sys.stdin.buffer.read(_MAX_TEXT_BYTES + 1)
    if len(content) > _MAX_TEXT_BYTES:
        raise MisuseError(f"standard input is larger than {_MAX_TEXT_BYTES >> 20} MiB")
    return _decoded(content, "standard input")


def _decoded(content: bytes, where: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MisuseError(f"{where} is no text in UTF-8") from error
