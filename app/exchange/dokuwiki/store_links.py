"""The second half of storing pages, once all names are there: titles, links, and what renderings ask about.

Which pages wait for it stands in the database, as a link of a kind that nothing else has: a run that was killed goes
on where it was, and a page that is saved here in between waits no longer.
"""

from collections import Counter
from collections.abc import Collection, Sequence

from sqlalchemy import Row, Select, delete, func, insert, select
from sqlalchemy.orm import Session

from app.domain.markups import stored_markup
from app.domain.names import namespace_of, namespaces_above, natural_key
from app.domain.stretches import stretches
from app.domain.wiki_settings import WikiSettings
from app.exchange.dokuwiki.store_texts import CHUNK
from app.services import graph, texts
from app.services.askers import ASKED_CHOICE, forget_page_askers
from app.services.setting_rows import forget_settings, load_settings
from app.services.state import hold, touch
from app.store.database import transaction
from app.store.links import Dependency, Link, Rendered
from app.store.pages import Namespace, Page, Revision, Text
from app.store.rules import SpaceCount

WAITING = "waiting"  # the kind of the link that says so
BATCH = 200  # pages linked together

Current = Row[int, str, int | None, str, bytes]


def unlinked(session: Session, limit: int = BATCH) -> list[str]:
    """Names of pages that are stored and wait for their links, longest first; none left: the work is done."""
    query = select(Page.name).join(Link, Link.source_id == Page.id).where(Link.kind == WAITING)
    return list(session.execute(query.order_by(Page.id).limit(limit)).scalars())


def unlinked_number(session: Session) -> int:
    return session.execute(select(func.count()).select_from(Link).where(Link.kind == WAITING)).scalar_one()


def link_pages(session: Session, names: Sequence[str]) -> None:
    """Bring titles, links and questions of these pages in step with their texts, in one transaction.

    Raises: StorageFailed.
    """
    settings = load_settings(session)
    rows = session.execute(_current().where(Page.name.in_(names))).all()
    read = _read(rows, settings)  # before the transaction: nobody waits while texts are parsed
    with transaction(session):
        hold(session)
        forget_settings(session)
        if load_settings(session) != settings:
            read = _read(rows, load_settings(session))
        _store(session, rows, read)
        waiting = select(Page.id).where(Page.name.in_(names))
        session.execute(delete(Link).where(Link.kind == WAITING, Link.source_id.in_(waiting)))
        touch(session)


def let_wait(session: Session, page_ids: Collection[int]) -> None:
    """These pages have other texts now; inside the transaction that stored them."""
    session.execute(delete(Rendered).where(Rendered.page_id.in_(page_ids)))
    session.execute(delete(Link).where(Link.kind == WAITING, Link.source_id.in_(page_ids)))
    rows = [{"source_id": key, "kind": WAITING, "target": "", "position": 0} for key in page_ids]
    if rows:
        session.execute(insert(Link), rows)


def forget_links(session: Session, page_ids: Collection[int]) -> None:
    """These pages are deleted now; inside the transaction that stored it."""
    session.execute(delete(Rendered).where(Rendered.page_id.in_(page_ids)))
    session.execute(delete(Link).where(Link.source_id.in_(page_ids)))
    session.execute(delete(Dependency).where(Dependency.page_id.in_(page_ids)))


def came_or_went(session: Session, pages: Sequence[Page]) -> None:
    """Tell whoever asked about these pages, and count them: those that are there now came, the others went."""
    names = [page.name for page in pages]
    forget_page_askers(session, names)
    _count(session, [(page, 1 if page.current_id is not None else -1) for page in pages])
    # Their links may mean another page now. What waits itself chooses when its time comes.
    waits = select(Link.source_id).where(Link.kind == WAITING)
    asked = select(Dependency.page_id).where(Dependency.kind == ASKED_CHOICE, Dependency.target.in_(names))
    query = _current().where(Page.id.in_(asked), Page.id.not_in(waits)).order_by(Page.id).limit(BATCH)
    rows = session.execute(query).all()
    while rows:
        _store(session, rows, _read(rows, load_settings(session)))
        rows = session.execute(query.where(Page.id > rows[-1].id)).all() if len(rows) == BATCH else []


def _current() -> Select[int, str, int | None, str, bytes]:
    return (
        select(Page.id, Page.name, Page.current_id.label("revision_id"), Revision.markup, Text.packed)
        .join(Revision, Revision.id == Page.current_id)
        .join(Text, Text.id == Revision.text_id)
    )


def _read(rows: Sequence[Current], settings: WikiSettings) -> dict[int, graph.Read]:
    """By the page's key."""
    return {row.id: graph.read(row.name, texts.unpack(row.packed), settings, stored_markup(row.markup)) for row in rows}


def _store(session: Session, rows: Sequence[Current], read: dict[int, graph.Read]) -> None:
    """What was saved here since it was read is linked already."""
    revisions = {row.id: row.revision_id for row in rows}
    pages = session.execute(select(Page).where(Page.id.in_(revisions))).scalars()
    pairs = [(page, read[page.id]) for page in pages if page.current_id == revisions[page.id]]
    if pairs:
        graph.store_many(session, pairs)


def _count(session: Session, changes: Sequence[tuple[Page, int]]) -> None:
    """One page more or less in each namespace above them, and in each scope of it."""
    spaces: Counter[str] = Counter()
    scoped: Counter[tuple[str, int]] = Counter()
    for page, change in changes:
        for space in namespaces_above(page.name):
            spaces[space] += change
            if not page.hidden:
                scoped[space, page.scope_id] += change
    for some in stretches(sorted(spaces), CHUNK):
        _count_spaces(session, some, spaces)
        _count_scopes(session, some, scoped)
    session.flush()


def _count_spaces(session: Session, names: Sequence[str], changes: Counter[str]) -> None:
    rows = {row.name: row for row in session.execute(select(Namespace).where(Namespace.name.in_(names))).scalars()}
    for name in names:
        row = rows.get(name)
        number = changes[name] + (row.pages if row else 0)
        if row is None and number > 0:
            session.add(Namespace(name=name, parent=namespace_of(name), sort_key=natural_key(name), pages=number))
        elif row is not None and number > 0:
            row.pages = number
        elif row is not None:
            session.delete(row)


def _count_scopes(session: Session, names: Sequence[str], changes: Counter[tuple[str, int]]) -> None:
    query = select(SpaceCount).where(SpaceCount.namespace.in_(names))
    rows = {(row.namespace, row.scope_id): row for row in session.execute(query).scalars()}
    wanted = set(names)
    for key, change in changes.items():
        row = rows.get(key)
        number = change + (row.pages if row else 0)
        if key[0] not in wanted:
            continue
        if row is None and number > 0:
            session.add(SpaceCount(namespace=key[0], scope_id=key[1], pages=number))
        elif row is not None and number > 0:
            row.pages = number
        elif row is not None:
            session.delete(row)
