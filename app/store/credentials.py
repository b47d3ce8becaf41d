"""What people show to be let in besides a password, and the secrets sent to them; tables hold hashes of these."""

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.store.base import Base, BigKey

SENT = ("confirm", "reset", "mail")  # kinds of what is sent by mail
AWAITED = "awaited:"  # begins the issuer of an identity that an administrator lets come; no address begins so


class OneTime(Base):
    """A secret that is good once: one of those sent by mail, or what a session of ours waits for."""

    __tablename__ = "one_time"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)  # sha256 of the secret, hex
    kind: Mapped[str] = mapped_column(String(16))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    payload: Mapped[str] = mapped_column(default="")  # of mail: the new address
    created_at: Mapped[int] = mapped_column(BigKey)
    expires_at: Mapped[int] = mapped_column(BigKey, index=True)


class Invitation(Base):
    """A right to register, good once."""

    __tablename__ = "invitation"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)  # sha256 of the secret, hex
    mail: Mapped[str] = mapped_column(String(255), default="")  # "": whoever has the address
    groups: Mapped[str] = mapped_column(default="")  # commas between
    note: Mapped[str] = mapped_column(String(255), default="")
    invited_by: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[int] = mapped_column(BigKey)
    expires_at: Mapped[int] = mapped_column(BigKey, index=True)
    used_at: Mapped[int | None] = mapped_column(BigKey)
    used_by: Mapped[str] = mapped_column(String(255), default="")


class RecoveryCode(Base):
    """One of the codes that stand in for a lost second step; gone when used."""

    __tablename__ = "recovery_code"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)  # sha256 of account and code, hex
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)


class Passkey(Base):
    """A key of WebAuthn."""

    __tablename__ = "passkey"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)  # sha256 of the credential's id, hex
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    credential: Mapped[bytes] = mapped_column(LargeBinary)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigKey)
    name: Mapped[str] = mapped_column(String(255))
    transports: Mapped[str] = mapped_column(String(255), default="")  # commas between
    created_at: Mapped[int] = mapped_column(BigKey)
    used_at: Mapped[int | None] = mapped_column(BigKey)


class AccessToken(Base):
    """What a program signs in with in a person's name."""

    __tablename__ = "access_token"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(255))
    hash: Mapped[str] = mapped_column(String(64), unique=True)  # sha256 of the token, hex
    may_write: Mapped[bool]
    namespaces: Mapped[str] = mapped_column(default="")  # commas between; "": all that the person may reach
    created_at: Mapped[int] = mapped_column(BigKey)
    expires_at: Mapped[int | None] = mapped_column(BigKey)
    used_at: Mapped[int | None] = mapped_column(BigKey)


class Identity(Base):
    """A person as another door knows them: ``issuer`` is the provider's address, or ``ldap`` and ``header``."""

    __tablename__ = "identity"

    issuer: Mapped[str] = mapped_column(String(255), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[int] = mapped_column(BigKey)
