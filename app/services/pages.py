"""Pages: read, save, delete, restore, revert."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import EditConflict, NoSuchRevision, NotFound
from app.domain.names import name_of, namespace_of, natural_key, page_name
from app.domain.texts import clean_summary, clean_text
from app.domain.viewer import Viewer
from app.services import graph, words
from app.services.config import load_settings
from app.services.permissions import Level, require
from app.services.revisions import WRITTEN_BY, Kind, NewRevision, RevisionInfo, info, write_revision
from app.services.state import hold, touch
from app.services.texts import load_text, store_text
from app.store.accounts import Account
from app.store.database import transaction
from app.store.pages import Page, Redirect, Revision


@dataclass(frozen=True, slots=True)
class PageView:
    """A page as it stands, or as it stood at ``revision``. ``deleted``: the deletion, if it was there once."""

    name: str
    title: str
    exists: bool
    text: str
    markup: str
    revision: RevisionInfo | None
    deleted: RevisionInfo | None = None

    @property
    def is_old(self) -> bool:
        return self.revision is not None and not self.revision.current


@dataclass(frozen=True, slots=True)
class PageEdit:
    """What somebody wants a page to be. ``based_on``: id of the revision the edit began with; None: no page yet."""

    name: str
    text: str
    summary: str = ""
    minor: bool = False
    based_on: int | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """``revision``: id of the new revision, None when the text was what it is already."""

    name: str
    revision: int | None
    kind: Kind | None = None


def read_page(session: Session, name: str, *, viewer: Viewer, rev: int | None = None) -> PageView:
    """The page ``name`` (a clean one), now or as of the revision made at ``rev`` (seconds UTC).

    A missing page has ``exists`` False. A name that was moved away answers with the page it leads to.

    Raises:
        NotFound: the viewer may not read it, or no page has a revision of that time.
        NoSuchRevision: the page has none of that time.
    """
    require(viewer, name, Level.READ)
    wanted = Page.latest_id == Revision.id if rev is None else (Page.id == Revision.page_id) & (Revision.time == rev)
    rows = session.execute(
        select(Page, Revision, Account.name)
        .outerjoin(Revision, wanted)
        .outerjoin(Account, WRITTEN_BY)
        .where(Page.name == name)
        .order_by(Revision.seq.desc())
        .limit(1)
    )
    found = rows.first()
    if found is None:
        return _follow(session, name, viewer, rev)
    page = found[0]
    revision: Revision | None = found[1]
    author: str | None = found[2]
    if revision is None:
        if rev is not None:
            raise NoSuchRevision(name=name)
        return _missing(name)
    return _view(session, page, info(revision, author, page.latest_id), revision.text_id)


def save_page(session: Session, edit: PageEdit, *, viewer: Viewer, now: int) -> Saved:
    """Make ``edit.text`` the page; blank text deletes it. The same text again makes no revision.

    Raises:
        BadPageName, BadText: see their reasons.
        AccessDenied, NotFound: the viewer may not.
        EditConflict: the page changed since ``edit.based_on``.
        StorageFailed: nothing was stored.
    """
    settings = load_settings(session)
    name = page_name(edit.name, settings)
    text = clean_text(edit.text)
    require(viewer, name, Level.EDIT)
    read = graph.read(name, text, settings)  # the slow part, before anything is locked
    with transaction(session):
        hold(session)
        page = _find(session, name)
        if _is_unchanged(session, page, text):
            return Saved(name, None)
        _check_base(page, name, edit.based_on)
        kind = _kind(page, text, minor=edit.minor)
        change = _Change(text, kind, clean_summary(edit.summary) or words.summary_for(kind))
        return _write(session, page or _new_page(session, name), change, read, viewer=viewer, now=now)


def delete_page(session: Session, name: str, *, summary: str = "", viewer: Viewer, now: int) -> Saved:
    """Delete the page as it stands; its history stays.

    Raises:
        NotFound: there is no such page. And as ``save_page``.
    """
    page = read_page(session, name, viewer=viewer)
    if page.revision is None or not page.exists:
        raise NotFound(name=name)
    edit = PageEdit(name=page.name, text="", summary=summary, based_on=page.revision.id)
    return save_page(session, edit, viewer=viewer, now=now)


def revert_page(session: Session, name: str, rev: int, *, summary: str = "", viewer: Viewer, now: int) -> Saved:
    """Make the page what it was at ``rev`` (seconds UTC); a deleted page comes back.

    Raises:
        NotFound: no such revision. And as ``save_page``.
    """
    settings = load_settings(session)
    old = read_page(session, name, viewer=viewer, rev=rev)
    require(viewer, name, Level.EDIT)
    text = old.text if old.exists else ""
    read = graph.read(name, text, settings)
    with transaction(session):
        hold(session)
        page = _find(session, name)
        if page is None or _is_unchanged(session, page, text):
            return Saved(name, None)
        kind: Kind = "revert" if text.strip() else "delete"
        change = _Change(text, kind, clean_summary(summary) or words.revert_summary(rev))
        return _write(session, page, change, read, viewer=viewer, now=now)


restore_page = revert_page


@dataclass(frozen=True, slots=True)
class _Change:
    text: str
    kind: Kind
    summary: str


def _write(session: Session, page: Page, change: _Change, read: graph.Read, *, viewer: Viewer, now: int) -> Saved:
    """The body of every write, in the transaction that holds the wiki."""
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
    )
    revision = write_revision(session, page, new)
    graph.store(session, page, read, existed=existed)
    touch(session)
    return Saved(page.name, revision.id, change.kind)


def _size(text: str) -> int:
    return len(text.encode())


def _find(session: Session, name: str) -> Page | None:
    return session.execute(select(Page).where(Page.name == name)).scalar_one_or_none()


def _new_page(session: Session, name: str) -> Page:
    place = {"name": name, "namespace": namespace_of(name), "leaf": name_of(name), "sort_key": natural_key(name)}
    page = Page(**place, title="", changed_at=0)
    session.add(page)
    session.flush()
    return page


def _check_base(page: Page | None, name: str, based_on: int | None) -> None:
    # A form opened on a deleted page knows the deletion; one opened on no page knows nothing. Both may write.
    known: set[int | None] = {None}
    if page is not None:
        known = {page.current_id} if page.current_id is not None else {None, page.latest_id}
    if based_on not in known:
        raise EditConflict(page_id=name, based_on=based_on, newest=page.current_id if page is not None else None)


def _is_unchanged(session: Session, page: Page | None, text: str) -> bool:
    if page is None or page.current_id is None:
        return not text.strip()
    return load_text(session, _text_of(session, page.current_id)) == text


def _kind(page: Page | None, text: str, *, minor: bool) -> Kind:
    if not text.strip():
        return "delete"
    if page is None or page.current_id is None:
        return "create"
    return "minor" if minor else "edit"


def _text_of(session: Session, revision_id: int | None) -> int | None:
    if revision_id is None:
        return None
    return session.execute(select(Revision.text_id).where(Revision.id == revision_id)).scalar_one()


def _view(session: Session, page: Page, revision: RevisionInfo, text_id: int | None) -> PageView:
    if revision.kind == "delete":
        return PageView(page.name, "", exists=False, text="", markup=page.markup, revision=revision, deleted=revision)
    text = load_text(session, text_id)
    return PageView(page.name, page.title, exists=True, text=text, markup=page.markup, revision=revision)


def _missing(name: str) -> PageView:
    return PageView(name, "", exists=False, text="", markup="dokuwiki", revision=None)


def _follow(session: Session, name: str, viewer: Viewer, rev: int | None) -> PageView:
    leads_to = session.execute(
        select(Page.name).join(Redirect, Redirect.page_id == Page.id).where(Redirect.name == name)
    ).scalar_one_or_none()
    if leads_to is not None:
        return read_page(session, leads_to, viewer=viewer, rev=rev)
    if rev is not None:
        raise NotFound(name=name)
    return _missing(name)
