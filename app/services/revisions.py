"""What a change looks like from outside, and the one function that writes one."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.markups import Markup, stored_markup
from app.store.accounts import Account
from app.store.pages import Page, Revision

# The join that brings the name of a revision's author along.
WRITTEN_BY = Account.login == Revision.author
Kind = Literal["create", "edit", "minor", "delete", "revert"]


@dataclass(frozen=True, slots=True)
class RevisionInfo:
    """One change. ``time``: seconds UTC; ``size_change``: bytes, None if unknown; ``author_name``: "" if unknown.

    ``current``: it is the page's newest change, a deletion included.
    """

    id: int
    time: int
    seq: int
    author: str
    author_name: str
    address: str
    kind: str
    external: bool
    summary: str
    size_change: int | None
    current: bool
    markup: Markup


@dataclass(frozen=True, slots=True)
class NewRevision:
    """What ``write_revision`` stores; everything is explicit, so that an importer can use it too."""

    time: int
    kind: Kind
    author: str
    address: str
    summary: str
    size_change: int | None
    text_id: int | None
    markup: Markup
    external: bool = False


def write_revision(session: Session, page: Page, new: NewRevision) -> Revision:
    """Append ``new`` to ``page`` and make it the newest; inside a transaction that holds the page.

    Time never runs backwards on a page: where the clock was set back, the newest time is used again.
    """
    time = max(new.time, page.changed_at)
    newest = select(func.max(Revision.seq)).where(Revision.page_id == page.id, Revision.time == time)
    last = session.execute(newest).scalar_one()
    row = Revision(
        page_id=page.id,
        time=time,
        seq=0 if last is None else last + 1,
        author=new.author,
        address=new.address,
        kind=new.kind,
        external=new.external,
        summary=new.summary,
        size_change=new.size_change,
        text_id=new.text_id,
        markup=new.markup,
    )
    session.add(row)
    session.flush()
    page.latest_id = row.id
    page.current_id = None if new.kind == "delete" else row.id
    page.changed_at = time
    page.markup = new.markup
    return row


def info(row: Revision, author_name: str | None, latest_id: int | None) -> RevisionInfo:
    return RevisionInfo(
        id=row.id,
        time=row.time,
        seq=row.seq,
        author=row.author,
        author_name=author_name or "",
        address=row.address,
        kind=row.kind,
        external=row.external,
        summary=row.summary,
        size_change=row.size_change,
        current=row.id == latest_id,
        markup=stored_markup(row.markup),
    )
