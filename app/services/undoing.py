"""Undoing what one person did: their changes in a list, what undoing would do, and doing it as one change.

Undone is what they did to a page from its newest change back to the last one that is not theirs (or older than asked
for). A page that somebody else changed since is left alone: what they wrote may build on it. Nothing is lost: each page
gets an ordinary revision.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session, aliased

from app.domain.errors import AccessDenied, NotFound
from app.domain.texts import clean_summary
from app.domain.viewer import Viewer
from app.services import audit, graph, words, writing
from app.services.media_revisions import UPLOADED_BY, MediaInfo, media_info
from app.services.paging import Slice, bounded, cut
from app.services.permissions import is_manager, visible_to
from app.services.recent import RecentMark, behind
from app.services.revisions import WRITTEN_BY, Kind, RevisionInfo, info
from app.services.setting_rows import load_settings
from app.services.state import hold
from app.services.texts import load_texts
from app.services.undo_files import changed_files, chosen, expected_files, file_steps, undo_files
from app.services.undo_plans import FileStep, Left, Plan, Span, Step, Who, steps_of, theirs
from app.store.accounts import Account
from app.store.database import transaction
from app.store.media import Media, MediaRevision
from app.store.pages import Page, Revision

MOST_PAGES = 500  # at once
MOST_CHANGES = 20_000  # looked through for pages


@dataclass(frozen=True, slots=True)
class Made:
    """One change of a page or file. ``revision.current``: it is its newest. ``mark.key``: the revision's."""

    name: str
    title: str
    revision: RevisionInfo | MediaInfo
    mark: RecentMark

    @property
    def is_file(self) -> bool:
        return self.mark.kind == "file"


@dataclass(frozen=True, slots=True)
class Names:
    """Which pages and files."""

    pages: Sequence[str] = ()
    files: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Expected:
    """Keys of the newest revisions of pages and files, as they were when somebody looked."""

    pages: Sequence[int] = ()
    files: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Undone:
    steps: tuple[Step, ...]
    left: tuple[Left, ...]
    files: tuple[FileStep, ...] = ()


def changes_of(
    session: Session, who: Who, span: Span, *, viewer: Viewer, before: RecentMark | None = None, limit: int = 50
) -> Slice[Made]:
    """Their changes of what the viewer may read, newest first; two queries a stretch. Raises: AccessDenied."""
    _check(session, who, viewer)
    limit = bounded(limit)
    made = [
        *_made_of_pages(session, _chosen(session, who, span, viewer), before, limit + 1),
        *_made_of_files(session, chosen(session, who, span, viewer), before, limit + 1),
    ]
    made.sort(key=lambda one: (one.mark.time, one.mark.kind == "page", one.mark.key), reverse=True)
    return cut(made[: limit + 1], limit)


def _made_of_pages(
    session: Session, which: list[ColumnElement[bool]], before: RecentMark | None, limit: int
) -> Iterator[Made]:
    query = (
        select(Page, Revision, Account.name)
        .join(Revision, Revision.page_id == Page.id)
        .outerjoin(Account, WRITTEN_BY)
        .where(*which)
        .order_by(Revision.time.desc(), Revision.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(behind(before, "page", Revision.time, Revision.id))
    for page, revision, author in session.execute(query):
        mark = RecentMark(revision.time, "page", revision.id)
        yield Made(page.name, page.title, info(revision, author, page.latest_id), mark)


def _made_of_files(
    session: Session, which: list[ColumnElement[bool]], before: RecentMark | None, limit: int
) -> Iterator[Made]:
    query = (
        select(Media, MediaRevision, Account.name)
        .join(MediaRevision, MediaRevision.media_id == Media.id)
        .outerjoin(Account, UPLOADED_BY)
        .where(*which)
        .order_by(MediaRevision.time.desc(), MediaRevision.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(behind(before, "file", MediaRevision.time, MediaRevision.id))
    for file, revision, author in session.execute(query):
        mark = RecentMark(revision.time, "file", revision.id)
        yield Made(file.name, "", media_info(revision, author, file.latest_id), mark)


def plan(session: Session, who: Who, span: Span, *, viewer: Viewer, names: Names | None = None) -> Plan:
    """What undoing their changes in ``span`` would do, of the pages and files ``names`` only or (None) of all.

    Raises: AccessDenied.
    """
    _check(session, who, viewer)
    changed = (
        select(Revision.page_id, Revision.time)
        .join(Page, Page.id == Revision.page_id)
        .where(*_chosen(session, who, span, viewer))
        .order_by(Revision.time.desc(), Revision.id.desc())
        .limit(MOST_CHANGES)
    )
    if names is not None:
        changed = changed.where(Page.name.in_(sorted(set(names.pages))[: MOST_PAGES + 1]))
    found = changed.subquery()
    last, newest = func.max(found.c.time), aliased(Revision)
    # Theirs first: pages that were undone already, or changed since, must not stand before those still to be undone.
    rank = case((theirs(newest, who, span.since), 0), else_=1)
    pages = (
        select(found.c.page_id, rank)
        .join(Page, Page.id == found.c.page_id)
        .join(newest, newest.id == Page.latest_id)
        .group_by(found.c.page_id, rank)
        .order_by(rank, last.desc(), found.c.page_id.desc())
        .limit(MOST_PAGES + 1)
    )
    rows = session.execute(pages).all()
    outcome = steps_of(session, who, span.since, [page_id for page_id, _ in rows[:MOST_PAGES]], viewer)
    keys, more_files = changed_files(session, who, span, viewer, None if names is None else names.files)
    files, left = file_steps(session, who, span.since, keys, viewer)
    more = outcome.more or more_files or any(rank == 0 for _, rank in rows[MOST_PAGES:])
    return replace(outcome, files=tuple(files), left=(*outcome.left, *left), more=more)


def undo(  # noqa: PLR0913 what was looked at comes along
    session: Session, who: Who, expected: Expected, *, since: int = 0, summary: str = "", viewer: Viewer, now: int
) -> Undone:
    """Do what ``plan`` said to the pages and files whose newest revisions are ``expected``, all together or not at all.

    What changed meanwhile is left alone, and told.

    Raises:
        AccessDenied: no manager.
        BadText: of the summary.
        StorageFailed: nothing was stored.
    """
    _check(session, who, viewer)
    settings, note = load_settings(session), clean_summary(summary) or words.undone_summary(who.login or who.address)
    ids, meanwhile = _expected(session, expected.pages, viewer)
    file_ids, files_meanwhile = expected_files(session, expected.files, viewer)
    planned = steps_of(session, who, since, ids, viewer)
    files, files_left = file_steps(session, who, since, file_ids, viewer)
    texts = load_texts(session, {step.text_id for step in planned.steps if step.text_id is not None})
    reads = {  # the slow part, before anything is locked
        step.page_id: graph.read(step.name, _text(step, texts), settings, step.markup) for step in planned.steps
    }
    with transaction(session):
        hold(session)
        done, late = _undo_pages(session, planned.steps, texts, reads, (note, viewer, now))
        done_files, late_files = undo_files(session, files, note, viewer=viewer, now=now)
        if done or done_files:
            names = ([step.name for step in done], [step.name for step in done_files])
            _record(session, who, names, note, viewer, now)
    left = (*planned.left, *files_left, *meanwhile, *late, *files_meanwhile, *late_files)
    return Undone(tuple(done), left, tuple(done_files))


def _undo_pages(
    session: Session,
    planned: Sequence[Step],
    texts: dict[int, str],
    reads: dict[int, graph.Read],
    how: tuple[str, Viewer, int],
) -> tuple[list[Step], list[Left]]:
    note, viewer, now = how
    steps = {step.page_id: step for step in planned}
    done: list[Step] = []
    meanwhile: list[Left] = []
    for page in session.execute(select(Page).where(Page.id.in_(steps)).order_by(Page.id)).scalars().all():
        step = steps[page.id]
        if (page.latest_id, page.name) != (step.newest, step.name):
            meanwhile.append(Left(page.name, page.title, "meanwhile"))
            continue
        text = _text(step, texts)
        kind: Kind = "revert" if text.strip() else "delete"
        change = writing.Change(text, step.markup, kind, note)
        writing.write(session, page, change, reads[page.id], viewer=viewer, now=now)
        done.append(step)
    return done, meanwhile


def _check(session: Session, who: Who, viewer: Viewer) -> None:
    if not is_manager(session, viewer):
        raise AccessDenied(what="see and undo all changes of a person")
    # A zero byte in a question is an error of PostgreSQL's own; nobody is called so.
    if bool(who.login) == bool(who.address) or not (who.login + who.address).isprintable():
        raise NotFound(name=who.login or who.address)


def _chosen(session: Session, who: Who, span: Span, viewer: Viewer) -> list[ColumnElement[bool]]:
    which = [theirs(Revision, who, span.since), visible_to(session, viewer, Page)]
    if span.until is not None:
        which.append(Revision.time <= span.until)
    if span.namespace:
        which.append(Page.name.startswith(f"{span.namespace}:", autoescape=True))
    return which


def _expected(session: Session, expected: Iterable[int], viewer: Viewer) -> tuple[list[int], list[Left]]:
    """Keys of the pages whose newest revision is among ``expected``, and those where it was when somebody looked."""
    known = list(dict.fromkeys(expected))[:MOST_PAGES]
    rows = session.execute(
        select(Page, Revision.id)
        .join(Revision, Revision.page_id == Page.id)
        .where(Revision.id.in_(known), visible_to(session, viewer, Page))
    ).all()
    here = [page.id for page, revision in rows if page.latest_id == revision]
    gone = [Left(page.name, page.title, "meanwhile") for page, _ in rows if page.id not in set(here)]
    return here, list(dict.fromkeys(gone))


def _text(step: Step, texts: dict[int, str]) -> str:
    return "" if step.text_id is None else texts[step.text_id]


def _record(
    session: Session, who: Who, names: tuple[list[str], list[str]], note: str, viewer: Viewer, now: int
) -> None:
    target = f"account:{who.login}" if who.login else f"address:{who.address}"
    pages, files = names
    after = {"pages": pages, "files": files, "summary": note}
    audit.record(session, viewer, target, "edits.undo", audit.Change(after=after), now=now)
