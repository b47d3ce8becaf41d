"""What came from another wiki: which file of it became what, so that a second import takes only what changed."""

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.store.base import Base, BigKey, ordered


class ImportRun(Base):
    """One run of an import, ended or not. ``report``: JSON, "" until it ended."""

    __tablename__ = "import_run"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    wiki: Mapped[str] = mapped_column(String(64))  # which other wiki, see ``exchange.dokuwiki.sources``
    place: Mapped[str]  # where it lay, for people
    begun_at: Mapped[int] = mapped_column(BigKey)
    ended_at: Mapped[int] = mapped_column(BigKey, default=0)  # 0: not yet, or killed
    phase: Mapped[str] = mapped_column(String(16), default="")
    done: Mapped[int] = mapped_column(BigKey, default=0)  # files of the phase that are done
    total: Mapped[int] = mapped_column(BigKey, default=0)
    report: Mapped[str] = mapped_column(default="")

    __table_args__ = (Index("ix_import_run_wiki_id", "wiki", "id"),)


class ImportedFile(Base):
    """A file of the other wiki as it was when it was looked at last. Every file of it has exactly one row.

    ``path_key``: SHA-256 of the path's bytes; ``path`` is for people. ``changed_at``: nanoseconds UTC.
    """

    __tablename__ = "imported_file"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    wiki: Mapped[str] = mapped_column(String(64))
    path_key: Mapped[str] = mapped_column(String(64))
    path: Mapped[str]
    run_id: Mapped[int] = mapped_column(BigKey, index=True)  # the run that saw it last
    kind: Mapped[str] = mapped_column(String(24))  # page attic page_log media … see ``layout``
    name: Mapped[str] = mapped_column(ordered(255), default="")  # of the page or file it belongs to
    size: Mapped[int] = mapped_column(BigKey)
    changed_at: Mapped[int] = mapped_column(BigKey)
    sha256: Mapped[str | None] = mapped_column(String(64))  # None: not read
    outcome: Mapped[str] = mapped_column(String(8))  # stored same changed left
    why: Mapped[str] = mapped_column(default="")
    lines: Mapped[str] = mapped_column(default="[]")  # JSON: [line from 1, outcome, why] of lines that are not "stored"

    __table_args__ = (UniqueConstraint("wiki", "path_key"), Index("ix_imported_file_wiki_name", "wiki", "name"))


class KeptFile(Base):
    """A file of the other wiki that nothing here reads, kept byte for byte for the way back."""

    __tablename__ = "kept_file"

    path: Mapped[str] = mapped_column(ordered(1000), primary_key=True)  # below the installation: ``data/meta/x.foo``
    sha256: Mapped[str] = mapped_column(String(64), index=True)  # its blob
    size: Mapped[int] = mapped_column(BigKey)
    changed_at: Mapped[int] = mapped_column(BigKey)  # seconds UTC


class Subscription(Base):
    """Who wants to hear of changes. ``target``: a page, ``ns:`` with all below it, ``:`` for everything."""

    __tablename__ = "subscription"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    login: Mapped[str] = mapped_column(String(255))
    target: Mapped[str] = mapped_column(ordered(255), index=True)
    style: Mapped[str] = mapped_column(String(8))  # every digest list
    since: Mapped[int] = mapped_column(BigKey, default=0)  # seconds UTC: of the subscription, or of the last letter

    __table_args__ = (UniqueConstraint("login", "target"),)


class NamespaceTemplate(Base):
    """The text that a new page of a namespace begins with; ``deep``: also in all namespaces below it."""

    __tablename__ = "namespace_template"

    namespace: Mapped[str] = mapped_column(ordered(255), primary_key=True)  # "" for the root
    deep: Mapped[bool] = mapped_column(primary_key=True)
    text: Mapped[str]
