"""All uploads of a person: found when an account goes, and before its login is given to somebody else."""

from collections.abc import Sequence

from alembic import op

revision: str = "0007"
down_revision: str | Sequence[str] | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_index("ix_media_revision_author", "media_revision", ["author"])


def downgrade() -> None:
    op.drop_index("ix_media_revision_author", "media_revision")
