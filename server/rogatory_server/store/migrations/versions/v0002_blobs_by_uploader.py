"""Attachments by who uploads them: quotas add up the bytes of one device."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the index."""
    op.create_index("blob_of_uploader", "blob", ["uploader"])
