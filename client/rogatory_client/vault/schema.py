"""Tables of the vault, as its newest version has them; ``migrations`` leads there.

Ids and keys are blobs, times are Unix
seconds, or milliseconds where the name says so.
"""

from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, Text

metadata = MetaData()


def _blob(name: str, **options: bool) -> Column[bytes]:
    return Column(name, LargeBinary, **{"nullable": False, **options})  # type: ignore[arg-type]  # flags of Column


def _text(name: str, **options: bool) -> Column[str]:
    return Column(name, Text, **{"nullable": False, **options})  # type: ignore[arg-type]  # flags of Column


def _number(name: str, **options: bool) -> Column[int]:
    return Column(name, Integer, **{"nullable": False, **options})  # type: ignore[arg-type]  # flags of Column


identity = Table(
    "identity",
    metadata,
    _number("only", primary_key=True),
    _text("profile"),
    _blob("device_id"),
    _blob("device_private"),
    _blob("device_public"),
    _blob("office_private", nullable=True),
    _text("entry_id", nullable=True),
    _text("officer", nullable=True),
    _blob("publication", nullable=True),
    # Later than the table: a system column is not part of its CREATE TABLE.
    _blob("device_ml_dsa_44", nullable=True, system=True),
    _blob("office_ml_dsa_44", nullable=True, system=True),
)
log_entries = Table(
    "log_entries",
    metadata,
    _number("position", primary_key=True),
    _blob("body_sha256", nullable=True),
    _blob("entry"),
    _text("refused", nullable=True),
)
log_view = Table(
    "log_view", metadata, _number("only", primary_key=True), _blob("checkpoint"), _blob("policy")
)
split_views = Table(
    "split_views",
    metadata,
    _blob("evidence", primary_key=True),
    _number("found_at"),
    _blob("group_id", nullable=True),
    _text("entry_id", nullable=True),
    _number("acknowledged_at", nullable=True),
    _text("acknowledged_by", nullable=True),
)
heard_checkpoints = Table(
    "heard_checkpoints",
    metadata,
    _text("entry_id", primary_key=True),
    _blob("group_id"),
    _blob("device_id"),
    _number("heard_at"),
    _blob("checkpoint"),
)
own_statements = Table("own_statements", metadata, _blob("sha256", primary_key=True))
alarms = Table(
    "alarms",
    metadata,
    _number("number", primary_key=True),
    _number("raised_at"),
    _text("said"),
    _number("acknowledged_at", nullable=True),
    _text("acknowledged_by", nullable=True),
)
directory = Table(
    "directory", metadata, _number("only", primary_key=True), _blob("sha256"), _blob("snapshot")
)
key_packages = Table(
    "key_packages",
    metadata,
    _blob("reference", primary_key=True),
    _blob("secrets"),
    _number("last_resort"),
    _number("created_at"),
)
rooms = Table(
    "rooms",
    metadata,
    _blob("group_id", primary_key=True),
    _text("kind", nullable=True),
    _text("subject"),
    _text("network", nullable=True),
    _text("offices"),
    _number("position"),
    _number("needs_epoch"),
    _number("epoch", nullable=True),
    _number("past_epochs", nullable=True),
    _blob("epoch_state", nullable=True),
    _blob("ratchet_state", nullable=True),
    _text("seats", nullable=True, system=True),
)
staged_commits = Table(
    "staged_commits",
    metadata,
    _blob("group_id", primary_key=True),
    _blob("submission_id"),
    _number("epoch"),
    _blob("message"),
    _blob("welcome", nullable=True),
    _blob("added"),
    _blob("removed"),
    _blob("epoch_state"),
    _blob("ratchet_state"),
)
messages = Table(
    "messages",
    metadata,
    _number("number", primary_key=True),
    _blob("message_id", unique=True),
    _blob("group_id", index=True),
    _blob("sender"),
    _text("entry_id"),
    _text("officer"),
    _blob("device_id"),
    _number("sequence", nullable=True),
    _number("at_ms"),
    _blob("content"),
    _text("kind"),
    _text("subject", nullable=True),
    _text("text"),
    _text("reference", nullable=True),
    _blob("in_reply_to", nullable=True),
    _number("formal"),
    _number("own"),
    _number("opened_at", nullable=True),
    _blob("postmark", nullable=True),
)
evidence = Table(
    "evidence",
    metadata,
    _blob("message_id", primary_key=True),
    _text("event", primary_key=True),
    _blob("device_id", primary_key=True),
    _blob("group_id"),
    _text("entry_id"),
    _text("officer"),
    _number("at"),
    _text("own_reference", nullable=True),
    _blob("signed", nullable=True),
)
room_references = Table(
    "room_references",
    metadata,
    _blob("group_id", primary_key=True),
    _text("entry_id", primary_key=True),
    _text("reference"),
    _number("hearsay", nullable=True, system=True),
)
outbox = Table(
    "outbox",
    metadata,
    _number("number", primary_key=True),
    _blob("group_id"),
    _blob("message_id"),
    _blob("content"),
    _blob("submission_id", nullable=True),
    _number("epoch", nullable=True),
    _blob("payload", nullable=True),
    _text("failure", nullable=True),
)
transfers = Table(
    "transfers",
    metadata,
    _blob("blob_id", primary_key=True),
    _blob("group_id"),
    _blob("message_id", index=True),
    _text("path"),
    _text("filename"),
    _number("size"),
    _number("modified_ns"),
    _blob("key"),
    _blob("salt"),
    _blob("context"),
    _blob("stored_sha256"),
    _number("uploaded_bytes"),
    _number("complete"),
)
own_payloads = Table("own_payloads", metadata, _blob("sha256", primary_key=True), _blob("group_id"))
reseals = Table("reseals", metadata, _blob("group_id", primary_key=True), _number("after_sequence"))
held_rows = Table(
    "held_rows",
    metadata,
    _blob("group_id", primary_key=True),
    _number("sequence", primary_key=True),
    _number("accepted_at_ms"),
    _number("kind"),
    _blob("payload"),
    _number("held_at"),
)
lost_devices = Table(
    "lost_devices",
    metadata,
    _blob("group_id", primary_key=True),
    _blob("device_id", primary_key=True),
)
notes = Table(
    "notes",
    metadata,
    _number("number", primary_key=True),
    _blob("group_id"),
    _number("sequence"),
    _number("at"),
    _text("code"),
    _text("detail"),
)
admissions = Table(
    "admissions",
    metadata,
    _number("number", primary_key=True),
    _blob("code_key", unique=True),
    _text("entry_id"),
    _blob("code", nullable=True),
    _blob("invitation"),
    _number("letter_at", nullable=True),
    _number("ends"),
)
call_backs = Table(
    "call_backs",
    metadata,
    _number("number", primary_key=True),
    _text("entry_id"),
    _blob("keys_sha256"),
    _number("at"),
    _text("officer"),
    _number("fits"),
)
key_requests = Table(
    "key_requests", metadata, _number("only", primary_key=True), _blob("one_time"), _blob("sha256")
)
next_office_keys = Table(
    "next_office_keys",
    metadata,
    _blob("office_private", primary_key=True),
    _blob("office_ml_dsa_44"),
    _blob("office_public"),
    _number("sequence"),
)
seals = Table(
    "seals",
    metadata,
    _blob("certificate_sha256", primary_key=True),
    _blob("certificate"),
    _blob("private_key"),
    _blob("issuer_certificate"),
    _number("made_at"),
)
seal_issuers = Table(
    "seal_issuers",
    metadata,
    _number("number", primary_key=True),
    _blob("certificate"),
    _blob("private_key"),
)
changed_partners = Table(
    "changed_partners",
    metadata,
    _text("entry_id", primary_key=True),
    _number("changed_at"),
    _number("accepted_at", nullable=True),
    _text("accepted_by", nullable=True),
)
verdicts = Table(
    "verdicts",
    metadata,
    _number("number", primary_key=True),
    _blob("message_id"),
    _number("attachment"),
    _blob("sha256"),
    _number("checked_at"),
    _number("checked_for"),
    _text("report"),
    _number("signer_named", nullable=True),
)
office_returns = Table(
    "office_returns",
    metadata,
    _number("number", primary_key=True),
    _blob("group_id"),
    _text("entry_id"),
    _number("at"),
    _text("officer"),
    _number("with_history"),
    _number("after_sequence", nullable=True),
    _number("handed"),
    _number("in_force"),
)
held_histories = Table(
    "held_histories",
    metadata,
    _number("number", primary_key=True),
    _blob("group_id"),
    _blob("came_in"),
    _text("partner"),
    _number("held_at"),
    _number("passes_on"),
    _blob("event"),
)
vouchers = Table(
    "vouchers",
    metadata,
    _blob("message_id", primary_key=True),
    _text("entry_id", primary_key=True),
    _blob("group_id"),
    _blob("sender"),
    _number("at_ms"),
)
drafts = Table(
    "drafts",
    metadata,
    _blob("draft_id", primary_key=True),
    _text("request_type"),
    _number("made_at"),
    _text("made_by"),
    _number("removed_at", nullable=True),
)
draft_answers = Table(
    "draft_answers",
    metadata,
    _number("number", primary_key=True),
    _blob("draft_id"),
    _number("revision"),
    _text("field"),
    _text("answer", nullable=True),
    _number("at"),
    _text("officer"),
)
draft_templates = Table(
    "draft_templates",
    metadata,
    _text("request_type", primary_key=True),
    _text("state", primary_key=True),
    _text("text"),
    _number("saved_at"),
)
