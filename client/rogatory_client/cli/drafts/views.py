"""Drafts as rows and sentences: the task list of sections, and what a check has found."""

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from rogatory_client.cli.answer import Block, Facts, Line, Table, Tone
from rogatory_client.cli.views import moment, short

if TYPE_CHECKING:
    from rogatory_client.casework.checks.completeness import Deficiency
    from rogatory_client.casework.checks.finding import Finding
    from rogatory_client.office import ConflictView, DraftCheck, DraftView, TemplateView

_METER: Final = 10
_SHOWN_CHARACTERS: Final = 80
_TONES: Final = {"blocking": Tone.ALARM, "clarification": Tone.WAITING, "advisory": Tone.PLAIN}
_HEADINGS: Final = {
    "blocking": "Blocks: cannot be sent",
    "clarification": "Will probably be asked",
    "advisory": "Advice",
}


def draft_table(drafts: Iterable["DraftView"]) -> Table:
    """Drafts, one a row."""
    rows = [
        (
            short(draft.draft_id),
            draft.request_type,
            draft.addressee,
            draft.own_reference,
            f"{draft.blocking} / {draft.clarifications} / {draft.advice}",
            f"{draft.changed_by}, {moment(draft.changed_at)}",
        )
        for draft in drafts
    ]
    headings = ("Draft", "Type", "To", "Own reference", "Blocking / asked / advice", "Last saved")
    return Table(headings, rows, "There is no draft: begin one with `rogatory draft new`.")


def draft_blocks(draft: "DraftView", title: str, language: str) -> list[Block]:
    """One draft with its task list."""
    facts = Facts(
        [
            ("Draft", short(draft.draft_id)),
            ("Type", f"{title} ({draft.request_type})"),
            ("To", draft.addressee),
            ("Own reference", draft.own_reference),
            ("Revision", f"{draft.revision}, {draft.changed_by}, {moment(draft.changed_at)}"),
            ("Put away", moment(draft.removed_at)),
            ("Left to do", f"{draft.blocking} blocking, {draft.clarifications} asked, {draft.advice} advice"),
        ]
    )
    rows = [
        (
            section.title[language],
            meter(section.filled_required, section.required),
            f"{section.filled_required} of {section.required}",
            f"{section.filled} of {section.asked}",
            "complete" if section.is_complete else "to do",
        )
        for section in draft.sections
    ]
    tasks = Table(("Section", "", "Required", "All fields", ""), rows, "", title="Sections")
    answers = [(name, shown(value)) for name, value in draft.answers.items()]
    table = Table(("Field", "Answer"), answers, "Nothing is answered yet.", title="Answers")
    return [*collision_lines(draft), facts, tasks, table, *at_once_blocks(draft)]


def collision_lines(draft: "DraftView") -> list[Block]:
    """Who else works on the draft, as far as this device has been told."""
    return [
        Line(f"{each.officer} is working on this draft; last change {moment(each.at)}.", Tone.WAITING)
        for each in draft.others_at_work
    ]


def at_once_blocks(draft: "DraftView") -> list[Block]:
    """What officers have answered at once; somebody decides by answering anew."""
    rows = [
        (each.field, officer, "cleared" if answer is None else shown(answer))
        for each in draft.at_once
        for officer, answer in each.answers
    ]
    title = "Answered at once: decide with `rogatory draft set`"
    return [Table(("Field", "Officer", "Answer"), rows, "", title=title)] if rows else []


def meter(done: int, of: int) -> str:
    """How much is done, as a bar of characters."""
    filled = _METER if of == 0 else _METER * done // of
    return "#" * filled + "-" * (_METER - filled)


def shown(value: object) -> str:
    """An answer on one line, its beginning where it is long."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"


def check_blocks(check: "DraftCheck") -> list[Block]:
    """What a check has found, worst first."""
    found: Sequence[Deficiency | Finding] = (*check.deficiencies, *check.findings)
    if not found:
        return [
            Line(
                "Ready: nothing is missing, and nothing in the addressee's entry stands against it.", Tone.NEW
            )
        ]
    blocks: list[Block] = []
    for severity, heading in _HEADINGS.items():
        said = [each for each in found if each.severity.value == severity]
        if said:
            blocks.append(Line(f"{heading} ({len(said)})", Tone.TITLE))
            blocks += [Line(_sentence(each), _TONES[severity]) for each in said]
    return blocks


def finding_lines(found: Iterable["Finding"]) -> list[Line]:
    """Findings, a line each."""
    return [Line(_sentence(each), _TONES[each.severity.value]) for each in found]


def _sentence(each: "Deficiency | Finding") -> str:
    fields = f" → {', '.join(each.fields)}" if each.fields else ""
    article = f" [{each.article}]" if each.article else ""
    return f"- {each.text}{article}{fields}"


def conflict_table(conflicts: Iterable["ConflictView"]) -> Table:
    """Fields that two officers have changed, each otherwise."""
    rows = [
        (
            each.field,
            *("" if value is None else shown(value) for value in (each.before, each.ours, each.theirs)),
        )
        for each in conflicts
    ]
    return Table(
        ("Field", "Before", "Here (kept)", "In the file"), rows, "Nothing conflicts.", title="Conflicts"
    )


def template_table(templates: Iterable["TemplateView"]) -> Table:
    """Templates, one a row."""
    rows = [(each.request_type, each.state or "any", moment(each.saved_at)) for each in templates]
    empty = "There is no template: make one of a draft with `rogatory draft template save`."
    return Table(("Type", "State", "Saved"), rows, empty)
