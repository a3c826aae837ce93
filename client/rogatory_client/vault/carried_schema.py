"""Tables of what goes past the relay: which messages came by carrier, and which were written to a file."""

from sqlalchemy import Table

from rogatory_client.vault.columns import blob, metadata, number

# ``sequence`` is the relay's once it has shown the message.
carried_in = Table(
    "carried_in",
    metadata,
    blob("payload_sha256", primary_key=True),
    blob("group_id"),
    blob("message_id"),
    blob("device_id"),
    number("written_at_ms"),
    number("came_at"),
    number("sequence", nullable=True),
)
carried_out = Table("carried_out", metadata, blob("submission_id", primary_key=True), number("at"))

CARRIED_TABLES = frozenset({carried_in, carried_out})
