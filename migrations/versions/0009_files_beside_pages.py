"""Files have a history as pages have, what they say of themselves, counts of namespaces, and come in parts."""

import re
from collections import Counter
from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | Sequence[str] | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _ordered(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("media", sa.Column("latest_id", KEY))
    op.add_column("media", sa.Column("size", KEY, nullable=False, server_default="0"))
    op.add_column("media_revision", sa.Column("external", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("media_revision", sa.Column("fields", sa.String(), nullable=False, server_default="{}"))
    for columns in (
        ["namespace", "changed_at", "id", "scope_id"],
        ["namespace", "size", "id", "scope_id"],
        ["changed_at", "id", "scope_id"],
    ):
        op.create_index(f"ix_media_{'_'.join(columns)}", "media", columns)
    op.drop_index("ix_media_revision_author", "media_revision")
    op.create_index("ix_media_revision_author_time_id", "media_revision", ["author", "time", "id"])
    nobody = sa.text("author = ''")
    op.create_index(
        "ix_media_revision_address_time_id",
        "media_revision",
        ["address", "time", "id"],
        sqlite_where=nobody,
        postgresql_where=nobody,
    )
    op.create_table(
        "media_space",
        sa.Column("namespace", _ordered(255), nullable=False),
        sa.Column("scope_id", KEY, nullable=False),
        sa.Column("parent", _ordered(255), nullable=False),
        sa.Column("sort_key", _ordered(1000), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("namespace", "scope_id", name="pk_media_space"),
        sa.ForeignKeyConstraint(["scope_id"], ["acl_scope.id"], name="fk_media_space_scope_id"),
    )
    op.create_index("ix_media_space_scope_id", "media_space", ["scope_id"])
    op.create_index("ix_media_space_parent_sort_key", "media_space", ["parent", "sort_key"])
    op.create_table(
        "media_redirect",
        sa.Column("name", _ordered(255), nullable=False),
        sa.Column("media_id", KEY, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_media_redirect"),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name="fk_media_redirect_media_id", ondelete="CASCADE"),
    )
    op.create_index("ix_media_redirect_media_id", "media_redirect", ["media_id"])
    _incoming()
    _fill()


def _incoming() -> None:
    op.create_table(
        "incoming",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("login", sa.String(255), nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("name", _ordered(255), nullable=False),
        sa.Column("size", KEY, nullable=False),
        sa.Column("begun_at", KEY, nullable=False),
        sa.Column("touched_at", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_incoming"),
    )
    op.create_index("ix_incoming_login", "incoming", ["login"])
    op.create_index("ix_incoming_touched_at", "incoming", ["touched_at"])
    op.create_table(
        "incoming_part",
        sa.Column("incoming_id", sa.String(64), nullable=False),
        sa.Column("start", KEY, nullable=False),
        sa.Column("size", KEY, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("incoming_id", "start", name="pk_incoming_part"),
        sa.ForeignKeyConstraint(
            ["incoming_id"], ["incoming.id"], name="fk_incoming_part_incoming_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_incoming_part_sha256", "incoming_part", ["sha256"])


def _fill() -> None:
    """What is there already: the newest revision of each file, its size, and the counts of namespaces."""
    connection = op.get_bind()
    connection.execute(
        sa.text(
            "UPDATE media SET latest_id = (SELECT r.id FROM media_revision r WHERE r.media_id = media.id"
            " ORDER BY r.time DESC, r.seq DESC LIMIT 1),"
            " size = COALESCE((SELECT r.size FROM media_revision r WHERE r.id = media.current_id), 0)"
        )
    )
    counts: Counter[tuple[str, int]] = Counter()
    listed = sa.text(
        "SELECT namespace, scope_id, count(*) FROM media WHERE current_id IS NOT NULL AND NOT hidden"
        " GROUP BY namespace, scope_id"
    )
    for namespace, scope_id, files in connection.execute(listed):
        space = namespace
        while space:
            counts[space, scope_id] += files
            space = space.rpartition(":")[0]
    insert = sa.text(
        "INSERT INTO media_space (namespace, scope_id, parent, sort_key, files) VALUES (:n, :s, :p, :k, :f)"
    )
    for (name, scope_id), files in counts.items():
        values = {"n": name, "s": scope_id, "p": name.rpartition(":")[0], "k": _natural(name), "f": files}
        connection.execute(insert, values)


def _natural(name: str) -> str:
    """The sort key of a name as of this version: numbers by their value."""
    parts = re.split(r"([0-9]+)", name.casefold())
    for at in range(1, len(parts), 2):
        digits = parts[at].lstrip("0")
        parts[at] = f"{len(digits):03d}{digits}"
    return "".join(parts).replace(":", "\x02") + "\x01" + name


def downgrade() -> None:
    for table in ("incoming_part", "incoming", "media_redirect", "media_space"):
        op.drop_table(table)
    op.drop_index("ix_media_revision_address_time_id", "media_revision")
    op.drop_index("ix_media_revision_author_time_id", "media_revision")
    op.create_index("ix_media_revision_author", "media_revision", ["author"])
    for index in ("namespace_changed_at_id_scope_id", "namespace_size_id_scope_id", "changed_at_id_scope_id"):
        op.drop_index(f"ix_media_{index}", "media")
    for table, columns in (("media_revision", ("external", "fields")), ("media", ("latest_id", "size"))):
        with op.batch_alter_table(table) as batch:
            for column in columns:
                batch.drop_column(column)
