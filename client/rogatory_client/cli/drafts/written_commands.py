"""Commands on requests that were written with other tools: what a file says, and its answers for a draft."""

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rogatory_client.bounded_file import new_file, read_bytes
from rogatory_client.cli.answer import Answer, Block, Facts, Line, Table, Tone
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.drafts.views import draft_blocks, finding_lines, shown

if TYPE_CHECKING:
    from rogatory_client.casework.answers.value import Item
    from rogatory_client.casework.checks.finding import Finding
    from rogatory_client.office import DraftView
    from rogatory_client.written import HandOver, WrittenFile

group = typer.Typer()
_MAX_FORM_BYTES = 4 << 20


@command(
    group,
    "read-file",
    needs=Needs.VAULT,
    example="rogatory draft read-file 3f9a request.docx\n\n"
    "rogatory draft read-file 3f9a request.pdf --form form.toml",
)
async def read_file(
    call: Call,
    draft: Annotated[str, typer.Argument(help="Draft: its id or the beginning of it.")],
    file: Annotated[Path, typer.Argument(help="PDF, DOCX, ODT, RTF or HTML; looked at by its content.")],
    form: Annotated[Path | None, typer.Option(help="Where the hand-over form goes; must not exist.")] = None,
) -> Answer:
    """Say what a file from another tool says for a draft, and what else is in it; nothing is saved.

    The form holds what was found, for you to read, to mend, and to save with `rogatory draft fill`.
    """
    from rogatory_client.office import as_dict

    written = written_file(file)
    async with call.office() as office:
        view = office.drafts.show(draft)
    offered, findings = offer(view, written)
    if form is not None:
        new_file(form, offered.form.encode(), mode=0o600)
    data = {
        "kind": written.kind.value,
        "warnings": list(written.warnings),
        "answers": {name: shown(each) for name, each in _said(offered).items()},
        "unfit": {name: why for name, (_, why) in offered.unfit.items()},
        "findings": as_dict(findings),
        "form": None if form is None else str(form),
    }
    return Answer(data, _blocks(written, offered, findings, form))


@command(group, "fill", needs=Needs.VAULT, example="rogatory draft fill 3f9a form.toml")
async def fill(
    call: Call,
    draft: Annotated[str, typer.Argument(help="Draft: its id or the beginning of it.")],
    form: Annotated[Path, typer.Argument(help="Answers by field, TOML; as `draft read-file --form` writes.")],
) -> Answer:
    """Save all answers of a form at once; where one does not fit, none is saved."""
    from rogatory_client.casework.forms.catalogue import request_type
    from rogatory_client.office import as_dict
    from rogatory_crypto.errors import MisuseError

    try:
        text = read_bytes(form, _MAX_FORM_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise MisuseError(f"{form} is no text in UTF-8") from error
    async with call.office() as office:
        view = office.drafts.fill(draft, text)
    title = request_type(view.request_type).title["en"]
    return Answer({"draft": as_dict(view)}, draft_blocks(view, title, "en"))


def written_file(path: Path) -> "WrittenFile":
    """Read a file from another tool.

    Raises:
        MisuseError: it cannot be read; says what to do.
        OSError: the same.
    """
    from rogatory_client.written import MAX_FILE_BYTES, read_written

    return read_written(read_bytes(path, MAX_FILE_BYTES))


def annex_of(path: Path) -> "Item":
    """How a letter names a file that goes with it."""
    from rogatory_client.casework.answers.value import Item
    from rogatory_client.written import MAX_FILE_BYTES
    from rogatory_crypto.content.filenames import safe_filename

    content = read_bytes(path, MAX_FILE_BYTES)
    name, digest = safe_filename(path.name), sha256(content).hexdigest()
    return Item((("name", name), ("sha256", digest), ("size", str(len(content)))))


def offer(view: "DraftView", written: "WrittenFile") -> "tuple[HandOver, tuple[Finding, ...]]":
    """What a file offers to a draft, and what the draft says and the file does not."""
    from rogatory_client.casework.answers.value import value_from_json
    from rogatory_client.casework.checks.written_check import written_findings
    from rogatory_client.casework.forms.catalogue import request_type
    from rogatory_client.written import hand_over

    chosen = request_type(view.request_type)
    offered = hand_over(written, chosen)
    answers = {name: value_from_json(form) for name, form in view.answers.items()}
    headed = {*offered.answers, *offered.unfit}
    return offered, written_findings(chosen, answers, written.text, headed)


def warning_lines(written: "WrittenFile") -> list[Line]:
    """What else is in a file."""
    return [Line(f"- {each}", Tone.WAITING) for each in written.warnings]


def _said(offered: "HandOver") -> dict[str, object]:
    from rogatory_client.casework.answers.value import value_to_json

    return {name: value_to_json(each) for name, each in offered.answers.items()}


def _blocks(
    written: "WrittenFile", offered: "HandOver", findings: "tuple[Finding, ...]", form: Path | None
) -> list[Block]:
    facts = Facts([("Kind", written.kind.value), ("Characters", str(len(written.text)))])
    rows = [(name, shown(each)) for name, each in _said(offered).items()]
    rows += [(name, f"does not fit: {why}") for name, (_, why) in offered.unfit.items()]
    found = Table(("Field", "What the file says"), rows, "No heading that is known was found in the file.")
    saved = "Written to {}: read it, mend it, and save it with `rogatory draft fill`."
    blocks: list[Block] = [facts, *warning_lines(written), found, *finding_lines(findings)]
    return blocks if form is None else [*blocks, Line(saved.format(form))]
