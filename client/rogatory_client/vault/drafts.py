"""Drafts of requests: every saved answer is a row of its own, so nothing is lost and any revision returns.

Answers are JSON texts; what they mean is ``casework``'s business. A row without an answer clears the field.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from rogatory_client.vault.casework_schema import draft_answers, draft_saves, draft_templates, drafts


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """One draft, without its answers.

    Attributes:
        draft_id: 8 random bytes.
        request_type: id of the type.
        made_at: when, unix seconds.
        made_by: the officer's function.
        removed_at: when it was put away, unix seconds; None where it was not.
    """

    draft_id: bytes
    request_type: str
    made_at: int
    made_by: str
    removed_at: int | None = None


@dataclass(frozen=True, slots=True)
class SavedAnswer:
    """One answer as it was saved.

    Attributes:
        draft_id: of which draft.
        revision: counts up from 1 within the draft; answers that were saved together share it.
        field: which field.
        answer: JSON; None where the field was cleared.
        at: when, unix seconds.
        officer: by which function.
    """

    draft_id: bytes
    revision: int
    field: str
    answer: str | None
    at: int
    officer: str


@dataclass(frozen=True, slots=True)
class StoredTemplate:
    """Answers to begin with, TOML, for a type; ``state`` is empty where it is for any State."""

    request_type: str
    state: str
    text: str
    saved_at: int


def add_draft(connection: Connection, draft: StoredDraft) -> None:
    """Keep a new draft."""
    values = {name: getattr(draft, name) for name in StoredDraft.__dataclass_fields__}
    connection.execute(insert(drafts).values(values))


def save_answer(connection: Connection, saved: SavedAnswer) -> None:
    """Keep an answer beside all that were saved before."""
    values = {name: getattr(saved, name) for name in SavedAnswer.__dataclass_fields__}
    connection.execute(insert(draft_answers).values(values))


def next_revision(connection: Connection, draft_id: bytes) -> int:
    """Return the number of the revision that is saved next."""
    newest = (
        connection.execute(
            select(func.max(table.c.revision)).where(table.c.draft_id == draft_id)
        ).scalar_one()
        for table in (draft_answers, draft_saves)
    )
    return max(int(each or 0) for each in newest) + 1


def load_drafts(connection: Connection) -> tuple[StoredDraft, ...]:
    """Return every draft, oldest first, those put away among them."""
    rows = connection.execute(select(drafts).order_by(drafts.c.made_at, drafts.c.draft_id))
    return tuple(StoredDraft(*row) for row in rows)


def load_answers(connection: Connection, draft_id: bytes) -> tuple[SavedAnswer, ...]:
    """Return everything that was saved in a draft, oldest first."""
    chosen = select(draft_answers).where(draft_answers.c.draft_id == draft_id)
    rows = connection.execute(chosen.order_by(draft_answers.c.number))
    return tuple(SavedAnswer(*row[1:]) for row in rows)


def put_away(connection: Connection, draft_id: bytes, at: int | None) -> None:
    """Put a draft away, or take it back with None."""
    connection.execute(update(drafts).where(drafts.c.draft_id == draft_id).values(removed_at=at))


def erase_draft(connection: Connection, draft_id: bytes) -> None:
    """Delete a draft with all its revisions."""
    for table in (draft_answers, drafts):
        connection.execute(delete(table).where(table.c.draft_id == draft_id))


def save_template(connection: Connection, template: StoredTemplate) -> None:
    """Keep a template in the place of the former one for the same type and State."""
    values = {name: getattr(template, name) for name in StoredTemplate.__dataclass_fields__}
    row = upsert(draft_templates).values(values)
    changed = {"text": template.text, "saved_at": template.saved_at}
    connection.execute(row.on_conflict_do_update(index_elements=["request_type", "state"], set_=changed))


def load_templates(connection: Connection) -> tuple[StoredTemplate, ...]:
    """Return every template, by type and State."""
    chosen = select(draft_templates).order_by(draft_templates.c.request_type, draft_templates.c.state)
    return tuple(StoredTemplate(*row) for row in connection.execute(chosen))
