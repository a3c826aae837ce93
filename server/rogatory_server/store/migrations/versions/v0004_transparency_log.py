"""The transparency log in place of the list of identity statements, which its entries now are.

A list that has items cannot be carried over: its statements are of the first form, which nobody accepts any
more, so their devices could not be told apart from strangers.
"""

import sqlalchemy as sa
from alembic import op

from rogatory_crypto.errors import MisuseError

revision = "0004"
down_revision = "0003"

_NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Drop the list, create entries, checkpoints and batches of postmarks."""
    if op.get_bind().execute(sa.text("SELECT count(*) FROM statement")).scalar_one():
        raise MisuseError("the database is of a relay without a transparency log; begin a new relay folder")
    op.drop_table("statement")
    op.create_table(
        "log_entry",
        sa.Column("number", _NUMBER, primary_key=True, autoincrement=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "checkpoint",
        sa.Column("state", sa.Text, primary_key=True),
        sa.Column("note", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "postmark_batch",
        sa.Column("number", _NUMBER, primary_key=True, autoincrement=False),
        sa.Column("accepted_at_ms", sa.BigInteger, nullable=False),
        sa.Column("root", sa.LargeBinary, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
    )
    op.create_index("postmark_batch_by_time", "postmark_batch", ["accepted_at_ms"])
    op.create_table(
        "postmark_listing",
        sa.Column("first_number", _NUMBER, primary_key=True, autoincrement=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("log_index", sa.BigInteger, nullable=False),
    )
