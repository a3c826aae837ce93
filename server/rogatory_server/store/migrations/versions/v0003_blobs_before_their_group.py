"""Attachments by the id of their group: the tree of a group may come before the commit that creates it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Name the group itself where its number stood."""
    op.add_column("blob", sa.Column("group_id", sa.LargeBinary, nullable=True))
    op.execute("UPDATE blob SET group_id = (SELECT group_id FROM mls_group WHERE number = blob.group_number)")
    with op.batch_alter_table("blob") as blob:
        blob.alter_column("group_id", existing_type=sa.LargeBinary, nullable=False)
        blob.drop_column("group_number")
