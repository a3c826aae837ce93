"""Tables of the vault, as its newest version has them; ``migrations`` leads there.

Ids and keys are blobs, times are Unix
seconds, or milliseconds where the name says so.
"""

from sqlalchemy import Table

from rogatory_client.vault.columns import blob, metadata, number, text

identity = Table(
    "identity",
    metadata,
    number("only", primary_key=True),
    text("profile"),
    blob("device_id"),
    blob("device_private"),
    blob("device_public"),
    blob("office_private", nullable=True),
    text("entry_id", nullable=True),
    text("officer", nullable=True),
    blob("publication", nullable=True),
    # Later than the table: a system column is not part of its CREATE TABLE.
    blob("device_ml_dsa_44", nullable=True, system=True),
    blob("office_ml_dsa_44", nullable=True, system=True),
)
log_entries = Table(
    "log_entries",
    metadata,
    number("position", primary_key=True),
    blob("body_sha256", nullable=True),
    blob("entry"),
    text("refused", nullable=True),
)
log_view = Table("log_view", metadata, number("only", primary_key=True), blob("checkpoint"), blob("policy"))
split_views = Table(
    "split_views",
    metadata,
    blob("evidence", primary_key=True),
    number("found_at"),
    blob("group_id", nullable=True),
    text("entry_id", nullable=True),
    number("acknowledged_at", nullable=True),
    text("acknowledged_by", nullable=True),
)
heard_checkpoints = Table(
    "heard_checkpoints",
    metadata,
    text("entry_id", primary_key=True),
    blob("group_id"),
    blob("device_id"),
    number("heard_at"),
    blob("checkpoint"),
)
own_statements = Table("own_statements", metadata, blob("sha256", primary_key=True))
alarms = Table(
    "alarms",
    metadata,
    number("number", primary_key=True),
    number("raised_at"),
    text("said"),
    number("acknowledged_at", nullable=True),
    text("acknowledged_by", nullable=True),
)
directory = Table("directory", metadata, number("only", primary_key=True), blob("sha256"), blob("snapshot"))
key_packages = Table(
    "key_packages",
    metadata,
    blob("reference", primary_key=True),
    blob("secrets"),
    number("last_resort"),
    number("created_at"),
)
rooms = Table(
    "rooms",
    metadata,
    blob("group_id", primary_key=True),
    text("kind", nullable=True),
    text("subject"),
    text("network", nullable=True),
    text("offices"),
    number("position"),
    number("needs_epoch"),
    number("epoch", nullable=True),
    number("past_epochs", nullable=True),
    blob("epoch_state", nullable=True),
    blob("ratchet_state", nullable=True),
    text("seats", nullable=True, system=True),
)
staged_commits = Table(
    "staged_commits",
    metadata,
    blob("group_id", primary_key=True),
    blob("submission_id"),
    number("epoch"),
    blob("message"),
    blob("welcome", nullable=True),
    blob("added"),
    blob("removed"),
    blob("epoch_state"),
    blob("ratchet_state"),
)
messages = Table(
    "messages",
    metadata,
    number("number", primary_key=True),
    blob("message_id", unique=True),
    blob("group_id", index=True),
    blob("sender"),
    text("entry_id"),
    text("officer"),
    blob("device_id"),
    number("sequence", nullable=True),
    number("at_ms"),
    blob("content"),
    text("kind"),
    text("subject", nullable=True),
    text("text"),
    text("reference", nullable=True),
    blob("in_reply_to", nullable=True),
    number("formal"),
    number("own"),
    number("opened_at", nullable=True),
    blob("postmark", nullable=True),
)
evidence = Table(
    "evidence",
    metadata,
    blob("message_id", primary_key=True),
    text("event", primary_key=True),
    blob("device_id", primary_key=True),
    blob("group_id"),
    text("entry_id"),
    text("officer"),
    number("at"),
    text("own_reference", nullable=True),
    blob("signed", nullable=True),
)
room_references = Table(
    "room_references",
    metadata,
    blob("group_id", primary_key=True),
    text("entry_id", primary_key=True),
    text("reference"),
    number("hearsay", nullable=True, system=True),
)
outbox = Table(
    "outbox",
    metadata,
    number("number", primary_key=True),
    blob("group_id"),
    blob("message_id"),
    blob("content"),
    blob("submission_id", nullable=True),
    number("epoch", nullable=True),
    blob("payload", nullable=True),
    text("failure", nullable=True),
)
transfers = Table(
    "transfers",
    metadata,
    blob("blob_id", primary_key=True),
    blob("group_id"),
    blob("message_id", index=True),
    text("path"),
    text("filename"),
    number("size"),
    number("modified_ns"),
    blob("key"),
    blob("salt"),
    blob("context"),
    blob("stored_sha256"),
    number("uploaded_bytes"),
    number("complete"),
)
own_payloads = Table("own_payloads", metadata, blob("sha256", primary_key=True), blob("group_id"))
reseals = Table("reseals", metadata, blob("group_id", primary_key=True), number("after_sequence"))
held_rows = Table(
    "held_rows",
    metadata,
    blob("group_id", primary_key=True),
    number("sequence", primary_key=True),
    number("accepted_at_ms"),
    number("kind"),
    blob("payload"),
    number("held_at"),
)
lost_devices = Table(
    "lost_devices",
    metadata,
    blob("group_id", primary_key=True),
    blob("device_id", primary_key=True),
)
notes = Table(
    "notes",
    metadata,
    number("number", primary_key=True),
    blob("group_id"),
    number("sequence"),
    number("at"),
    text("code"),
    text("detail"),
)
admissions = Table(
    "admissions",
    metadata,
    number("number", primary_key=True),
    blob("code_key", unique=True),
    text("entry_id"),
    blob("code", nullable=True),
    blob("invitation"),
    number("letter_at", nullable=True),
    number("ends"),
)
call_backs = Table(
    "call_backs",
    metadata,
    number("number", primary_key=True),
    text("entry_id"),
    blob("keys_sha256"),
    number("at"),
    text("officer"),
    number("fits"),
)
key_requests = Table(
    "key_requests", metadata, number("only", primary_key=True), blob("one_time"), blob("sha256")
)
next_office_keys = Table(
    "next_office_keys",
    metadata,
    blob("office_private", primary_key=True),
    blob("office_ml_dsa_44"),
    blob("office_public"),
    number("sequence"),
)
seals = Table(
    "seals",
    metadata,
    blob("certificate_sha256", primary_key=True),
    blob("certificate"),
    blob("private_key"),
    blob("issuer_certificate"),
    number("made_at"),
)
seal_issuers = Table(
    "seal_issuers",
    metadata,
    number("number", primary_key=True),
    blob("certificate"),
    blob("private_key"),
)
changed_partners = Table(
    "changed_partners",
    metadata,
    text("entry_id", primary_key=True),
    number("changed_at"),
    number("accepted_at", nullable=True),
    text("accepted_by", nullable=True),
)
verdicts = Table(
    "verdicts",
    metadata,
    number("number", primary_key=True),
    blob("message_id"),
    number("attachment"),
    blob("sha256"),
    number("checked_at"),
    number("checked_for"),
    text("report"),
    number("signer_named", nullable=True),
)
office_returns = Table(
    "office_returns",
    metadata,
    number("number", primary_key=True),
    blob("group_id"),
    text("entry_id"),
    number("at"),
    text("officer"),
    number("with_history"),
    number("after_sequence", nullable=True),
    number("handed"),
    number("in_force"),
)
held_histories = Table(
    "held_histories",
    metadata,
    number("number", primary_key=True),
    blob("group_id"),
    blob("came_in"),
    text("partner"),
    number("held_at"),
    number("passes_on"),
    blob("event"),
)
vouchers = Table(
    "vouchers",
    metadata,
    blob("message_id", primary_key=True),
    text("entry_id", primary_key=True),
    blob("group_id"),
    blob("sender"),
    number("at_ms"),
)
