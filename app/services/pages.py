"""Pages: read, save, delete, restore, revert."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.blocked import blocked_in
from app.domain.errors import BlockedWords, EditConflict, NoSuchRevision, NotFound
from app.domain.markups import Markup, markup_for, stored_markup
from app.domain.names import page_name
from app.domain.texts import clean_summary, clean_text
from app.domain.viewer import Viewer
from app.domain.wiki_settings import WikiSettings
from app.services import graph, words, writing
from app.services.permissions import Level, level, require
from app.services.revisions import WRITTEN_BY, Kind, RevisionInfo, info
from app.services.setting_rows import load_settings
from app.services.state import hold
from app.services.texts import load_text
from app.services.writing import Change, Saved
from app.store.accounts import Account
from app.store.database import transaction
from app.store.pages import Page, Redirect, Revision


@dataclass(frozen=True, slots=True)
class PageView:
    """A page as it stands, or as it stood at ``revision``. ``deleted``: the deletion, if it was there once.

    ``markup``: what ``text`` is written in; of a page that is not there, what it would begin in.
    """

    name: str
    title: str
    exists: bool
    text: str
    markup: Markup
    revision: RevisionInfo | None
    deleted: RevisionInfo | None = None
    hidden: bool = False  # kept out of lists: search engines are asked to leave it out, too

    @property
    def is_old(self) -> bool:
        return self.revision is not None and not self.revision.current


@dataclass(frozen=True, slots=True)
class PageEdit:
    """What somebody wants a page to be. ``based_on``: id of the revision the edit began with; None: no page yet.

    ``markup`` counts where there is no page yet; one that is there keeps its own, see ``conversion.change_markup``.
    """

    name: str
    text: str
    summary: str = ""
    minor: bool = False
    based_on: int | None = None
    markup: Markup | None = None


def read_page(session: Session, name: str, *, viewer: Viewer, rev: int | None = None) -> PageView:
    """The page ``name`` (a clean one), now or as of the revision made at ``rev`` (seconds UTC).

    A missing page has ``exists`` False. A name that was moved away answers with the page it leads to.

    Raises:
        NotFound: the viewer may not read it, or no page has a revision of that time.
        NoSuchRevision: the page has none of that time.
    """
    require(session, viewer, name, Level.READ)
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
        return _missing(session, name)
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
    require_writing(session, name, viewer)
    _refuse_blocked(settings, text, edit.summary)
    markup = _markup_of(writing.find(session, name), name, edit.markup, settings)
    read = graph.read(name, text, settings, markup)  # the slow part, before anything is locked
    with transaction(session):
        hold(session)
        page = writing.find(session, name)
        if writing.is_unchanged(session, page, text, markup):
            return Saved(name, None)
        writing.check_base(page, name, edit.based_on)
        if page is None or page.current_id is None:  # it may have been deleted since the right to change it was asked
            require(session, viewer, name, Level.CREATE)
        if _markup_of(page, name, edit.markup, settings) != markup:  # it came to be another since it was read
            raise EditConflict(page_id=name, based_on=edit.based_on, newest=page.current_id if page else None)
        kind = _kind(page, text, minor=edit.minor)
        change = Change(text, markup, kind, clean_summary(edit.summary) or words.summary_for(kind))
        page = page or writing.new_page(session, name)
        return writing.write(session, page, change, read, viewer=viewer, now=now)


def require_writing(session: Session, name: str, viewer: Viewer) -> None:
    """Return if ``viewer`` may write the page ``name`` as it is: one that is not there takes more than changing one.

    Raises: AccessDenied, NotFound.
    """
    there = select(Page.id).where(Page.name == name, Page.current_id.is_not(None))
    require(session, viewer, name, Level.EDIT if session.execute(there).first() else Level.CREATE)


def look_for(session: Session, name: str, *, viewer: Viewer) -> PageView:
    """The page as ``read_page`` finds it; one that may not be read is missing, as if it were not there."""
    try:
        return read_page(session, name, viewer=viewer)
    except NotFound:
        return _missing(session, name)


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
    """Make the page what it was at ``rev`` (seconds UTC), in the markup it had then; a deleted page comes back.

    Raises:
        NotFound: no such revision. And as ``save_page``.
    """
    settings = load_settings(session)
    old = read_page(session, name, viewer=viewer, rev=rev)
    require_writing(session, name, viewer)
    text = old.text if old.exists else ""
    _refuse_blocked(settings, text, summary)
    read = graph.read(name, text, settings, old.markup)
    with transaction(session):
        hold(session)
        page = writing.find(session, name)
        if page is None or writing.is_unchanged(session, page, text, old.markup):
            return Saved(name, None)
        kind: Kind = "revert" if text.strip() else "delete"
        change = Change(text, old.markup, kind, clean_summary(summary) or words.revert_summary(rev))
        return writing.write(session, page, change, read, viewer=viewer, now=now)


restore_page = revert_page


def _refuse_blocked(settings: WikiSettings, text: str, summary: str) -> None:
    """Raises: BlockedWords."""
    if found := blocked_in(settings.wordblock, text, summary):
        raise BlockedWords(words=found)


def _kind(page: Page | None, text: str, *, minor: bool) -> Kind:
    if not text.strip():
        return "delete"
    if page is None or page.current_id is None:
        return "create"
    return "minor" if minor else "edit"


def _markup_of(page: Page | None, name: str, wanted: Markup | None, settings: WikiSettings) -> Markup:
    """What a text saved as this page is written in. A deleted page that nobody says anything about keeps its own."""
    if page is None:
        return wanted or markup_for(name, settings)
    own = stored_markup(page.markup)
    return own if page.current_id is not None else wanted or own


def _view(session: Session, page: Page, revision: RevisionInfo, text_id: int | None) -> PageView:
    markup = revision.markup
    if revision.kind == "delete":
        return PageView(page.name, "", exists=False, text="", markup=markup, revision=revision, deleted=revision)
    text = load_text(session, text_id)
    hidden = page.hidden
    return PageView(page.name, page.title, exists=True, text=text, markup=markup, revision=revision, hidden=hidden)


def _missing(session: Session, name: str) -> PageView:
    markup = markup_for(name, load_settings(session))
    return PageView(name, "", exists=False, text="", markup=markup, revision=None)


def _follow(session: Session, name: str, viewer: Viewer, rev: int | None) -> PageView:
    leads_to = session.execute(
        select(Page.name).join(Redirect, Redirect.page_id == Page.id).where(Redirect.name == name)
    ).scalar_one_or_none()
    if leads_to is not None and level(session, viewer, leads_to) >= Level.READ:
        return read_page(session, leads_to, viewer=viewer, rev=rev)
    if rev is not None:
        raise NotFound(name=name)
    return _missing(session, name)
