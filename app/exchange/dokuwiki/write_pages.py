"""Pages as DokuWiki keeps them: the text, every version in the attic, the log, what is known of the page besides."""

import gzip
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.domain.stretches import stretches
from app.exchange.dokuwiki.found_again import Untold, untold
from app.exchange.dokuwiki.histories import ENGLISH, NOBODY, WORDS
from app.exchange.dokuwiki.php_values import dumps
from app.exchange.dokuwiki.write_meta import meta_of
from app.exchange.dokuwiki.writing import Recent, Writing, by_id, by_owner, distinct_times, path_of, write_log
from app.store.blobs import Blobs
from app.store.pages import Page, Revision, Text

MARKDOWN = "It is written in Markdown, which DokuWiki shows as it stands."
NO_MARKDOWN = "It is written as DokuWiki writes, and all others in Markdown: it is read as Markdown there, too."
NO_CURRENT = "The page is there, but none of its versions has its text any more."
LOST = "The text of its version of {time} is not in the wiki any more, or damaged."
TOGETHER = 50  # texts that are looked up at once
UNSEEN = frozenset(f"{words.removed}{words.undated}" for words in (ENGLISH, *WORDS.values()))
LEVEL = 9  # of gzip, as the old wiki packs
_COLUMNS = (
    Revision.id,
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
        unseen = change.kind == "delete" and change.address == NOBODY and change.summary in UNSEEN
        if change.text_id is None or (self.untold.is_bare and at == len(self.changes) - 1):
            return False
        return not (unseen and at and self.changes[at - 1].text_id == change.text_id)


def write_pages(session: Session, blobs: Blobs, writing: Writing) -> Recent:
    """Every page, one after the other; memory holds one text at a time. Returns the newest changes."""
    recent = Recent()
    with by_owner(session, Revision.page_id, Revision.time, Revision.seq, *_COLUMNS) as histories:
        for page in by_id(session, Page.id, Page.name, Page.title, Page.markup, Page.current_id, Page.kept):
            changes = histories(page.id)
            if changes:
                times = _times(changes)
                old = _Old(page, changes, times, untold(changes, times, writing.words, with_copy=True))
                _write_page(session, blobs, writing, old, recent)
            writing.step()
    return recent


def _write_page(session: Session, blobs: Blobs, writing: Writing, old: _Old, recent: Recent) -> None:
    if not write_log(writing, f"data/meta/{old.path}.changes", old.page.name, old.told, recent):
        return
    _write_texts(session, blobs, writing, old)
    writing.report.count("revisions", len(old.changes))
    meta = meta_of(old.page, old.told, old.times, writing.names)
    if meta:
        writing.file(f"data/meta/{old.path}.meta", dumps(meta))


def _times(changes: Sequence[Row[*tuple[Any, ...]]]) -> list[int]:
    def fits(start: int, stop: int) -> bool:
        """One file for all of a second: no change of it has another text than the last."""
        texts = [change.text_id for change in changes[start:stop]]
        return all(text in (None, texts[-1]) for text in texts)

    return distinct_times([change.time for change in changes], fits)


def _write_texts(session: Session, blobs: Blobs, writing: Writing, old: _Old) -> None:
    """Each version under its time, that of now included, a deletion with what was there before; and the page."""
    written: set[int] = set()
    is_here = False
    for at, text in _texts(session, old.changes):
        change, time = old.changes[at], old.times[at]
        if text is None:
            writing.report.left.append((old.page.name, LOST.format(time=time)))
            continue
        raw = _bytes(blobs, change, text)
        is_now = change.id == old.page.current_id  # the bytes it came with are those of the page
        if is_now:
            is_here = True
            _write_current(writing, old, at, raw)
        if old.lies(at) and time not in written:
            written.add(time)
            packed = gzip.compress(text if is_now else raw, LEVEL, mtime=0)
            writing.file(f"data/attic/{old.path}.{time}.txt.gz", packed, time)
    if old.page.current_id is not None and not is_here:
        writing.report.left.append((old.page.name, NO_CURRENT))


def _write_current(writing: Writing, old: _Old, at: int, raw: bytes) -> None:
    # Its time is the number of the current version: of another one the old wiki would think it changed by hand.
    rev = old.times[at] if old.untold.rev is None else old.untold.rev
    if writing.file(f"data/pages/{old.path}.txt", raw, rev):
        writing.report.count("pages")
    if old.page.markup != writing.markup:
        writing.report.changed.append((old.page.name, MARKDOWN if writing.markup == "dokuwiki" else NO_MARKDOWN))


def _texts(session: Session, changes: Sequence[Row[*tuple[Any, ...]]]) -> Iterator[tuple[int, bytes | None]]:
    """By place in ``changes``, the newest first, of those that have one; None: the wiki lost it."""
    places = [at for at in range(len(changes) - 1, -1, -1) if changes[at].text_id is not None]
    for some in stretches(places, TOGETHER):
        ids = {changes[at].text_id for at in some}
        packed = dict(iter(session.execute(select(Text.id, Text.packed).where(Text.id.in_(ids)))))
        for at in some:
            yield at, _unpacked(packed.get(changes[at].text_id))


def _unpacked(packed: bytes | None) -> bytes | None:
    try:
        return None if packed is None else zlib.decompress(packed)
    except zlib.error:
        return None


def _bytes(blobs: Blobs, change: Row[*tuple[Any, ...]], text: bytes) -> bytes:
    """As they came, where that was another way of writing the text, and is still there."""
    if change.original and blobs.has(change.original):
        return b"".join(blobs.read(change.original))
    return text
