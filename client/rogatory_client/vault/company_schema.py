"""The table of what was said about who is in a case."""

from sqlalchemy import Table

from rogatory_client.vault.columns import blob, metadata, number

company_words = Table(
    "company_words",
    metadata,
    number("number", primary_key=True),
    blob("message_id"),
    blob("group_id"),
    blob("event"),
)
