"""What is derived from the office's record, so that thousands of cases can be looked through.

Nothing here is more than a note of what was computed: it can be dropped at any time, and is computed again.
The triggers drop the digest of a case in the very transaction that changes what it was made from.
"""

from typing import Final

from sqlalchemy import Table

from rogatory_client.vault.columns import blob, metadata, number, text

case_digests = Table(
    "case_digests",
    metadata,
    blob("group_id", primary_key=True),
    number("version"),
    # Whether a change waits for a message that is not here.
    number("waits"),
    # Looked at by no trigger any more; 0.
    number("is_sent"),
    blob("devices"),
    text("calendars"),
    text("digest"),
)
digested_devices = Table("digested_devices", metadata, blob("device_id", primary_key=True), text("standing"))
register_views = Table(
    "register_views",
    metadata,
    text("name", primary_key=True),
    text("filters"),
    number("saved_at"),
)
derived_versions = Table("derived_versions", metadata, text("name", primary_key=True), number("version"))
word_places = Table(
    "word_places",
    metadata,
    number("number", primary_key=True),
    blob("group_id"),
    text("entry_id"),
    number("at_ms"),
)

# A vault's first tables are those of ``schema`` alone.
REGISTER_TABLES = frozenset({case_digests, digested_devices, register_views, derived_versions, word_places})

_DROP: Final = "DELETE FROM case_digests WHERE group_id = "
_OF_NEW: Final = f"{_DROP} NEW.group_id"
REGISTER_INDEXES: Final = (
    "CREATE INDEX messages_counted ON messages (group_id, kind, own, opened_at, sequence, at_ms)",
    "CREATE INDEX evidence_of_room ON evidence (group_id, event, entry_id, message_id, at)",
)
_ON_MESSAGES: Final = "AFTER UPDATE OF sequence, at_ms, content, kind, group_id ON messages"


def _trigger(name: str, on: str, when: str, drop: str) -> str:
    return f"CREATE TRIGGER {name} {on} WHEN {when} BEGIN {drop}; END"


# A text changes nothing about the state of a case, unless a change has named it before it came.
_IS_TEXT: Final = "NEW.kind = 'text' AND NEW.subject IS NULL"
_NO_TEXT: Final = "NEW.kind NOT IN ('text', 'evidence') OR NEW.subject IS NOT NULL"
REGISTER_TRIGGERS: Final = (
    _trigger("digest_after_event", "AFTER INSERT ON messages", _NO_TEXT, _OF_NEW),
    _trigger("digest_after_text", "AFTER INSERT ON messages", _IS_TEXT, f"{_OF_NEW} AND waits"),
    _trigger("digest_after_relay", _ON_MESSAGES, "NEW.kind <> 'evidence'", _OF_NEW),
    _trigger("digest_after_purge", "AFTER DELETE ON messages", "1", f"{_DROP} OLD.group_id"),
    _trigger("digest_after_receipt", "AFTER INSERT ON evidence", "1", f"{_OF_NEW} AND is_sent"),
    _trigger("digest_after_other_receipt", "AFTER UPDATE ON evidence", "1", _OF_NEW),
    _trigger("digest_without_receipt", "AFTER DELETE ON evidence", "1", f"{_DROP} OLD.group_id"),
)

# Which characters make words is decided when text is folded: a tokenizer of its own tables would know others.
_TOKENS: Final = 'tokenize = "ascii"'
_FORGET: Final = (
    "DELETE FROM words WHERE rowid = OLD.number; DELETE FROM word_places WHERE number = OLD.number"
)
_MOVE: Final = "UPDATE word_places SET at_ms = NEW.at_ms WHERE number = NEW.number"
WORDS: Final = (
    "DROP TABLE words",
    f"CREATE VIRTUAL TABLE words USING fts5(body, content = '', contentless_delete = 1, {_TOKENS})",
    # What is purged leaves no word behind, not even in the index's own pages.
    "INSERT INTO words (words, rank) VALUES ('secure-delete', 1)",
    _trigger("words_after_purge", "AFTER DELETE ON messages", "1", _FORGET),
    _trigger("word_place_after_relay", "AFTER UPDATE OF at_ms ON messages", "1", _MOVE),
)
# A case is also due by what goes on from it, stands by its company, and has a line for each office
# that is asked, of which any receipt may tell something new.
_GONE_ON_FROM: Final = "SELECT earlier FROM case_links WHERE group_id"
_EARLIER: Final = f"DELETE FROM case_digests WHERE group_id IN ({_GONE_ON_FROM} = {{0}}.group_id)"  # noqa: S608  # of constants
_LINKED: Final = f"{_OF_NEW} OR group_id = NEW.earlier"
LINKED_TRIGGERS: Final = (
    "DROP TRIGGER digest_after_receipt",
    _trigger("digest_after_receipt", "AFTER INSERT ON evidence", "1", _OF_NEW),
    _trigger("earlier_digest_after_event", "AFTER INSERT ON messages", _NO_TEXT, _EARLIER.format("NEW")),
    _trigger("earlier_digest_after_relay", _ON_MESSAGES, "NEW.kind <> 'evidence'", _EARLIER.format("NEW")),
    _trigger("earlier_digest_after_receipt", "AFTER INSERT ON evidence", "1", _EARLIER.format("NEW")),
    _trigger("earlier_digest_after_purge", "AFTER DELETE ON messages", "1", _EARLIER.format("OLD")),
    _trigger("digest_after_link", "AFTER INSERT ON case_links", "1", _LINKED),
    _trigger("digest_after_company", "AFTER INSERT ON company_words", "1", _OF_NEW),
)
# A digest also tells what another case has made of it, so it goes with all that changes that one.
FOLLOWED_TRIGGERS: Final = (
    _trigger(
        "earlier_digest_after_text",
        "AFTER INSERT ON messages",
        _IS_TEXT,
        f"{_EARLIER.format('NEW')} AND waits",
    ),
    _trigger("earlier_digest_after_other_receipt", "AFTER UPDATE ON evidence", "1", _EARLIER.format("NEW")),
    _trigger("earlier_digest_without_receipt", "AFTER DELETE ON evidence", "1", _EARLIER.format("OLD")),
    _trigger("earlier_digest_after_company", "AFTER INSERT ON company_words", "1", _EARLIER.format("NEW")),
)
