"""Tables of how messages arrive: to whom they went, what was stated about it, what could not be opened."""

from sqlalchemy import Table

from rogatory_client.vault.columns import blob, metadata, number, text

addressees = Table("addressees", metadata, blob("message_id", primary_key=True), blob("devices"))
non_deliveries = Table(
    "non_deliveries",
    metadata,
    blob("message_id", primary_key=True),
    text("recipient", primary_key=True),
    text("event", primary_key=True),
    blob("device_id", primary_key=True),
    blob("group_id"),
    number("at"),
    blob("signed"),
    number("answered"),
)
delivery_terms = Table(
    "delivery_terms",
    metadata,
    text("urgency", primary_key=True),
    number("delivery_s"),
    number("opening_s"),
)
unreadable_rows = Table(
    "unreadable_rows",
    metadata,
    blob("group_id", primary_key=True),
    number("sequence", primary_key=True),
    number("at_ms"),
    text("code"),
    number("noted_at"),
    number("reported_at", nullable=True),
    number("reports"),
    blob("message_id", nullable=True),
    number("again_at_ms", nullable=True),
)
resend_requests = Table(
    "resend_requests",
    metadata,
    blob("group_id", primary_key=True),
    number("sequence", primary_key=True),
    blob("device_id", primary_key=True),
    number("again"),
    number("at"),
    blob("message_id", nullable=True),
    number("settled_at", nullable=True),
)

DELIVERY_TABLES = frozenset({addressees, non_deliveries, delivery_terms, unreadable_rows, resend_requests})
