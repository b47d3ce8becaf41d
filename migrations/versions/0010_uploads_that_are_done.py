"""An upload in parts is known for a while after it ended: whoever lost the answer may ask again."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | Sequence[str] | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("incoming", sa.Column("finished_at", KEY))


def downgrade() -> None:
    with op.batch_alter_table("incoming") as batch:
        batch.drop_column("finished_at")
