"""Rows of pages and files that come in by their names, found or made many at a time."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.domain.stretches import stretches
from app.exchange.dokuwiki.store_texts import CHUNK
from app.services.scopes import place_all
from app.store.media import Media
from app.store.pages import Page

Row = TypeVar("Row", Page, Media)


def named_rows(
    session: Session, table: type[Row], names: Sequence[str], values: Callable[[str], dict[str, Any]]
) -> dict[str, Row]:
    """The rows of these names; those that were not there are made of ``values``, in the place that is theirs.

    Inside the transaction that holds the wiki.
    """
    rows = _found(session, table, names)
    missing = [name for name in dict.fromkeys(names) if name not in rows]
    if missing:
        made = [table(name=name) for name in missing]
        place_all(session, made)
        # As plain values: objects would be inserted by a statement each.
        new = [{"name": one.name, "scope_id": one.scope_id, "hidden": one.hidden} | values(one.name) for one in made]
        session.execute(insert(table), new)
        rows |= _found(session, table, missing)
    return rows


def _found(session: Session, table: type[Row], names: Sequence[str]) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for some in stretches(names, CHUNK):
        query = select(table).where(table.name.in_(some)).execution_options(populate_existing=True)
        found |= {row.name: row for row in session.execute(query).scalars()}
    return found
