"""Administrative acts of one person, of one kind and on one object, in order of time."""

from collections.abc import Sequence

from alembic import op

revision: str = "0006"
down_revision: str | Sequence[str] | None = "0005"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    for column in ("actor", "action", "object"):
        op.create_index(f"ix_audit_{column}_time_id", "audit", [column, "time", "id"])


def downgrade() -> None:
    for column in ("object", "action", "actor"):
        op.drop_index(f"ix_audit_{column}_time_id", "audit")
