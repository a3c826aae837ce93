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
# Derived from the group in the same transaction; ``seats`` repeats what lies behind the keys of the room.
room_outlines = Table(
    "room_outlines",
    metadata,
    blob("group_id", primary_key=True),
    number("version"),
    number("epoch"),
    number("status"),
    blob("devices"),
    number("past_epochs"),
    number("leaf_since"),
    number("sent_messages"),
    number("has_pending_proposals"),
    text("seats"),
)
# What was said in the office's own room, under what it is about; who said it stands with its message.
office_work = Table(
    "office_work",
    metadata,
    blob("message_id", primary_key=True),
    number("number", primary_key=True),
    blob("subject", primary_key=True),
    blob("event"),
)
# By which message a revision of a draft is known to the office's other devices.
draft_saves = Table(
    "draft_saves",
    metadata,
    blob("draft_id", primary_key=True),
    number("revision", primary_key=True),
    blob("message_id"),
)
# A request made on this device that waits for a second officer; ``asked`` is the message that put it up.
held_requests = Table(
    "held_requests",
    metadata,
    blob("asked", primary_key=True),
    blob("group_id"),
    blob("content"),
    blob("opening", nullable=True),
    text("offices"),
    text("subject"),
    blob("draft_id", nullable=True),
)

# Which case goes on from which, as offices have said.
case_links = Table(
    "case_links",
    metadata,
    blob("group_id", primary_key=True),
    blob("earlier", primary_key=True),
    text("office", primary_key=True),
)
# From which draft of its office a request was made; ``origin`` tells nothing else of the draft.
request_origins = Table(
    "request_origins",
    metadata,
    blob("message_id", primary_key=True),
    blob("group_id"),
    text("office"),
    blob("origin"),
)
# From which case a draft goes on, and how.
draft_links = Table(
    "draft_links",
    metadata,
    blob("draft_id", primary_key=True),
    blob("earlier"),
    text("relation"),
)
# Holidays by State, as the office has given them; ``moves`` is of the State.
free_days = Table(
    "free_days",
    metadata,
    text("state", primary_key=True),
    text("day", primary_key=True),
    number("moves"),
)
# How long something may take in this office, in the place of the usual term.
deadline_terms = Table(
    "deadline_terms",
    metadata,
    text("what", primary_key=True),
    text("term"),
)

# A vault's first tables are those of ``schema`` alone.
CASEWORK_TABLES = frozenset(
    {
        drafts,
        draft_answers,
        draft_templates,
        room_outlines,
        office_work,
        draft_saves,
        held_requests,
        case_links,
        draft_links,
        free_days,
        deadline_terms,
        request_origins,
    }
)
