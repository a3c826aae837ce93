"""Drafts by name, as the vault holds them."""

import json
from collections.abc import Mapping

from sqlalchemy import Connection

from rogatory_client.casework.answers.value import Value, value_to_json
from rogatory_client.office.drafts.held_draft import HeldDraft, can_be_read, read_draft
from rogatory_client.vault import Vault, drafts, keys
from rogatory_client.vault.drafts import SavedAnswer, StoredDraft
from rogatory_crypto.errors import MisuseError


def held_drafts(vault: Vault) -> tuple[HeldDraft, ...]:
    """Every draft, oldest first."""
    with vault.reading() as connection:
        own = keys.load_identity(connection).device_id
        found = filter(can_be_read, drafts.load_drafts(connection))
        return tuple(read_draft(connection, each, own) for each in found)


def held_draft(vault: Vault, name: str) -> HeldDraft:
    """The one draft whose id begins so.

    Raises:
        MisuseError: there is none, or more than one.
    """
    with vault.reading() as connection:
        every = filter(can_be_read, drafts.load_drafts(connection))
        found = [each for each in every if each.draft_id.hex().startswith(name.lower())]
        if not name or len(found) != 1:
            many = "there are several drafts" if found and name else "there is no draft"
            raise MisuseError(f"{many} {name}: see `rogatory draft list`")
        return read_draft(connection, found[0], keys.load_identity(connection).device_id)


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
