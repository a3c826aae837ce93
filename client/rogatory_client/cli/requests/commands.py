"""Commands on the types of request: which there are, and what each asks."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rogatory_client.cli.answer import Answer, Block, Facts, Line, Table, Tone
from rogatory_client.cli.call import Call
from rogatory_client.cli.command import command
from rogatory_crypto.errors import MisuseError

if TYPE_CHECKING:
    from rogatory_client.casework.forms.request_type import RequestType
    from rogatory_client.casework.forms.shared_tables import RefusalGround, UrgencyLevel

_group = typer.Typer(help="Requests: the types, with their fields and articles.")

Language = Annotated[str, typer.Option(help="Language of the titles: en, fr, es, ru, zh, ar or pt.")]


def register(application: typer.Typer) -> None:
    """Add the group ``request``."""
    # A draft's commands show types as these do, so they are found only now.
    from rogatory_client.cli.requests import preserve_command, release_commands
    from rogatory_client.cli.requests import sending as request_sending

    _group.add_typer(request_sending.group)
    _group.add_typer(release_commands.group)
    _group.add_typer(preserve_command.group)
    application.add_typer(_group, name="request")


@command(
    _group,
    "types",
    example="rogatory request types\n\nrogatory request types extradition --language fr",
)
def types(
    _call: Call,
    type_id: Annotated[str | None, typer.Argument(metavar="[TYPE]", help="Type; all if not given.")] = None,
    language: Language = "en",
) -> Answer:
    """Show the types of request, or the fields, rules and articles of one."""
    from rogatory_client.casework.forms.catalogue import request_type, type_ids

    check_language(language)
    if type_id is not None:
        chosen = request_type(type_id)
        return Answer({"type": _full(chosen, language)}, _blocks(chosen, language))
    every = [request_type(each) for each in type_ids()]
    rows = [(each.id, each.title[language], articles_of(each), each.category) for each in every]
    table = Table(("Type", "Title", "Articles", "Kind"), rows, "There is no type.")
    return Answer({"types": [_summary(each, language) for each in every]}, (table,))


@command(_group, "glossary", example="rogatory request glossary incrimination --language ru")
def glossary(
    call: Call,
    words: Annotated[
        list[str] | None, typer.Argument(help="Words in any language; all terms if not given.")
    ] = None,
    language: Language = "en",
    file: Annotated[
        Path | None,
        typer.Option(help="Your own terms, TOML; those of glossary.toml in the vault's folder else."),
    ] = None,
) -> Answer:
    """Show terms of the conventions in one language beside all others."""
    from rogatory_client.casework.drafts.glossary import named_by
    from rogatory_client.cli.drafts.writing_commands import own_glossary, read_glossary

    check_language(language)
    known = own_glossary(call) if file is None else read_glossary(file)
    found = named_by(" ".join(words or ()), known)
    data = [{"id": each.id, "meaning": each.meaning, "words": dict(each.words)} for each in found]
    rows = [
        (
            each.words.get(language, ""),
            each.meaning,
            " · ".join(word for tag, word in each.words.items() if tag != language),
        )
        for each in found
    ]
    table = Table(("Term", "Meaning", "In other languages"), rows, "The glossary has no such term.")
    return Answer({"terms": data}, (table,))


def check_language(language: str) -> None:
    """Refuse a language without titles.

    Raises:
        MisuseError: it has none.
    """
    from rogatory_client.casework.forms.catalogue import LANGUAGES

    if language not in LANGUAGES:
        raise MisuseError(f"titles are in {', '.join(LANGUAGES)}, not in {language}")


def articles_of(chosen: "RequestType") -> str:
    """The articles that a type of request is made under."""
    return "; ".join(f"{code} {article}" for code, article in chosen.legal_basis.items() if article)


def _summary(chosen: "RequestType", language: str) -> dict[str, Any]:
    return {
        "id": chosen.id, "title": chosen.title[language], "category": chosen.category,
        "formal": chosen.formal, "legal_basis": dict(chosen.legal_basis),
    }  # fmt: skip


def _full(chosen: "RequestType", language: str) -> dict[str, Any]:
    from rogatory_client.casework.forms.shared_tables import urgency_levels

    sections = [
        {
            "id": section.id,
            "title": section.title[language],
            "fields": [
                {
                    "id": field.id, "kind": field.kind.value, "necessity": chosen.necessity(field.id).value,
                    "help": field.help, "source": field.source, "values": list(field.values),
                }
                for field in section.fields
            ],
        }
        for section in chosen.sections
    ]  # fmt: skip
    rules = [
        {"id": rule.id, "severity": rule.severity.value, "basis": rule.basis, "message": rule.message}
        for rule in (*chosen.rules, *chosen.correspondence_rules)
    ]
    deadlines = [
        {"what": each.what, "default": each.default, "legal": each.legal} for each in chosen.deadlines
    ]
    return _summary(chosen, language) | {
        "addressee_functions": [each.value for each in chosen.addressee_functions], "sections": sections,
        "rules": rules, "deadlines": deadlines, "expected_reply": list(chosen.expected_reply),
        "note": chosen.note, "urgency_levels": [_level(each, language) for each in urgency_levels().values()],
        "refusal_grounds": [
            {"id": each.id, "basis": each.basis, "text": each.text} for each in _grounds(chosen)
        ],
    }  # fmt: skip


def _level(level: "UrgencyLevel", language: str) -> dict[str, Any]:
    return {
        "id": level.id, "title": level.title[language], "needs": list(level.needs), "meaning": level.meaning,
    }  # fmt: skip


def _grounds(chosen: "RequestType") -> list["RefusalGround"]:
    from rogatory_client.casework.forms.shared_tables import refusal_grounds

    return [refusal_grounds()[each] for each in chosen.typical_refusal]


def _blocks(chosen: "RequestType", language: str) -> list[Block]:
    from rogatory_client.casework.forms.articles import cited

    blocks: list[Block] = [
        Line(chosen.title[language], Tone.TITLE),
        Facts(
            [
                ("Type", chosen.id),
                ("Articles", articles_of(chosen)),
                ("Goes to", ", ".join(each.value for each in chosen.addressee_functions)),
                ("Dual criminality", chosen.dual_criminality),
                ("Translation", chosen.translation),
                ("Usual urgency", chosen.default_urgency),
                ("Answer expected", "; ".join(chosen.expected_reply)),
                ("Time limits", "; ".join(f"{each.what}: {each.default}" for each in chosen.deadlines)),
                ("Note", chosen.note),
            ]
        ),
    ]
    for section in chosen.sections:
        rows = [
            (
                field.id,
                chosen.necessity(field.id).value,
                field.kind.value,
                cited(field.source, ""),
                field.help,
            )
            for field in section.fields
        ]
        headings = ("Field", "Needed", "Kind", "Article", "What to say")
        blocks.append(Table(headings, rows, "", title=section.title[language]))
    return [*blocks, _urgency_table(language), _refusal_table(chosen)]


def _urgency_table(language: str) -> Table:
    from rogatory_client.casework.forms.shared_tables import urgency_levels

    levels = [
        (each.id, each.title[language], ", ".join(each.needs), each.meaning)
        for each in urgency_levels().values()
    ]
    return Table(("Level", "Title", "Asks for", "Meaning"), levels, "", title="Urgency")


def _refusal_table(chosen: "RequestType") -> Table:
    from rogatory_client.casework.forms.articles import cited

    grounds = [(each.id, cited(each.basis, ""), each.text) for each in _grounds(chosen)]
    return Table(("Ground", "Article", "What it says"), grounds, "None is usual.", title="Often refused for")
