"""The list of people: looked through by any column, sorted by any, in stretches or as a whole."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.domain.viewer import Viewer
from app.services.accounts import AccountInfo, infos
from app.services.paging import Slice, bounded, cut
from app.services.permissions import Level, require
from app.services.stages import has_step
from app.store.accounts import Account, Group, Membership

BATCH = 500
MOST_WORDS = 5
STATES = ("active", "disabled", "waiting")
OURS = "here"
DOORS = (OURS, "oidc", "ldap", "header")  # what an account was made by


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """Which people; "" and None: all. Each of ``words`` stands in login, name or mail.

    ``state`` and ``door`` as in ``STATES`` and ``DOORS``; since <= time < until, in seconds; ``never``: who never
    signed in, or only who did.
    """

    words: str = ""
    login: str = ""
    name: str = ""
    mail: str = ""
    group: str = ""
    state: str = ""
    door: str = ""
    second_step: bool | None = None
    never: bool | None = None
    created_since: int | None = None
    created_until: int | None = None
    seen_since: int | None = None
    seen_until: int | None = None


EVERYBODY = PeopleFilter()


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the list. ``second_step``: one is set up."""

    person: AccountInfo
    second_step: bool


@dataclass(frozen=True, slots=True)
class People:
    """A stretch of the list, and how many there are in all."""

    slice: Slice[Listed]
    total: int


_FIRST_GROUP = (
    select(func.min(Group.name))
    .join(Membership, Membership.group_id == Group.id)
    .where(Membership.account_id == Account.id)
    .scalar_subquery()
)
SORTS: dict[str, ColumnElement[Any] | InstrumentedAttribute[Any]] = {
    "login": Account.login,
    "name": Account.name,
    "mail": Account.mail,
    "groups": func.coalesce(_FIRST_GROUP, ""),
    "state": case((Account.active, 0), (Account.waits_for != "", 1), else_=2),
    "step": case((has_step(), 0), else_=1),
    "door": Account.door,
    "created": Account.created_at,
    "seen": func.coalesce(Account.seen_at, 0),
}


def list_people(
    session: Session,
    which: PeopleFilter = EVERYBODY,
    *,
    by: Viewer,
    sort: str = "login",
    start: int = 0,
    limit: int = 50,
) -> People:
    """``sort`` as in ``SORTS``, ``-`` in front turns it round. Raises: AccessDenied."""
    require(session, by, "*", Level.ADMIN)
    limit = bounded(limit)
    column = SORTS.get(sort.removeprefix("-"), Account.login)
    order = column.desc() if sort.startswith("-") else column.asc()
    query = _where(select(Account, has_step()), which).order_by(order, Account.login)
    rows = session.execute(query.offset(start).limit(limit + 1)).all()
    people = infos(session, [row[0] for row in rows])
    listed = [Listed(person, bool(row[1])) for person, row in zip(people, rows, strict=True)]
    return People(cut(listed, limit, start), count_people(session, which, by=by))


def count_people(session: Session, which: PeopleFilter = EVERYBODY, *, by: Viewer) -> int:
    """Raises: AccessDenied."""
    require(session, by, "*", Level.ADMIN)
    count: int = session.execute(_where(select(func.count()).select_from(Account), which)).scalar_one()
    return count


def all_people(session: Session, which: PeopleFilter = EVERYBODY, *, by: Viewer) -> Iterator[AccountInfo]:
    """All of them by login, some at a time. Raises: AccessDenied, at once."""
    require(session, by, "*", Level.ADMIN)
    return _batches(session, which)


def _batches(session: Session, which: PeopleFilter) -> Iterator[AccountInfo]:
    query = _where(select(Account), which).order_by(Account.login).limit(BATCH)
    people = infos(session, session.execute(query).scalars().all())
    while people:
        yield from people
        people = infos(session, session.execute(query.where(Account.login > people[-1].login)).scalars().all())


def _where(query: Select[*tuple[Any, ...]], which: PeopleFilter) -> Select[*tuple[Any, ...]]:
    return query.where(*_holding(which), *_being(which), *_between(which))


def _holding(which: PeopleFilter) -> Iterator[ColumnElement[bool]]:
    """By what stands in the columns of text."""
    columns = (Account.login, Account.name, Account.mail)
    for word in _asked(which.words).split()[:MOST_WORDS]:
        yield or_(*(column.icontains(word, autoescape=True) for column in columns))
    for column, text in zip(columns, (which.login, which.name, which.mail), strict=True):
        if text:
            yield column.icontains(_asked(text), autoescape=True)


def _being(which: PeopleFilter) -> Iterator[ColumnElement[bool]]:
    if which.group:
        named = Group.name == _asked(which.group)
        yield Account.id.in_(select(Membership.account_id).join(Group, Group.id == Membership.group_id).where(named))
    if which.state == "active":
        yield Account.active.is_(True)
    elif which.state in STATES:
        yield Account.active.is_(False) & (
            (Account.waits_for != "") if which.state == "waiting" else (Account.waits_for == "")
        )
    if which.door:
        yield Account.door == ("" if which.door == OURS else _asked(which.door))
    if which.second_step is not None:
        yield has_step() if which.second_step else ~has_step()


def _between(which: PeopleFilter) -> Iterator[ColumnElement[bool]]:
    if which.never is not None:
        yield Account.seen_at.is_(None) if which.never else Account.seen_at.is_not(None)
    if which.created_since is not None:
        yield Account.created_at >= which.created_since
    if which.created_until is not None:
        yield Account.created_at < which.created_until
    if which.seen_since is not None:
        yield Account.seen_at >= which.seen_since
    if which.seen_until is not None:
        yield Account.seen_at < which.seen_until


def _asked(text: str) -> str:
    """A zero byte in a question is an error of PostgreSQL's own; no name holds such signs either way."""
    return "".join(sign if sign.isprintable() else " " for sign in text)
