"""What undoing a person's changes comes to, page by page and file by file; nothing here changes anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, literal_column, not_, select
from sqlalchemy.orm import Session, aliased

from app.domain.markups import Markup, stored_markup
from app.domain.viewer import Viewer
from app.services.media_revisions import MediaInfo
from app.services.permissions import Level, level
from app.services.revisions import RevisionInfo, info
from app.store.accounts import Account
from app.store.pages import Page, Revision, Text

MOST_BYTES = 16 * 1024 * 1024  # of texts brought back at once: all are read before anything is locked
Act = Literal["revert", "delete"]
Reason = Literal["changed", "same", "rights", "no text", "no bytes", "meanwhile"]


@dataclass(frozen=True, slots=True)
class Who:
    """Whose changes: those of a login, or those made at an address by whoever was not signed in."""

    login: str = ""
    address: str = ""

    def made(self, author: str, address: str) -> bool:
        return author == self.login if self.login else not author and address == self.address


@dataclass(frozen=True, slots=True)
class Span:
    """Which of them: seconds UTC, both ends included; ``namespace`` "" for the whole wiki."""

    since: int = 0
    until: int | None = None
    namespace: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """What undoing does to a page at revision ``newest``. ``back_to`` None: it was not there before them."""

    page_id: int
    name: str
    title: str
    newest: int
    act: Act
    back_to: RevisionInfo | None
    markup: Markup
    text_id: int | None


@dataclass(frozen=True, slots=True)
class FileStep:
    """What undoing does to a file at revision ``newest``. ``back_to`` None: it was not there before them."""

    media_id: int
    name: str
    newest: int
    act: Act
    back_to: MediaInfo | None


@dataclass(frozen=True, slots=True)
class Left:
    """A page or file that is left alone, and why."""

    name: str
    title: str
    reason: Reason
    is_file: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """``more``: there are pages or files beyond what is undone at once."""

    steps: tuple[Step, ...]
    left: tuple[Left, ...]
    more: bool
    files: tuple[FileStep, ...] = ()


def theirs(table: type[Revision], who: Who, since: int) -> ColumnElement[bool]:
    """Written as the indexes of ``revision`` have it: the second one holds only rows without an author."""
    if who.login:
        return and_(table.author == who.login, table.time >= since)
    nobody: ColumnElement[str] = literal_column("''")
    return and_(table.author == nobody, table.address == who.address, table.time >= since)


def steps_of(session: Session, who: Who, since: int, ids: Sequence[int], viewer: Viewer) -> Plan:
    """Two queries, however many pages."""
    steps: list[Step] = []
    left: list[Left] = []
    size = 0
    for row in _rows(session, who, since, ids):
        page, newest, old, author, bytes_ = row
        step = Step(
            page_id=page.id,
            name=page.name,
            title=page.title,
            newest=newest.id,
            act="delete" if old is None or old.kind == "delete" else "revert",
            back_to=None if old is None else info(old, author, page.latest_id),
            markup=stored_markup(page.markup if old is None else old.markup),
            text_id=None if old is None or old.kind == "delete" else old.text_id,
        )
        obstacle = _reason(who, since, page, newest, step)
        if not obstacle and level(session, viewer, page.name) < Level.EDIT:
            obstacle = "rights"
        if obstacle:
            left.append(Left(page.name, page.title, obstacle))
            continue
        size += bytes_ or 0
        if steps and size > MOST_BYTES:
            return Plan(tuple(steps), tuple(left), more=True)
        steps.append(step)
    return Plan(tuple(steps), tuple(left), more=False)


def _reason(who: Who, since: int, page: Page, newest: Revision, step: Step) -> Reason | None:
    """Why a page is left alone whoever asks; None: it is not."""
    if not who.made(newest.author, newest.address) or newest.time < since:
        return "changed"
    if step.act == "delete":
        return "same" if page.current_id is None else None
    if step.text_id is None:
        return "no text"
    is_same = page.current_id is not None and (newest.text_id, newest.markup) == (step.text_id, step.markup)
    return "same" if is_same else None


_Row = tuple[Page, Revision, Revision | None, str | None, int | None]


def _rows(session: Session, who: Who, since: int, ids: Sequence[int]) -> list[_Row]:
    """Each page with its newest revision and the newest that is not to be undone, its author's name and its size."""
    newest, old, candidate = aliased(Revision), aliased(Revision), aliased(Revision)
    back_to = (
        select(candidate.id)
        .where(candidate.page_id == Page.id, not_(theirs(candidate, who, since)))
        .order_by(candidate.time.desc(), candidate.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(Page, newest, old, Account.name, Text.size)
        .join(newest, newest.id == Page.latest_id)
        .outerjoin(old, old.id == back_to)
        .outerjoin(Account, Account.login == old.author)
        .outerjoin(Text, Text.id == old.text_id)
        .where(Page.id.in_(ids))
        .order_by(Page.sort_key, Page.id)
    )
    rows: Any = session.execute(query).all()  # what an outer join may lack, its types do not say
    return list(rows)
