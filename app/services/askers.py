"""What renderings asked about, and whose kept bodies an answer that changed makes wrong."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import Session

from app.store.links import Dependency, Rendered

ASKED_PAGE = "page"
ASKED_CHOICE = "choice"  # asked as one of several names that a link may mean
ASKED_MEDIA = "media"
ASKED_PREFIX = "prefix"  # asked for all files whose name begins so


def forget_page_askers(session: Session, names: Collection[str]) -> None:
    """Drop the kept renderings of exactly the pages that asked about these; inside a transaction."""
    _forget(session, Dependency.kind.in_([ASKED_PAGE, ASKED_CHOICE]) & Dependency.target.in_(names))


def forget_media_askers(session: Session, name: str) -> None:
    """The same for a media file: those that asked for it by name, or for names that begin as it does."""
    prefixes = [name[:length] for length in range(1, len(name) + 1)]
    asked = or_(
        (Dependency.kind == ASKED_MEDIA) & (Dependency.target == name),
        (Dependency.kind == ASKED_PREFIX) & Dependency.target.in_(prefixes),
    )
    _forget(session, asked)


def forget_all_media_askers(session: Session) -> None:
    """The same where many files changed: those that asked about any."""
    _forget(session, Dependency.kind.in_([ASKED_MEDIA, ASKED_PREFIX]))


def _forget(session: Session, asked: ColumnElement[bool]) -> None:
    session.execute(delete(Rendered).where(Rendered.page_id.in_(select(Dependency.page_id).where(asked))))
