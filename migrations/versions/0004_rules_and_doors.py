"""Access rules and their scopes; second steps, tokens, invitations and other doors."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | Sequence[str] | None = "0003"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _ordered(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def upgrade() -> None:
    _rules()
    _places()
    _people()
    _credentials()
    _starting_rules()


def _rules() -> None:
    op.create_table(
        "acl_rule",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("scope", _ordered(300), nullable=False),
        sa.Column("who", _ordered(400), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acl_rule")),
        sa.UniqueConstraint("scope", "who", name=op.f("uq_acl_rule_scope_who")),
    )
    op.create_table(
        "acl_scope",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("name", _ordered(300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acl_scope")),
        sa.UniqueConstraint("name", name=op.f("uq_acl_scope_name")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "acl_change",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("time", _NUMBER, nullable=False),
        sa.Column("actor", sa.String(255), nullable=False),
        sa.Column("summary", sa.String(), nullable=False),
        sa.Column("removed", sa.String(), nullable=False),
        sa.Column("added", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acl_change")),
    )
    op.create_index("ix_acl_change_time_id", "acl_change", ["time", "id"])
    op.create_table(
        "space_count",
        sa.Column("namespace", _ordered(255), nullable=False),
        sa.Column("scope_id", _NUMBER, nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["scope_id"], ["acl_scope.id"], name=op.f("fk_space_count_scope_id_acl_scope")),
        sa.PrimaryKeyConstraint("namespace", "scope_id", name=op.f("pk_space_count")),
    )
    op.create_index(op.f("ix_space_count_scope_id"), "space_count", ["scope_id"])


def _places() -> None:
    for table in ("page", "media"):
        op.add_column(table, sa.Column("scope_id", _NUMBER, nullable=False, server_default="1"))
        op.add_column(table, sa.Column("hidden", sa.Boolean(), nullable=False, server_default=sa.false()))
        op.create_index(op.f(f"ix_{table}_scope_id"), table, ["scope_id"])
        op.drop_index(f"ix_{table}_namespace_sort_key", table)
        op.create_index(f"ix_{table}_namespace_sort_key_scope_id", table, ["namespace", "sort_key", "scope_id"])
    op.drop_index("ix_page_changed_at_id", "page")
    op.create_index("ix_page_changed_at_id_scope_id", "page", ["changed_at", "id", "scope_id"])
    op.add_column("rendered", sa.Column("scopes", sa.String(), nullable=False, server_default=""))
    op.execute("DELETE FROM rendered")
    op.add_column("wiki_state", sa.Column("rules_key", sa.String(32), nullable=False, server_default=""))
    op.add_column("job", sa.Column("leased_until", _NUMBER, nullable=False, server_default="0"))
    op.add_column("job", sa.Column("failed", sa.Boolean(), nullable=False, server_default=sa.false()))


def _people() -> None:
    op.add_column("account", sa.Column("waits_for", sa.String(12), nullable=False, server_default=""))
    op.add_column("account", sa.Column("mail_confirmed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("account", sa.Column("door", sa.String(12), nullable=False, server_default=""))
    op.add_column("account", sa.Column("totp_secret", sa.String(64), nullable=False, server_default=""))
    op.add_column("account", sa.Column("totp_step", _NUMBER, nullable=False, server_default="0"))
    op.add_column("group", sa.Column("note", sa.String(), nullable=False, server_default=""))
    op.add_column("group", sa.Column("second_step", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("login_session", sa.Column("stage", sa.String(12), nullable=False, server_default=""))
    op.add_column("login_session", sa.Column("door", sa.String(12), nullable=False, server_default=""))


def _credentials() -> None:
    _owned(
        "one_time",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("payload", sa.String(), nullable=False),
        sa.Column("created_at", _NUMBER, nullable=False),
        sa.Column("expires_at", _NUMBER, nullable=False),
    )
    op.create_index(op.f("ix_one_time_expires_at"), "one_time", ["expires_at"])
    op.create_table(
        "invitation",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("mail", sa.String(255), nullable=False),
        sa.Column("groups", sa.String(), nullable=False),
        sa.Column("note", sa.String(255), nullable=False),
        sa.Column("invited_by", sa.String(255), nullable=False),
        sa.Column("created_at", _NUMBER, nullable=False),
        sa.Column("expires_at", _NUMBER, nullable=False),
        sa.Column("used_at", _NUMBER, nullable=True),
        sa.Column("used_by", sa.String(255), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
    )
    op.create_index(op.f("ix_invitation_expires_at"), "invitation", ["expires_at"])
    _owned("recovery_code", sa.Column("id", sa.String(64), primary_key=True))
    _owned(
        "passkey",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("credential", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", _NUMBER, nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("transports", sa.String(255), nullable=False),
        sa.Column("created_at", _NUMBER, nullable=False),
        sa.Column("used_at", _NUMBER, nullable=True),
    )
    _owned(
        "access_token",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("may_write", sa.Boolean(), nullable=False),
        sa.Column("namespaces", sa.String(), nullable=False),
        sa.Column("created_at", _NUMBER, nullable=False),
        sa.Column("expires_at", _NUMBER, nullable=True),
        sa.Column("used_at", _NUMBER, nullable=True),
        sa.UniqueConstraint("hash", name=op.f("uq_access_token_hash")),
    )
    _owned(
        "identity",
        sa.Column("issuer", sa.String(255), primary_key=True),
        sa.Column("subject", sa.String(255), primary_key=True),
        sa.Column("created_at", _NUMBER, nullable=False),
    )


def _owned(table: str, *parts: sa.schema.SchemaItem) -> None:
    """A table whose rows belong to an account and go with it."""
    op.create_table(
        table,
        *parts,
        sa.Column("account_id", _NUMBER, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f(f"fk_{table}_account_id_account"), ondelete="CASCADE"
        ),
    )
    op.create_index(op.f(f"ix_{table}_account_id"), table, ["account_id"])


def _starting_rules() -> None:
    """What held until now: everybody reads, whoever signed in uploads. All pages lie in the root's scope."""
    scope = sa.table("acl_scope", sa.column("name"))
    rule = sa.table("acl_rule", sa.column("scope"), sa.column("who"), sa.column("level"))
    op.bulk_insert(scope, [{"name": "*"}])
    op.bulk_insert(rule, [{"scope": "*", "who": "@ALL", "level": 1}, {"scope": "*", "who": "@user", "level": 8}])
    op.execute("INSERT INTO space_count (namespace, scope_id, pages) SELECT name, 1, pages FROM namespace")


def downgrade() -> None:
    for table in ("identity", "access_token", "passkey", "recovery_code", "invitation", "one_time"):
        op.drop_table(table)
    _drop_columns("login_session", "stage", "door")
    _drop_columns("group", "note", "second_step")
    _drop_columns("account", "waits_for", "mail_confirmed", "door", "totp_secret", "totp_step")
    _drop_columns("job", "leased_until", "failed")
    _drop_columns("wiki_state", "rules_key")
    _drop_columns("rendered", "scopes")
    op.drop_index("ix_page_changed_at_id_scope_id", "page")
    op.create_index("ix_page_changed_at_id", "page", ["changed_at", "id"])
    for table in ("page", "media"):
        op.drop_index(f"ix_{table}_namespace_sort_key_scope_id", table)
        op.create_index(f"ix_{table}_namespace_sort_key", table, ["namespace", "sort_key"])
        op.drop_index(op.f(f"ix_{table}_scope_id"), table)
        _drop_columns(table, "scope_id", "hidden")
    for table in ("space_count", "acl_change", "acl_scope", "acl_rule"):
        op.drop_table(table)


def _drop_columns(table: str, *columns: str) -> None:
    for column in columns:
        op.drop_column(table, column)
