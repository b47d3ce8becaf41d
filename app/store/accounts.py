"""People, groups, sessions, and the counters that slow guessing down."""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.store.base import Base, BigKey

CONFIRM, APPROVAL = "confirm", "approval"  # what a new account waits for


class Account(Base):
    """A person who can sign in. A deleted account's revisions keep its login."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    login: Mapped[str] = mapped_column(String(255), unique=True)
    name: Mapped[str] = mapped_column(String(255), default="")
    mail: Mapped[str] = mapped_column(String(255), default="", index=True)
    password: Mapped[str] = mapped_column(String(512), default="")  # a hash; "" lets nobody in
    active: Mapped[bool] = mapped_column(default=True)
    waits_for: Mapped[str] = mapped_column(String(12), default="")  # confirm, approval; not active until then
    mail_confirmed: Mapped[bool] = mapped_column(default=False)
    door: Mapped[str] = mapped_column(String(12), default="")  # that made the account: oidc, ldap, header; "": ours
    totp_secret: Mapped[str] = mapped_column(String(64), default="")  # base32; "" where it is not set up
    totp_step: Mapped[int] = mapped_column(BigKey, default=0)  # the last one used: a code is good once
    language: Mapped[str] = mapped_column(String(12), default="")  # "": what the browser asks for
    theme: Mapped[str] = mapped_column(String(8), default="")  # "", light, dark
    timezone: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[int] = mapped_column(BigKey)
    seen_at: Mapped[int | None] = mapped_column(BigKey)  # last sign-in


class Group(Base):
    __tablename__ = "group"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    name: Mapped[str] = mapped_column(String(255), unique=True)
    note: Mapped[str] = mapped_column(default="")  # what it is for
    second_step: Mapped[bool] = mapped_column(default=False)  # its members must sign in with one


class Membership(Base):
    __tablename__ = "membership"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("group.id", ondelete="CASCADE"), primary_key=True, index=True)


class LoginSession(Base):
    """One sign-in on one device. The cookie holds the random id, the table only its hash."""

    __tablename__ = "login_session"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)  # sha256 of the cookie's id, hex
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[int] = mapped_column(BigKey)
    seen_at: Mapped[int] = mapped_column(BigKey)
    expires_at: Mapped[int] = mapped_column(BigKey, index=True)
    address: Mapped[str] = mapped_column(String(64), default="")
    agent: Mapped[str] = mapped_column(String(255), default="")
    stage: Mapped[str] = mapped_column(String(12), default="")  # what is still to be done: code, enrol; "": signed in
    door: Mapped[str] = mapped_column(String(12), default="")  # oidc, ldap, header; "": the password


class Rate(Base):
    """A counter in a window of time, for throttling; ``key`` says whose and of what."""

    __tablename__ = "rate"

    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    count: Mapped[int]
    until: Mapped[int] = mapped_column(BigKey, index=True)  # the window's end


class Audit(Base):
    """One administrative act; before and after are JSON without secrets."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    time: Mapped[int] = mapped_column(BigKey)
    actor: Mapped[str] = mapped_column(String(255))  # login, or "lierre" for the command line
    address: Mapped[str] = mapped_column(String(64), default="")
    action: Mapped[str] = mapped_column(String(64))  # account.add, account.edit, setting.change …
    object: Mapped[str] = mapped_column(String(255))
    before: Mapped[str | None]
    after: Mapped[str | None]

    __table_args__ = (
        Index("ix_audit_time_id", "time", "id"),
        Index("ix_audit_actor_time_id", "actor", "time", "id"),
        Index("ix_audit_action_time_id", "action", "time", "id"),
        Index("ix_audit_object_time_id", "object", "time", "id"),
    )
