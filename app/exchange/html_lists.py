"""Lists that a site of plain files shows whole, read in stretches."""

from collections.abc import Iterator

from sqlalchemy import select

from app.domain.names import namespace_of, namespaces_above, natural_key
from app.exchange.leaving import Leaving
from app.services.links import Backlink, backlinks
from app.services.media import MediaView
from app.services.media_list import FileQuery, list_media, mark
from app.services.permissions import Level, level, listed_to
from app.store.media import Media
from app.store.pages import Page


def spaces_of(out: Leaving) -> dict[str, list[str]]:
    """As the wiki's own index: a closed namespace closes what lies in it where the setting ``sneaky_index`` says so."""
    every: set[str] = set()
    for table in (Page, Media):
        seen = table.current_id.is_not(None), listed_to(out.session, out.viewer, table)
        rows = out.session.execute(select(table.namespace).distinct().where(*seen)).scalars()
        every |= {space for own in rows if own for space in (own, *namespaces_above(own))}
    if out.settings.sneaky_index:
        closed = {space for space in every if level(out.session, out.viewer, f"{space}:*") < Level.READ}
        every = {space for space in every if closed.isdisjoint((space, *namespaces_above(space)))}
    found: dict[str, list[str]] = {"": []}
    for space in sorted(every, key=natural_key):
        found.setdefault(space, [])
    for space in list(found)[1:]:
        found[namespace_of(space)].append(space)
    return found


def all_backlinks(out: Leaving, name: str) -> Iterator[Backlink]:
    after: str | None = None
    while True:
        found = backlinks(out.session, name, viewer=out.viewer, after=after, limit=200)
        yield from found.items
        if not found.more:
            return
        after = natural_key(found.items[-1].name)


def files_in(out: Leaving, space: str) -> Iterator[MediaView]:
    after: str | None = None
    while True:
        found = list_media(out.session, FileQuery(space), viewer=out.viewer, after=after, limit=200)
        yield from found.items
        if not found.more:
            return
        after = mark(found.items[-1], "name")


def pages_in(out: Leaving, space: str) -> Iterator[tuple[str, str]]:
    """Name and title of each page directly in ``space``."""
    after = ""
    query = select(Page.name, Page.title, Page.sort_key).where(
        Page.namespace == space, Page.current_id.is_not(None), listed_to(out.session, out.viewer, Page)
    )
    while rows := out.session.execute(query.where(Page.sort_key > after).order_by(Page.sort_key).limit(1000)).all():
        yield from ((row.name, row.title) for row in rows)
        after = rows[-1].sort_key
