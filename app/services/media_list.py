"""Files of a namespace and of the whole wiki, in stretches; files found by name; their neighbours."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import Session

from app.domain.names import namespace_of, natural_key
from app.domain.viewer import Viewer
from app.domain.wiki_tables import file_types
from app.services.media import MediaView, media_view
from app.services.media_revisions import UPLOADED_BY
from app.services.paging import Slice, bounded, cut
from app.services.permissions import Level, counted_for, level, listed_to, visible_to
from app.services.setting_rows import load_settings
from app.store.accounts import Account
from app.store.media import Media, MediaRevision, MediaSpace

Order = Literal["name", "date", "size"]
Shown = Literal["", "picture", "sound", "film", "other"]
ORDERS: tuple[Order, ...] = ("name", "date", "size")
MAX_SPACES = 1000
LONGEST_SEARCH = 200
_Files = Select[Media, MediaRevision, str]
_KINDS = {"picture": "image/", "sound": "audio/", "film": "video/"}


@dataclass(frozen=True, slots=True)
class FileQuery:
    """What of the files is asked for. ``order``: names run upwards, dates and sizes downwards; ``backwards`` turns it.

    ``search``: part of the name, or a pattern with ``*`` and ``?`` for the whole last part of it; then all below
    ``namespace`` is looked through, otherwise what lies directly in it.
    """

    namespace: str = ""
    order: Order = "name"
    backwards: bool = False
    shown: Shown = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class FileSpace:
    """A namespace below another; ``files``: how many that the viewer may see lie in it at any depth."""

    name: str
    files: int


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The files before and after one in its namespace, in natural order; None at the ends."""

    before: str | None
    after: str | None


def list_media(
    session: Session, asked: FileQuery, *, viewer: Viewer, after: str | None = None, limit: int = 50
) -> Slice[MediaView]:
    """``after``: the ``mark`` of the last one of the stretch before. One query, however many there are."""
    query = _files(session, viewer).where(*_chosen(asked))
    columns = _columns(asked.order)
    is_rising = (asked.order == "name") != asked.backwards
    if after is not None:
        query = query.where(_behind(columns, _place(after, asked.order), is_rising=is_rising))
    query = query.order_by(*(column if is_rising else column.desc() for column in columns))
    return _views(session, query, limit)


def mark(view: MediaView, order: Order) -> str:
    """Where a list ordered so continues behind ``view``; fit for an address."""
    if order == "name":
        return view.name
    return f"{view.changed_at if order == 'date' else view.size}-{view.media_id}"


def all_media(session: Session, *, viewer: Viewer) -> Iterator[MediaView]:
    """Every file in natural order, read in stretches."""
    after: str | None = None
    while True:
        query = _files(session, viewer, listed=False).order_by(Media.sort_key)
        if after is not None:
            query = query.where(Media.sort_key > after)
        found = _views(session, query, 200)
        yield from found.items
        if not found.more:
            return
        after = natural_key(found.items[-1].name)


def file_spaces(session: Session, namespace: str, *, viewer: Viewer) -> tuple[FileSpace, ...]:
    """The namespaces directly below ``namespace`` that hold files, in natural order; at most 1,000."""
    rows = session.execute(
        select(MediaSpace.namespace, func.sum(MediaSpace.files))
        .where(MediaSpace.parent == namespace, counted_for(session, viewer, MediaSpace))
        .group_by(MediaSpace.namespace, MediaSpace.sort_key)
        .order_by(MediaSpace.sort_key)
        .limit(MAX_SPACES)
    )
    sneaky = load_settings(session).sneaky_index
    found = (FileSpace(name, files) for name, files in rows)
    return tuple(one for one in found if not sneaky or level(session, viewer, f"{one.name}:*") >= Level.READ)


def neighbours(session: Session, name: str, *, viewer: Viewer) -> Neighbours:
    """Those of ``name`` that the viewer may see; two looks into an index."""
    key, query = natural_key(name), _names(session, viewer).where(Media.namespace == namespace_of(name))
    before = query.where(Media.sort_key < key).order_by(Media.sort_key.desc()).limit(1)
    after = query.where(Media.sort_key > key).order_by(Media.sort_key).limit(1)
    return Neighbours(session.execute(before).scalar_one_or_none(), session.execute(after).scalar_one_or_none())


def _names(session: Session, viewer: Viewer) -> Select[str]:
    return select(Media.name).where(Media.current_id.is_not(None), listed_to(session, viewer, Media))


def _files(session: Session, viewer: Viewer, *, listed: bool = True) -> _Files:
    sight = listed_to if listed else visible_to
    return (
        select(Media, MediaRevision, Account.name)
        .join(MediaRevision, MediaRevision.id == Media.current_id)
        .outerjoin(Account, UPLOADED_BY)
        .where(sight(session, viewer, Media))
    )


def _chosen(asked: FileQuery) -> Iterator[ColumnElement[bool]]:
    search = asked.search.strip().lower()[:LONGEST_SEARCH]
    if not search:
        yield Media.namespace == asked.namespace
    else:
        if asked.namespace:
            yield Media.name.startswith(f"{asked.namespace}:", autoescape=True)
        yield _named(search)
    if asked.shown:
        kinds = [MediaRevision.mime.startswith(begin) for begin in _KINDS.values()]
        own = _KINDS.get(asked.shown)
        yield from [MediaRevision.mime.startswith(own)] if own else [~kind for kind in kinds]


def _named(search: str) -> ColumnElement[bool]:
    """A part of the name; with ``*`` or ``?`` a pattern that the name must fit from some colon to its end."""
    if not frozenset("*?") & frozenset(search):
        return Media.name.contains(search, autoescape=True)
    escaped = re.sub(r"([%_/])", r"/\1", search)
    pattern = escaped.replace("*", "%").replace("?", "_")
    return Media.name.like(pattern, escape="/") | Media.name.like(f"%:{pattern}", escape="/")


def _columns(order: Order) -> tuple[Any, ...]:
    if order == "name":
        return (Media.sort_key,)
    return (Media.changed_at if order == "date" else Media.size), Media.id


def _behind(columns: tuple[Any, ...], there: tuple[Any, ...], *, is_rising: bool) -> ColumnElement[bool]:
    place, last = (columns[0], there[0]) if len(columns) == 1 else (tuple_(*columns), there)
    return place > last if is_rising else place < last


def _place(after: str, order: Order) -> tuple[Any, ...]:
    """What ``mark`` wrote, read; nonsense begins at the beginning or finds nothing."""
    if order == "name":
        return (natural_key(after),)
    number, _, key = after.partition("-")
    return tuple(int(part) if part.isascii() and part.isdigit() and len(part) < 16 else 0 for part in (number, key))


def _views(session: Session, query: _Files, limit: int) -> Slice[MediaView]:
    limit = bounded(limit)
    types = file_types(load_settings(session))
    rows = session.execute(query.limit(limit + 1))
    return cut([media_view(row, revision, author, types) for row, revision, author in rows], limit)
