"""The steps of every write to a page, inside the transaction that holds the wiki; what they mean is the caller's."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import EditConflict
from app.domain.markups import Markup, stored_markup
from app.domain.names import name_of, namespace_of, natural_key
from app.domain.viewer import Viewer
from app.services import graph
from app.services.revisions import Kind, NewRevision, write_revision
from app.services.scopes import place
from app.services.state import touch
from app.services.texts import load_text, store_text
from app.store.pages import Page, Revision


@dataclass(frozen=True, slots=True)
class Saved:
    """``revision``: id of the new revision, None when the text was what it is already."""

    name: str
    revision: int | None
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What a page becomes."""

    text: str
    markup: Markup
    kind: Kind
    summary: str


def find(session: Session, name: str) -> Page | None:
    return session.execute(select(Page).where(Page.name == name)).scalar_one_or_none()


def new_page(session: Session, name: str) -> Page:
    parts = {"name": name, "namespace": namespace_of(name), "leaf": name_of(name), "sort_key": natural_key(name)}
    page = Page(**parts, title="", changed_at=0)
    place(session, page)
    session.add(page)
    session.flush()
    return page


def check_base(page: Page | None, name: str, based_on: int | None) -> None:
    """Raises: EditConflict: the page changed since revision ``based_on``."""
    # A form opened on a deleted page knows the deletion; one opened on no page knows nothing. Both may write.
    known: set[int | None] = {None}
    if page is not None:
        known = {page.current_id} if page.current_id is not None else {None, page.latest_id}
    if based_on not in known:
        raise EditConflict(page_id=name, based_on=based_on, newest=page.current_id if page is not None else None)


def is_unchanged(session: Session, page: Page | None, text: str, markup: Markup) -> bool:
    if page is None or page.current_id is None:
        return not text.strip()
    return page.markup == markup and load_text(session, _text_of(session, page.current_id)) == text


def write(session: Session, page: Page, change: Change, read: graph.Read, *, viewer: Viewer, now: int) -> Saved:
    """Append the revision, and bring everything that is known of the page in step with it."""
    before = load_text(session, _text_of(session, page.current_id))
    existed = page.current_id is not None
    # A deletion keeps the text that was there, so that it can be shown and brought back.
    after = "" if change.kind == "delete" else change.text
    new = NewRevision(
        time=now,
        kind=change.kind,
        author=viewer.login or "",
        address=viewer.address,
        summary=change.summary,
        size_change=_size(after) - _size(before),
        text_id=store_text(session, before if change.kind == "delete" else after).id,
        markup=stored_markup(page.markup) if change.kind == "delete" else change.markup,
    )
    revision = write_revision(session, page, new)
    graph.store(session, page, read, existed=existed)
    touch(session)
    return Saved(page.name, revision.id, change.kind)


def _size(text: str) -> int:
    return len(text.encode())


def _text_of(session: Session, revision_id: int | None) -> int | None:
    if revision_id is None:
        return None
    return session.execute(select(Revision.text_id).where(Revision.id == revision_id)).scalar_one()
