"""Commands for whoever writes a draft: the guided writer, and the terms that a draft uses."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from rogatory_client.bounded_file import read_bytes
from rogatory_client.cli.answer import Answer, Block, Table
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import Needs, command
from rogatory_client.cli.drafts.views import draft_blocks, finding_lines
from rogatory_client.cli.requests.commands import Language, check_language
from rogatory_client.plain_text import one_line
from rogatory_crypto.errors import MisuseError

if TYPE_CHECKING:
    from rogatory_client.casework.answers.value import Value
    from rogatory_client.casework.drafts.glossary import Term
    from rogatory_client.cli.drafts.guided_writing import WritingDesk
    from rogatory_client.office import DraftView, Office

group = typer.Typer()
_MAX_LINE: Final = 200_000
_MAX_GLOSSARY_BYTES: Final = 1 << 20
_OWN_GLOSSARY: Final = "glossary.toml"

Draft = Annotated[str, typer.Argument(help="Draft: its id or the beginning of it.")]


@command(
    group,
    "write",
    needs=Needs.VAULT,
    example="rogatory draft write 3f9a\n\nrogatory draft write 3f9a --begin facts_summary --all",
)
async def write(
    call: Call,
    draft: Draft,
    *,
    begin: Annotated[str, typer.Option(help="Field to begin with.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="Ask what need not be answered, too.")] = False,
    language: Language = "en",
) -> Answer:
    """Write a draft question by question, in this terminal; each answer is saved at once."""
    from rogatory_client.casework.forms.catalogue import request_type
    from rogatory_client.cli.drafts.guided_writing import Dialogue
    from rogatory_client.office import as_dict

    check_language(language)
    async with call.office() as office:
        view = office.drafts.show(draft)
        chosen = request_type(view.request_type)
        if begin and begin not in chosen.fields:
            raise MisuseError(f"{begin} is not asked for by this type of request")
        desk = _desk(office, view, own_glossary(call))
        Dialogue(chosen, desk, language, everything=everything).run(begin)
        after = office.drafts.show(view.draft_id)
    return Answer({"draft": as_dict(after)}, draft_blocks(after, chosen.title[language], language)[:2])


@command(
    group,
    "terms",
    needs=Needs.VAULT,
    example="rogatory draft terms 3f9a --language fr\n\n"
    "rogatory draft terms 3f9a --language fr --translation 71c2",
)
async def terms(
    call: Call,
    draft: Draft,
    language: Language = "en",
    *,
    translation: Annotated[str, typer.Option(help="Draft with the answers in that language.")] = "",
) -> Answer:
    """Show the terms of the glossary that a draft uses, and those that its translation does not.

    Your own terms are those of glossary.toml in the folder of the vault.
    """
    from rogatory_client.casework.drafts.glossary import found_in, translation_findings
    from rogatory_client.office import as_dict

    check_language(language)
    glossary = own_glossary(call)
    async with call.office() as office:
        view = office.drafts.show(draft)
        other = office.drafts.show(translation) if translation else None
    written = str(view.answers.get("request_language", "en")).split("-", maxsplit=1)[0]
    used = found_in("\n".join(_texts(view)), glossary, written)
    rows = [(each.words[written], each.words.get(language, ""), each.meaning) for each in used]
    findings = (
        translation_findings(_answers(view), _answers(other), (written, language), glossary) if other else ()
    )
    blocks: list[Block] = [Table(("Term", language, "Meaning"), rows, "No term of the glossary is used.")]
    data = {
        "terms": [{"id": each.id, "words": dict(each.words)} for each in used],
        "findings": as_dict(findings),
    }
    return Answer(data, [*blocks, *finding_lines(findings)])


def own_glossary(call: Call) -> "tuple[Term, ...]":
    """The glossary, with the terms of the office's own file where there is one.

    Raises:
        MisuseError: the file is no glossary; says what is wrong.
    """
    from rogatory_client.casework.drafts.glossary import terms as known

    path = call.home / _OWN_GLOSSARY
    return read_glossary(path) if path.is_file() else known()


def read_glossary(path: Path) -> "tuple[Term, ...]":
    """The glossary, with the terms of a file.

    Raises:
        MisuseError: it is no glossary; says what is wrong.
        OSError: it cannot be read.
    """
    from rogatory_client.casework.drafts.glossary import with_own_terms

    try:
        return with_own_terms(read_bytes(path, _MAX_GLOSSARY_BYTES).decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise MisuseError(f"{path} is no text in UTF-8") from error


def _desk(office: "Office", view: "DraftView", glossary: "tuple[Term, ...]") -> "WritingDesk":
    from rogatory_client.cli.drafts.guided_writing import WritingDesk

    def save(field: str, value: "Value | None") -> None:
        office.drafts.set(view.draft_id, field, value)

    def answers() -> dict[str, object]:
        return office.drafts.show(view.draft_id).answers

    return WritingDesk(_read_line, _say, save, answers, glossary, datetime.now(UTC).date())


def _read_line() -> str | None:
    try:
        line = sys.stdin.readline(_MAX_LINE)
    except UnicodeDecodeError as error:
        raise MisuseError("what was typed is no text in UTF-8") from error
    return line.rstrip("\r\n") if line else None


def _say(line: str) -> None:
    sys.stdout.write(one_line(line) + "\n")
    sys.stdout.flush()


def _answers(view: "DraftView") -> "dict[str, Value]":
    from rogatory_client.casework.answers.value import value_from_json

    return {name: value_from_json(form) for name, form in view.answers.items()}


def _texts(view: "DraftView") -> list[str]:
    return [each for each in view.answers.values() if isinstance(each, str)]
