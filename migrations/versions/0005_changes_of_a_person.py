"""All changes of a person, and of an address that nobody was signed in at, in order of time."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | Sequence[str] | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index("ix_revision_author_time_id", "revision", ["author", "time", "id"])
    nobody = sa.text("author = ''")
    op.create_index(
        "ix_revision_address_time_id",
        "revision",
        ["address", "time", "id"],
        sqlite_where=nobody,
        postgresql_where=nobody,
    )


def downgrade() -> None:
    op.drop_index("ix_revision_address_time_id", "revision")
    op.drop_index("ix_revision_author_time_id", "revision")
