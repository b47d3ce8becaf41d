"""Many pages written in one transaction, with as many statements for a few hundred as for one."""

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from app.domain.markups import Markup
from app.domain.stretches import stretches
from app.domain.viewer import Viewer
from app.services import graph
from app.services.revisions import Kind
from app.services.state import touch
from app.store.pages import Page, Revision, Text

CHUNK = 200


@dataclass(frozen=True, slots=True)
class PageText:
    """What a page that is there becomes, in the markup that it has, and what is known of that."""

    page_id: int
    text: str
    markup: Markup
    read: graph.Read


def write_many(
    session: Session, new: Sequence[PageText], kind: Kind, summary: str, *, viewer: Viewer, now: int
) -> None:
    """As ``writing.write`` for each, inside the transaction that holds the wiki. All exist, before and after."""
    for some in stretches(new, CHUNK):
        _write(session, some, kind, summary, viewer, now)
    touch(session)


def _write(session: Session, new: Sequence[PageText], kind: Kind, summary: str, viewer: Viewer, now: int) -> None:
    found = select(Page).where(Page.id.in_([one.page_id for one in new]))
    pages = {page.id: page for page in session.execute(found).scalars()}
    sizes = _sizes(session, pages)
    times = {page.id: max(now, page.changed_at) for page in pages.values()}
    last = _last_numbers(session, times)
    texts = _texts(session, [one.text for one in new])
    rows = [
        {
            "page_id": one.page_id,
            "time": times[one.page_id],
            "seq": last.get((one.page_id, times[one.page_id]), -1) + 1,
            "author": viewer.login or "",
            "address": viewer.address,
            "kind": kind,
            "external": False,
            "summary": summary,
            "size_change": len(one.text.encode()) - sizes[one.page_id],
            "text_id": texts[one.text],
            "markup": one.markup,
        }
        for one in new
    ]
    session.execute(insert(Revision), rows)
    newest = select(Revision.page_id, func.max(Revision.id)).where(Revision.page_id.in_(pages))
    for page_id, revision_id in session.execute(newest.group_by(Revision.page_id)):
        page = pages[page_id]
        page.latest_id = page.current_id = revision_id
        page.changed_at = times[page_id]
    session.flush()
    graph.store_many(session, [(pages[one.page_id], one.read) for one in new])


def _sizes(session: Session, pages: Mapping[int, Page]) -> dict[int, int]:
    """Bytes of each page's text as it is."""
    query = select(Revision.page_id, Text.size).join(Text, Text.id == Revision.text_id)
    return dict(session.execute(query.where(Revision.id.in_([page.current_id for page in pages.values()]))).all())


def _last_numbers(session: Session, times: Mapping[int, int]) -> dict[tuple[int, int], int]:
    """The highest number of a page's revisions at each of these times that has one."""
    query = (
        select(Revision.page_id, Revision.time, func.max(Revision.seq))
        .where(Revision.page_id.in_(times), Revision.time.in_(set(times.values())))
        .group_by(Revision.page_id, Revision.time)
    )
    return {(page_id, time): number for page_id, time, number in session.execute(query)}


def _texts(session: Session, texts: Sequence[str]) -> dict[str, int]:
    """The keys of the rows that hold these texts; those that were not there yet are made."""
    by_hash = {hashlib.sha256(text.encode()).hexdigest(): text for text in texts}
    query = select(Text.sha256, Text.id).where(Text.sha256.in_(by_hash))
    known = dict(session.execute(query).all())
    new = [
        {"sha256": digest, "size": len(text.encode()), "packed": zlib.compress(text.encode(), 6)}
        for digest, text in by_hash.items()
        if digest not in known
    ]
    if new:
        session.execute(insert(Text), new)
        known = dict(session.execute(query).all())
    return {text: known[digest] for digest, text in by_hash.items()}
