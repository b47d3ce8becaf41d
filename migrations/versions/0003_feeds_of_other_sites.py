"""Feeds of other sites, as they were last."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | Sequence[str] | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_SECONDS = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "feed",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("fetched_at", _SECONDS, nullable=False),
        sa.Column("tried_at", _SECONDS, nullable=False),
        sa.Column("leased_until", _SECONDS, nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_feed")),
    )
    op.create_index(op.f("ix_feed_tried_at"), "feed", ["tried_at"])


def downgrade() -> None:
    op.drop_table("feed")
