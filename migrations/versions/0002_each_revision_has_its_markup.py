"""Each revision says what its text is written in; what was there before is in DokuWiki's markup."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | Sequence[str] | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    # With a default in the schema no row is rewritten, however long the history.
    op.add_column("revision", sa.Column("markup", sa.String(length=16), server_default="dokuwiki", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("revision", schema=None) as batch_op:
        batch_op.drop_column("markup")
