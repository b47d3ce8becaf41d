"""Pages of an old wiki with their histories, stored many at a time: new changes only, and never over changes made here.

Links and titles follow in ``store_links``, when all names are there.
"""

import json
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.orm import Session

from app.domain.errors import BadPageName
from app.domain.names import name_of, namespace_of, natural_key, page_name
from app.domain.stretches import stretches
from app.domain.wiki_settings import WikiSettings
from app.exchange.dokuwiki.changelog import KIND_OF, write_line
from app.exchange.dokuwiki.model import LogLine, Note, OldPage, OldRevision
from app.exchange.dokuwiki.named_rows import named_rows
from app.exchange.dokuwiki.starting import let_go
from app.exchange.dokuwiki.store_links import came_or_went, forget_links, let_wait
from app.exchange.dokuwiki.store_texts import CHUNK, Texts, original, prepared, require, store_texts
from app.services.setting_rows import forget_settings, load_settings
from app.services.state import hold, touch
from app.store.blobs import Blobs
from app.store.database import transaction
from app.store.pages import Page, Revision

LARGEST = 2**31 - 1  # bytes that a size can change by
CONFLICT = "The page was changed in this wiki since; this newer change of the old wiki is left out."
META_CONFLICT = "The page was changed in this wiki since; what is new in this file is left out."
OTHER_NAME = "Names are cleaned otherwise here: it could be reached as “{name}” only."
Known = Row[int, int, int, int, str, bool, int | None]  # id, page_id, time, seq, kind, external, text_id
Key = tuple[int, str]  # what a change is known by: its time and kind


@dataclass(slots=True)
class _Change:
    """What a page that is here gets: ``new`` changes in their order. The others by the revision that they are."""

    new: list[OldRevision] = field(default_factory=list)
    filled: dict[int, OldRevision] = field(default_factory=dict)  # their text was missing, or another one
    logged: dict[int, OldRevision] = field(default_factory=dict)  # nobody had logged them before
    refuted: list[int] = field(default_factory=list)  # found by an earlier import, and no longer what is there
    is_ours: bool = False  # it was changed here since


def store_pages(session: Session, pages: Sequence[OldPage], *, blobs: Blobs, markup: str) -> list[Note]:
    """Store the pages in one transaction. A note's ``path`` is the name of the page, its ``line`` one of its log.

    Raises: StorageFailed: nothing was stored.
    """
    stored = prepared(session, pages, blobs)
    with transaction(session):
        hold(session)
        forget_settings(session)
        require(blobs, stored)
        notes, fitting = _fitting(pages, load_settings(session))
        store_texts(session, stored)
        rows = named_rows(session, Page, [page.name for page in fitting], _place_in_lists)
        there = {key: page.current_id is not None for key, page in ((row.id, row) for row in rows.values())}
        touched = _store_revisions(session, fitting, rows, stored, markup, notes)
        # What is gone while nobody deleted it: links to it keep its title.
        titles = {page.name: page.title for page in fitting if page.revisions and _is_gone(page.revisions[-1])}
        _settle(session, touched, there, titles)
    return notes


def _fitting(pages: Sequence[OldPage], settings: WikiSettings) -> tuple[list[Note], list[OldPage]]:
    notes: list[Note] = []
    fitting: list[OldPage] = []
    for page in pages:
        try:
            name = page_name(page.name, settings)
        except BadPageName as error:
            notes.append(Note(page.name, "left", str(error)))
            continue
        if name != page.name:
            notes.append(Note(page.name, "left", OTHER_NAME.format(name=name)))
        elif page.revisions or page.meta:
            fitting.append(page)
    return notes, fitting


def _place_in_lists(name: str) -> dict[str, Any]:
    return {"namespace": namespace_of(name), "leaf": name_of(name), "sort_key": natural_key(name)}


def _store_revisions(
    session: Session,
    pages: Sequence[OldPage],
    rows: Mapping[str, Page],
    texts: Texts,
    markup: str,
    notes: list[Note],
) -> list[Page]:
    """The pages that got a change or a text."""
    let_go(session, [rows[page.name] for page in pages if page.revisions])
    known = _known(session, [row.id for row in rows.values()])
    new: list[dict[str, Any]] = []
    changes: list[_Change] = []
    touched: list[Page] = []
    for page in pages:
        row = rows[page.name]
        change = _change(page, known[row.id], texts)
        meta = json.dumps(page.meta, allow_nan=True) if page.meta else None
        if change.is_ours:
            notes += [Note(page.name, "left", CONFLICT, each.line.number or None) for each in change.new]
            if meta not in (None, row.kept):
                notes.append(Note(page.meta_path, "left", META_CONFLICT))
            continue
        row.kept = meta or row.kept
        new += _revision_rows(row.id, page, change, known[row.id], texts, markup)
        changes.append(change)
        if change.new or change.filled or change.refuted:
            touched.append(row)
    _mend(session, changes, texts)
    if new:
        session.execute(insert(Revision), new)
    _point(session, touched)
    return touched


def _mend(session: Session, changes: Sequence[_Change], texts: Texts) -> None:
    """Bring revisions that are here in step with what the old wiki says of them now."""
    filled = [
        {"id": key, "text_id": texts.key(old.text), "original": original(old, texts)}
        for change in changes
        for key, old in change.filled.items()
    ]
    logged = [
        {"id": key, "external": False} | _told(old.line) for change in changes for key, old in change.logged.items()
    ]
    for rows in (filled, logged):
        if rows:
            session.execute(update(Revision), rows)
    for some in stretches((key for change in changes for key in change.refuted), CHUNK):
        session.execute(delete(Revision).where(Revision.id.in_(some)))


def _known(session: Session, page_ids: Sequence[int]) -> dict[int, list[Known]]:
    """The changes of each page that are here, oldest first."""
    found: dict[int, list[Known]] = defaultdict(list)
    which = (Revision.id, Revision.page_id, Revision.time, Revision.seq)
    for some in stretches(page_ids, CHUNK):
        query = select(*which, Revision.kind, Revision.external, Revision.text_id).where(Revision.page_id.in_(some))
        for row in session.execute(query.order_by(Revision.page_id, Revision.time, Revision.seq)):
            found[row.page_id].append(row)
    return found


def _change(page: OldPage, known: Sequence[Known], texts: Texts) -> _Change:
    """Tell what is here already from what is new."""
    waiting: dict[Key, deque[Known]] = defaultdict(deque)
    for at, row in enumerate(known, 1):
        waiting[_key(row.time, row.kind, is_last_found=row.external and at == len(known))].append(row)
    change = _Change()
    newest = (-(2**63), 0)
    for at, old in enumerate(page.revisions, 1):
        is_last_found = old.external and at == len(page.revisions)
        queue = waiting[_key(old.line.time, _kind(old.line), is_last_found=is_last_found)]
        if not queue:
            change.new.append(old)
            continue
        row = queue.popleft()
        newest = max(newest, (row.time, row.seq))
        if old.text is not None and row.text_id != texts.key(old.text):
            change.filled[row.id] = old
        if row.external and not old.external:
            change.logged[row.id] = old
    _judge(page, [row for queue in waiting.values() for row in queue], newest, change)
    return change


def _key(time: int, kind: str, *, is_last_found: bool) -> Key:
    """A deletion that nobody logged has another time each run."""
    return (0, "gone") if is_last_found and kind == "delete" else (time, kind)


def _judge(page: OldPage, rest: Sequence[Known], newest: tuple[int, int], change: _Change) -> None:
    """What the revisions are that the old wiki does not tell of, ``newest`` being the last of those that it does."""
    # Made here, behind all that came from there.
    change.is_ours = any(not row.external and (row.time, row.seq) > newest for row in rest)
    # An import found the page gone, or another text: now the old wiki knows better what is there last.
    if page.revisions and not change.is_ours:
        last = page.revisions[-1].line.time
        change.refuted = [row.id for row in rest if row.external and (row.kind == "delete" or row.time >= last)]


def _revision_rows(
    page_id: int, page: OldPage, change: _Change, known: Sequence[Known], texts: Texts, markup: str
) -> Iterator[dict[str, Any]]:
    place_in: dict[int, int] = {row.time: row.seq + 1 for row in known}
    are_new = {id(each) for each in change.new}
    before: int | None = None  # what a deletion took away, where the old wiki did not keep it
    for old in page.revisions:
        text = texts.key(old.text)
        text = before if text is None and old.deleted else text
        before = text
        if id(old) not in are_new:
            continue
        time = old.line.time
        seq = place_in.get(time, 0)
        place_in[time] = seq + 1
        more = {"external": old.external, "text_id": text, "markup": markup, "original": original(old, texts)}
        yield {"page_id": page_id, "time": time, "seq": seq} | _told(old.line) | more


def _told(line: LogLine) -> dict[str, Any]:
    """What the line says, as far as it fits; ``logged``: itself, where ours would be another."""
    size = line.size_change
    said = {
        "author": _bounded(line.user, 255),
        "address": _bounded(line.address, 64),
        "summary": _bounded(line.summary),
        "extra": _bounded(line.extra),
        "size_change": size if size is None or abs(size) <= LARGEST else None,
    }
    as_it_was = (line.user, line.address, line.summary, line.extra, size)
    logged = write_line(line) if line.raw is None and tuple(said.values()) != as_it_was else line.raw
    return said | {"kind": _kind(line), "logged": None if logged is None else _bounded(logged)}


def _kind(line: LogLine) -> str:
    return KIND_OF.get(line.kind, "edit")


def _bounded(text: str, most: int | None = None) -> str:
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}")[:most]


def _point(session: Session, pages: Sequence[Page]) -> None:
    """Let the pages show their newest changes."""
    which = (Revision.id, Revision.page_id, Revision.time, Revision.kind, Revision.markup)
    newest: dict[int, Row[int, int, int, str, str]] = {}
    for some in stretches((page.id for page in pages), CHUNK):
        query = select(*which).where(Revision.page_id.in_(some)).order_by(Revision.time, Revision.seq)
        newest |= {row.page_id: row for row in session.execute(query)}
    for page in pages:
        row = newest[page.id]
        page.latest_id, page.changed_at, page.markup = row.id, row.time, row.markup
        page.current_id = None if row.kind == "delete" else row.id
    session.flush()


def _is_gone(last: OldRevision) -> bool:
    return last.external and last.deleted


def _settle(session: Session, touched: Sequence[Page], there: Mapping[int, bool], titles: Mapping[str, str]) -> None:
    """Whatever follows from these changes and needs no text. ``titles``: of pages that are gone."""
    if not touched:
        return
    gone = [page for page in touched if page.current_id is None]
    for page in gone:
        page.title = _bounded(titles.get(page.name, ""))
    forget_links(session, [page.id for page in gone])
    let_wait(session, [page.id for page in touched if page.current_id is not None])
    session.flush()
    came_or_went(session, [page for page in touched if there[page.id] != (page.current_id is not None)])
    touch(session)
