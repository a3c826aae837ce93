"""Tables of the work on cases: what is being written, and what the office keeps for itself.

Each is made by a migration of its own; see ``migrations``.
"""

from sqlalchemy import Table

from rogatory_client.vault.columns import blob, metadata, number, text

drafts = Table(
    "drafts",
    metadata,
    blob("draft_id", primary_key=True),
    text("request_type"),
    number("made_at"),
    text("made_by"),
    number("removed_at", nullable=True),
)
draft_answers = Table(
    "draft_answers",
    metadata,
    number("number", primary_key=True),
    blob("draft_id"),
    number("revision"),
    text("field"),
    text("answer", nullable=True),
    number("at"),
    text("officer"),
)
draft_templates = Table(
    "draft_templates",
    metadata,
    text("request_type", primary_key=True),
    text("state", primary_key=True),
    text("text"),
    number("saved_at"),
)

# A vault's first tables are those of ``schema`` alone.
CASEWORK_TABLES = frozenset({drafts, draft_answers, draft_templates})
