"""What came from another wiki: which file became what, and what its log, its folders and its people say besides."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | Sequence[str] | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _ordered(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("page", sa.Column("kept", sa.String(), nullable=False, server_default="{}"))
    op.add_column("revision", sa.Column("extra", sa.String(), nullable=False, server_default=""))
    op.add_column("revision", sa.Column("logged", sa.String()))
    op.add_column("revision", sa.Column("original", sa.String(64)))
    op.create_index("ix_revision_original", "revision", ["original"])
    op.add_column("media_revision", sa.Column("extra", sa.String(), nullable=False, server_default=""))
    op.add_column("media_revision", sa.Column("logged", sa.String()))
    _runs()
    _kept()


def _runs() -> None:
    op.create_table(
        "import_run",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("wiki", sa.String(64), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("begun_at", KEY, nullable=False),
        sa.Column("ended_at", KEY, nullable=False),
        sa.Column("phase", sa.String(16), nullable=False),
        sa.Column("done", KEY, nullable=False),
        sa.Column("total", KEY, nullable=False),
        sa.Column("report", sa.String(), nullable=False),
    )
    op.create_index("ix_import_run_wiki_id", "import_run", ["wiki", "id"])
    op.create_table(
        "imported_file",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("wiki", sa.String(64), nullable=False),
        sa.Column("path_key", sa.String(64), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("run_id", KEY, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("name", _ordered(255), nullable=False),
        sa.Column("size", KEY, nullable=False),
        sa.Column("changed_at", KEY, nullable=False),
        sa.Column("sha256", sa.String(64)),
        sa.Column("outcome", sa.String(8), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("lines", sa.String(), nullable=False),
        sa.UniqueConstraint("wiki", "path_key", name="uq_imported_file_wiki_path_key"),
    )
    op.create_index("ix_imported_file_run_id", "imported_file", ["run_id"])
    op.create_index("ix_imported_file_wiki_name", "imported_file", ["wiki", "name"])


def _kept() -> None:
    op.create_table(
        "kept_file",
        sa.Column("path", _ordered(1000), primary_key=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", KEY, nullable=False),
        sa.Column("changed_at", KEY, nullable=False),
    )
    op.create_index("ix_kept_file_sha256", "kept_file", ["sha256"])
    op.create_table(
        "subscription",
        sa.Column("id", KEY, primary_key=True),
        sa.Column("login", sa.String(255), nullable=False),
        sa.Column("target", _ordered(255), nullable=False),
        sa.Column("style", sa.String(8), nullable=False),
        sa.Column("since", KEY, nullable=False),
        sa.UniqueConstraint("login", "target", name="uq_subscription_login_target"),
    )
    op.create_index("ix_subscription_target", "subscription", ["target"])
    op.create_table(
        "namespace_template",
        sa.Column("namespace", _ordered(255), primary_key=True),
        sa.Column("deep", sa.Boolean(), primary_key=True),
        sa.Column("text", sa.String(), nullable=False),
    )


def downgrade() -> None:
    for table in ("namespace_template", "subscription", "kept_file", "imported_file", "import_run"):
        op.drop_table(table)
    with op.batch_alter_table("media_revision") as batch:
        batch.drop_column("logged")
        batch.drop_column("extra")
    op.drop_index("ix_revision_original", "revision")
    with op.batch_alter_table("revision") as batch:
        batch.drop_column("original")
        batch.drop_column("logged")
        batch.drop_column("extra")
    with op.batch_alter_table("page") as batch:
        batch.drop_column("kept")
