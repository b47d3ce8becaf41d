"""Work that is due, found without walking over what was given up."""

from collections.abc import Sequence

from alembic import op

revision: str = "0008"
down_revision: str | Sequence[str] | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.drop_index("ix_job_due_at_id", "job")
    op.create_index("ix_job_failed_due_at_id", "job", ["failed", "due_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_job_failed_due_at_id", "job")
    op.create_index("ix_job_due_at_id", "job", ["due_at", "id"])
