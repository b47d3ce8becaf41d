"""Pages as DokuWiki keeps them: the text, every version in the attic, the log, what is known of the page besides."""

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.exchange.dokuwiki.found_again import Untold, untold
from app.exchange.dokuwiki.histories import NOBODY
from app.exchange.dokuwiki.php_values import dumps
from app.exchange.dokuwiki.write_meta import meta_of
from app.exchange.dokuwiki.writing import Recent, Writing, by_id, distinct_times, path_of, write_log
from app.services.texts import load_text
from app.store.blobs import Blobs
from app.store.pages import Page, Revision

MARKDOWN = "It is written in Markdown, which DokuWiki shows as it stands."
NO_MARKDOWN = "It is written as DokuWiki writes, and all others in Markdown: it is read as Markdown there, too."
NO_CURRENT = "The page is there, but none of its versions has its text any more."
LEVEL = 9  # of gzip, as the old wiki packs
_COLUMNS = (
    Revision.id,
    Revision.time,
    Revision.author,
    Revision.address,
    Revision.kind,
    Revision.summary,
    Revision.size_change,
    Revision.text_id,
    Revision.extra,
    Revision.logged,
    Revision.original,
    Revision.external,
)


@dataclass(frozen=True, slots=True)
class _Old:
    """A page with its changes, oldest first; ``times``: theirs in the export."""

    page: Row[*tuple[Any, ...]]
    changes: Sequence[Row[*tuple[Any, ...]]]
    times: Sequence[int]
    untold: Untold

    @property
    def path(self) -> str:
        return path_of(self.page.name)

    @property
    def told(self) -> list[tuple[Any, int]]:
        """The changes that get a line of the log, with their times."""
        dated = enumerate(zip(self.changes, self.times, strict=True))
        return [each for at, each in dated if at not in self.untold.places]

    def lies(self, at: int) -> bool:
        """Whether the attic holds a text of this change: none is kept of a deletion on disk, which nobody made."""
        change = self.changes[at]
        unseen = change.kind == "delete" and not change.author and change.address == NOBODY
        return change.text_id is not None and not (unseen and at and self.changes[at - 1].text_id == change.text_id)


def write_pages(session: Session, blobs: Blobs, writing: Writing) -> Recent:
    """Every page, one after the other; memory holds one text at a time. Returns the newest changes."""
    recent = Recent()
    for page in by_id(session, Page.id, Page.name, Page.title, Page.markup, Page.current_id, Page.kept):
        changes = session.execute(
            select(*_COLUMNS).where(Revision.page_id == page.id).order_by(Revision.time, Revision.seq)
        ).all()
        if changes:
            times = _times(changes)
            _write_page(
                session, blobs, writing, _Old(page, changes, times, untold(changes, times, writing.words)), recent
            )
        writing.step()
    return recent


def _write_page(session: Session, blobs: Blobs, writing: Writing, old: _Old, recent: Recent) -> None:
    if not write_log(writing, f"data/meta/{old.path}.changes", old.page.name, old.told, recent):
        return
    _write_attic(session, blobs, writing, old)
    if old.page.current_id is not None:
        _write_current(session, blobs, writing, old)
        writing.report.count("pages")
    meta = meta_of(old.page, old.told, old.times, writing.names)
    if meta:
        writing.file(f"data/meta/{old.path}.meta", dumps(meta))


def _times(changes: Sequence[Row[*tuple[Any, ...]]]) -> list[int]:
    def fits(start: int, stop: int) -> bool:
        """One file for all of a second: only its last change has a text, or was the deletion of that very text."""
        texts = [change.text_id for change in changes[start:stop]]
        bare = texts[:-2] if changes[stop - 1].kind == "delete" and texts[-2] == texts[-1] else texts[:-1]
        return not any(text is not None for text in bare)

    return distinct_times([change.time for change in changes], fits)


def _write_attic(session: Session, blobs: Blobs, writing: Writing, old: _Old) -> None:
    """Each version under its time, that of now included, a deletion with what was there before."""
    written: set[int] = set()
    for at in range(len(old.changes) - 1, -1, -1):
        change, time = old.changes[at], old.times[at]
        writing.report.count("revisions")
        if not old.lies(at) or time in written:
            continue
        written.add(time)
        is_now = change.id == old.page.current_id  # the bytes it came with are those of the page
        raw = load_text(session, change.text_id).encode() if is_now else _bytes(session, blobs, change)
        writing.file(f"data/attic/{old.path}.{time}.txt.gz", gzip.compress(raw, LEVEL, mtime=0), time)


def _write_current(session: Session, blobs: Blobs, writing: Writing, old: _Old) -> None:
    at = next((at for at, change in enumerate(old.changes) if change.id == old.page.current_id), None)
    if at is None or old.changes[at].text_id is None:
        writing.report.left.append((old.page.name, NO_CURRENT))
        return
    # Its time is the number of the current version: of another one the old wiki would think it changed by hand.
    rev = old.times[at] if old.untold.rev is None else old.untold.rev
    writing.file(f"data/pages/{old.path}.txt", _bytes(session, blobs, old.changes[at]), rev)
    if old.page.markup != writing.markup:
        writing.report.changed.append((old.page.name, MARKDOWN if writing.markup == "dokuwiki" else NO_MARKDOWN))


def _bytes(session: Session, blobs: Blobs, change: Row[*tuple[Any, ...]]) -> bytes:
    """As they came, where that was another way of writing the text, and is still there."""
    if change.original and blobs.has(change.original):
        return b"".join(blobs.read(change.original))
    return load_text(session, change.text_id).encode()
