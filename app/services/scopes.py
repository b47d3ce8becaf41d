"""Which scope each page and file lies in, kept in step with the rules; and what ``hidepages`` keeps out of lists."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Row, delete, false, insert, or_, select, update
from sqlalchemy.orm import Session

from app.domain.hiding import is_hidden
from app.domain.names import namespace_of, namespaces_above, natural_key
from app.domain.scopes import Scopes
from app.domain.stretches import stretches
from app.domain.wiki_settings import WikiSettings
from app.services.askers import forget_all_media_askers, forget_page_askers
from app.services.rulebook import renew, rulebook
from app.services.setting_rows import load_settings
from app.store.media import Media, MediaSpace
from app.store.pages import Page
from app.store.rules import AclScope, SpaceCount

CHUNK = 1000  # rows looked at together
MOST_CONDITIONS = 50  # changed scopes that are looked for one by one; more, and every row is looked at
Rows = Sequence[Row[int, str, int, bool, int | None]]
Count = tuple[str, int]  # namespace, scope


@dataclass(frozen=True, slots=True)
class Placed:
    """A row that moved to another scope or in or out of lists."""

    id: int
    name: str
    scope_id: int
    hidden: bool


def place(session: Session, row: Page | Media) -> None:
    """Give a new page or file its scope; inside the transaction that holds the wiki and makes it."""
    place_all(session, [row])


def place_all(session: Session, rows: Sequence[Page | Media]) -> None:
    """The same for many, with as many statements as for one."""
    scopes, settings = rulebook(session, fresh=True).scopes, load_settings(session)
    wanted = [scopes.of_page(row.name) if isinstance(row, Page) else scopes.of_media(row.name) for row in rows]
    keys = _keys(session, sorted(set(wanted)))
    for row, scope in zip(rows, wanted, strict=True):
        row.scope_id = keys[scope]
        row.hidden = is_hidden(row.name, settings)


def count(session: Session, row: Page | Media, change: int) -> None:
    """One more (1) or less (-1) of its scope in each namespace above it; what is in no list counts nowhere."""
    count_all(session, type(row), [(row, change)])


def count_all(session: Session, table: type[Page | Media], changes: Iterable[tuple[Page | Media, int]]) -> None:
    """The same for many of one table."""
    counts: Counter[Count] = Counter()
    for row, change in changes:
        if not row.hidden:
            for space in namespaces_above(row.name):
                counts[space, row.scope_id] += change
    _add(session, table, counts)


def place_again(session: Session, changed: Iterable[str] | None, settings: WikiSettings) -> None:
    """Put pages and files where the rules, as they are now, want them; inside the transaction that changed these.

    ``changed``: the scopes that came or went; None: look at every row (``settings.hidepages`` is another one).
    """
    scopes = rulebook(session, fresh=True).scopes
    for table in (Page, Media):
        counts: Counter[Count] = Counter()
        for rows in _chunks(session, table, changed):
            moved = _moved(session, table, rows, scopes, settings)
            _recount(counts, rows, moved)
            if moved:
                _store(session, table, moved)
        _add(session, table, counts)


def _moved(
    session: Session,
    table: type[Page | Media],
    rows: Rows,
    scopes: Scopes,
    settings: WikiSettings,
) -> dict[int, Placed]:
    scope_of = scopes.of_page if table is Page else scopes.of_media
    wanted = {row.id: scope_of(row.name) for row in rows}
    keys = _keys(session, sorted(set(wanted.values())))
    placed = (Placed(row.id, row.name, keys[wanted[row.id]], is_hidden(row.name, settings)) for row in rows)
    return {
        new.id: new
        for new, row in zip(placed, rows, strict=True)
        if (new.scope_id, new.hidden) != (row.scope_id, row.hidden)
    }


def _recount(counts: Counter[Count], rows: Rows, moved: Mapping[int, Placed]) -> None:
    for row in rows:
        new = moved.get(row.id)
        if new is None or row.current_id is None:
            continue
        for space in namespaces_above(row.name):
            if not row.hidden:
                counts[space, row.scope_id] -= 1
            if not new.hidden:
                counts[space, new.scope_id] += 1


def _store(session: Session, table: type[Page | Media], moved: Mapping[int, Placed]) -> None:
    values = [{"id": new.id, "scope_id": new.scope_id, "hidden": new.hidden} for new in moved.values()]
    session.execute(update(table), values)
    # A kept body says which scopes its targets lie in.
    if table is Page:
        forget_page_askers(session, [new.name for new in moved.values()])
    else:
        forget_all_media_askers(session)


def _chunks(session: Session, table: type[Page | Media], changed: Iterable[str] | None) -> Iterator[Rows]:
    current = table.current_id
    query = select(table.id, table.name, table.scope_id, table.hidden, current).order_by(table.id).limit(CHUNK)
    which = touched(table, changed)
    if which is not None:
        query = query.where(which)
    last = 0
    while True:
        rows = session.execute(query.where(table.id > last)).all()
        if rows:
            yield rows
        if len(rows) < CHUNK:
            return
        last = rows[-1].id


def touched(table: type[Page | Media], changed: Iterable[str] | None) -> ColumnElement[bool] | None:
    """Rows that one of the scopes may be about; None: all of them."""
    scopes = None if changed is None else sorted(set(changed))
    if scopes is None or len(scopes) > MOST_CONDITIONS or any(scope == "*" or "%" in scope for scope in scopes):
        return None
    spaces = [scope[:-1] for scope in scopes if scope.endswith(":*")]
    inside = (table.name.startswith(space, autoescape=True) for space in spaces)
    return or_(false(), table.name.in_([scope for scope in scopes if not scope.endswith(":*")]), *inside)


def _keys(session: Session, names: Sequence[str]) -> dict[str, int]:
    """The keys of these scopes; new ones are made, and then everybody has to learn of them."""
    rows = session.execute(select(AclScope.name, AclScope.id).where(AclScope.name.in_(names)))
    known = dict(rows.all())
    missing = [name for name in names if name not in known]
    if missing:
        session.add_all(AclScope(name=name) for name in missing)
        session.flush()
        renew(session)
        rows = session.execute(select(AclScope.name, AclScope.id).where(AclScope.name.in_(missing)))
        known |= dict(rows.all())
    return known


def _add(session: Session, table: type[Page | Media], changes: Mapping[Count, int]) -> None:
    """Add to the counts of namespaces, few statements however many; those that come to 0 go."""
    counted = SpaceCount if table is Page else MediaSpace
    number = SpaceCount.pages if table is Page else MediaSpace.files
    by_scope: dict[int, dict[str, int]] = {}
    for (namespace, scope_id), change in changes.items():
        if change:
            by_scope.setdefault(scope_id, {})[namespace] = change
    new: list[dict[str, object]] = []
    for scope_id, spaces in by_scope.items():
        names = sorted(spaces)
        for some in stretches(names, CHUNK):
            which = (counted.scope_id == scope_id) & counted.namespace.in_(some)
            for namespace, before in session.execute(select(counted.namespace, number).where(which)):
                spaces[namespace] += before
            session.execute(delete(counted).where(which))
        new += [_counted(table, name, scope_id, spaces[name]) for name in names if spaces[name] > 0]
    if new:
        session.execute(insert(counted), new)


def _counted(table: type[Page | Media], namespace: str, scope_id: int, number: int) -> dict[str, object]:
    if table is Page:
        return {"namespace": namespace, "scope_id": scope_id, "pages": number}
    return {
        "namespace": namespace,
        "scope_id": scope_id,
        "parent": namespace_of(namespace),
        "sort_key": natural_key(namespace),
        "files": number,
    }
