"""Drafts between the vault's rows and values of casework."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from rogatory_client.casework.answer_value import Value, value_from_json, value_to_json
from rogatory_client.casework.draft import Draft, Saved, draft_at
from rogatory_client.vault import Vault, drafts
from rogatory_client.vault.drafts import SavedAnswer, StoredDraft
from rogatory_crypto.errors import MisuseError


@dataclass(frozen=True, slots=True)
class HeldDraft:
    """A draft with everything that was saved in it, oldest first, and who saved last."""

    stored: StoredDraft
    saved: tuple[Saved, ...]
    changed_at: int
    changed_by: str

    @property
    def name(self) -> str:
        """Its id as officers see it."""
        return self.stored.draft_id.hex()

    @property
    def now(self) -> Draft:
        """Its answers now."""
        return draft_at(self.saved)


def held_drafts(vault: Vault) -> tuple[HeldDraft, ...]:
    """Every draft, oldest first."""
    with vault.reading() as connection:
        return tuple(_held(connection, each) for each in drafts.load_drafts(connection))


def held_draft(vault: Vault, name: str) -> HeldDraft:
    """The one draft whose id begins so.

    Raises:
        MisuseError: there is none, or more than one.
    """
    with vault.reading() as connection:
        found = [
            each for each in drafts.load_drafts(connection) if each.draft_id.hex().startswith(name.lower())
        ]
        if not name or len(found) != 1:
            many = "there are several drafts" if found and name else "there is no draft"
            raise MisuseError(f"{many} {name}: see `rogatory draft list`")
        return _held(connection, found[0])


def unsent_draft(vault: Vault, name: str) -> HeldDraft:
    """The one draft whose id begins so, if it may be changed or sent.

    Raises:
        MisuseError: there is none, more than one, or it was put away.
    """
    held = held_draft(vault, name)
    require_kept(held.stored)
    return held


def require_kept(draft: StoredDraft) -> None:
    """Refuse to work on a draft that was put away.

    Raises:
        MisuseError: it was.
    """
    if draft.removed_at is not None:
        raise MisuseError("this draft was put away: take it back with `rogatory draft remove --undo` first")


def save_all(
    connection: Connection, draft_id: bytes, answers: Mapping[str, Value | None], at: int, officer: str
) -> None:
    """Save answers together, as one revision; None clears a field."""
    revision = drafts.next_revision(connection, draft_id)
    for field, value in answers.items():
        form = None if value is None else json.dumps(value_to_json(value), ensure_ascii=False)
        drafts.save_answer(connection, SavedAnswer(draft_id, revision, field, form, at, officer))


def _held(connection: Connection, stored: StoredDraft) -> HeldDraft:
    rows = drafts.load_answers(connection, stored.draft_id)
    saved = tuple(Saved(each.revision, each.field, _value(each.answer)) for each in rows)
    at, officer = (rows[-1].at, rows[-1].officer) if rows else (stored.made_at, stored.made_by)
    return HeldDraft(stored, saved, at, officer)


def _value(form: str | None) -> Value | None:
    return None if form is None else value_from_json(json.loads(form))
