"""A DokuWiki comes in: its people, settings and rights first, then files, pages, links and the rest.

Each part is settled in the ledger once it is stored: a run that was cut off is gone on with by the next one.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from app.domain.errors import BadValue
from app.domain.stretches import stretches
from app.domain.viewer import Viewer
from app.exchange.dokuwiki.alone import folder_of, storing, sweep
from app.exchange.dokuwiki.dry_run import nowhere
from app.exchange.dokuwiki.layout import Layout, find_layout
from app.exchange.dokuwiki.ledger import OF_MEDIA, OF_PAGES, OF_REST, Ledger
from app.exchange.dokuwiki.media_read import old_media
from app.exchange.dokuwiki.model import Note, OldMedia, OldPage, Sorted, SourceFile, Unreadable
from app.exchange.dokuwiki.pages_read import old_page
from app.exchange.dokuwiki.reading import Reading
from app.exchange.dokuwiki.report import Report, files_of, from_ledger, tallied
from app.exchange.dokuwiki.settling import Run as Settling
from app.exchange.dokuwiki.sources import Source, open_source
from app.exchange.dokuwiki.store_kept import keep_files
from app.exchange.dokuwiki.store_links import link_pages, unlinked, unlinked_number
from app.exchange.dokuwiki.store_media import store_media
from app.exchange.dokuwiki.store_pages import store_pages
from app.exchange.dokuwiki.store_people import bring as bring_people
from app.exchange.dokuwiki.store_rest import bring as bring_rest
from app.exchange.dokuwiki.store_rights import bring as bring_rights
from app.exchange.dokuwiki.store_settings import bring as bring_settings
from app.exchange.dokuwiki.store_settings import markup_of
from app.exchange.dokuwiki.verifying import verify
from app.wiki import Wiki

TOGETHER = 200  # pages or files of one transaction: more wait less often for the disk, others wait longer
MOST_TOGETHER = 8 * 1024 * 1024  # characters of their texts
OTHER_WIKI = (
    "Another old wiki came in before, from {place}: pages of equal names would become one. Import this one into a wiki "
    "of its own. If it is the same one at another place, say so: lierre import dokuwiki --same."
)


@dataclass(frozen=True, slots=True)
class Options:
    """``dry_run``: read and report, store nothing. ``verify``: read back what was stored and compare it.

    ``same``: whoever asks knows that this is the old wiki that came before, although it does not look so.
    """

    dry_run: bool = False
    verify: bool = False
    same: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """``done`` of ``total`` of this phase, whose ``seconds`` and ``bytes`` these are; 0 of ``total``: nobody knows.

    ``pages`` and ``revisions``: those of the whole run until now.
    """

    phase: str
    done: int = 0
    total: int = 0
    pages: int = 0
    revisions: int = 0
    bytes: int = 0
    seconds: float = 0.0


@dataclass
class _Run:
    """What all phases of a run share."""

    wiki: Wiki
    source: Source
    layout: Layout
    ledger: Ledger
    options: Options
    now: int
    tell: Callable[[Progress], None]
    reading: Reading
    begun: float = field(default_factory=time.monotonic)
    so_far: Progress = field(default_factory=lambda: Progress(""))

    @property
    def lang(self) -> str:
        return str(self.layout.config.get("lang") or "en")

    @cached_property
    def settling(self) -> Settling:
        """The same, as what is no page and no file takes it: the command line acts. Once everything is walked."""
        by, unread = Viewer(is_admin=True), self.ledger.of_kinds(("unreadable",))
        refused = frozenset(one.file.path for one in unread if one.file.path.startswith("conf/"))
        return Settling(
            self.reading, self.layout, self.wiki.blobs, by, self.now, self.options.dry_run, refused, self.ledger.wiki
        )

    def told(self, phase: str, done: int, total: int, *, more: tuple[int, int, int] = (0, 0, 0)) -> None:
        """``more``: pages, revisions, bytes."""
        was = self.so_far
        if was.phase != phase:
            self.begun, was = time.monotonic(), replace(was, bytes=0)
        pages, revisions, size = was.pages + more[0], was.revisions + more[1], was.bytes + more[2]
        self.so_far = Progress(phase, done, total, pages, revisions, size, time.monotonic() - self.begun)
        self.tell(self.so_far)


def import_wiki(
    wiki: Wiki, place: Path, options: Options, progress: Callable[[Progress], None], now: Callable[[], int]
) -> Report:
    """Bring in the DokuWiki at ``place``: an installation, its data folder, or an archive of either.

    Raises:
        BadValue: there is none, another import is storing, or another old wiki came in before.
        StorageFailed, OSError: the disk or the database refused; the next run goes on.
    """
    workspace = folder_of(wiki.settings.home)
    sweep(workspace)
    try:
        with nullcontext() if options.dry_run else storing(workspace), open_source(place, workspace) as source:
            layout = find_layout(source)
            sessions = nowhere() if options.dry_run else wiki.sessions
            ledger = Ledger(sessions, source.identity(), wiki.sessions)
            begun_at = now()
            run = _Run(wiki, source, layout, ledger, options, begun_at, progress, Reading(source))
            _bring(run, place)
            return _report(run, sessions, place, begun_at, now)
    except Unreadable as error:
        raise BadValue(field="path", reason=error.reason) from error


def _bring(run: _Run, place: Path) -> None:
    other = None if run.options.same else run.ledger.other()
    if other is not None:
        wiki, where = other
        if not run.ledger.is_it(wiki, partial(_size, run.source)):
            raise BadValue(field="path", reason=OTHER_WIKI.format(place=where))
        run.ledger.wiki = wiki
    run.ledger.begin(str(place), run.now)
    for seen in run.ledger.walk((run.layout.sort(file) for file in run.source.files()), run.reading.digest):
        run.told("walk", seen, 0)
    with run.wiki.sessions() as session:
        others, notes = _bring_conf(run, session)
        _bring_media(run, session)
        _bring_pages(run, session)
        _bring_links(run, session)
        _settle_rest(run, session, others, notes)


def _size(source: Source, path: str) -> int | None:
    found = source.now(SourceFile(path, 0, 0))
    return found.size if found else None


def _bring_conf(run: _Run, session: Session) -> tuple[list[Sorted], list[Note]]:
    """People, settings and rights, where any file of them is new; all files that the last phase settles."""
    if not run.ledger.count(OF_REST):
        return [], []
    files = run.ledger.of_kinds(OF_REST)
    conf = [one for one in files if one.kind == "conf"]
    notes = list(run.layout.problems)
    for number, bring in enumerate((bring_people, bring_settings, bring_rights)):
        run.told("settings", number, 3)
        notes += bring(session, run.settling, conf)
    return files, notes


def _settle_rest(run: _Run, session: Session, files: Sequence[Sorted], notes: list[Note]) -> None:
    done, total = 0, run.ledger.count_files((*OF_REST, "kept"))
    run.told("rest", done, total)
    if files:
        notes += bring_rest(session, run.settling, files)
        run.ledger.settle(files, notes, run.reading.hashes(files))
        done += len(files)
    for some in run.ledger.batches("kept"):
        kept = keep_files(session, run.settling, some)
        run.ledger.settle(some, [*notes, *kept], run.reading.hashes(some))
        done += len(some)
        run.told("rest", done, total, more=(0, 0, _bytes(some)))


def _bring_media(run: _Run, session: Session) -> None:
    done, total = 0, run.ledger.count(OF_MEDIA)
    run.told("files", done, total)
    for some in stretches(run.ledger.waiting(OF_MEDIA), TOGETHER):
        read: list[OldMedia] = []
        notes: list[Note] = []
        for name, files in some:
            one, told = run.reading.steady(files, partial(_old_media, run, name))
            read.append(one)
            notes += (*one.notes, *told)
        if not run.options.dry_run:
            notes += store_media(session, run.reading, read, blobs=run.wiki.blobs)
        files = [file for _, files in some for file in files]
        run.ledger.settle(files, notes, run.reading.hashes(files))
        done += len(some)
        run.told("files", done, total, more=(0, 0, _bytes(files)))


def _bring_pages(run: _Run, session: Session) -> None:
    done, total = 0, run.ledger.count(OF_PAGES)
    markup = markup_of(run.layout.config)
    run.told("pages", done, total)
    for pages, files, notes in _read_pages(run):
        if not run.options.dry_run:
            notes.extend(store_pages(session, pages, blobs=run.wiki.blobs, markup=markup))
        run.ledger.settle(files, notes, run.reading.hashes(files))
        done += len(pages)
        revisions = sum(len(page.revisions) for page in pages)
        run.told("pages", done, total, more=(len(pages), revisions, _bytes(files)))


def _read_pages(run: _Run) -> Iterator[tuple[list[OldPage], list[Sorted], list[Note]]]:
    """Pages that are stored together, their files and what is to tell of these; few where their texts are long."""
    pages: list[OldPage] = []
    files: list[Sorted] = []
    notes: list[Note] = []
    size = 0
    for name, of_page in run.ledger.waiting(OF_PAGES):
        page, told = run.reading.steady(of_page, partial(_old_page, run, name))
        pages.append(page)
        files += of_page
        notes += (*page.notes, *told)
        size += sum(len(revision.text or "") for revision in page.revisions)
        if len(pages) >= TOGETHER or size > MOST_TOGETHER:
            yield pages, files, notes
            pages, files, notes, size = [], [], [], 0
    if pages:
        yield pages, files, notes


def _old_page(run: _Run, name: str, files: Sequence[Sorted]) -> OldPage:
    return old_page(run.reading, name, files, run.now, run.lang)


def _old_media(run: _Run, name: str, files: Sequence[Sorted]) -> OldMedia:
    return old_media(run.reading, name, files, run.now, run.lang)


def _bring_links(run: _Run, session: Session) -> None:
    done, total = 0, 0 if run.options.dry_run else unlinked_number(session)
    run.told("links", done, total)
    while not run.options.dry_run and (names := unlinked(session)):
        link_pages(session, names)
        done += len(names)
        run.told("links", done, total)


def _bytes(files: Iterable[Sorted]) -> int:
    return sum(one.file.size for one in files)


def _report(run: _Run, sessions: sessionmaker[Session], place: Path, begun_at: int, now: Callable[[], int]) -> Report:
    walked = sum(1 for _ in run.source.files())  # by itself: what came meanwhile has no row
    wiki, number = run.ledger.wiki, run.ledger.run
    run.ledger.end(now())
    if run.options.dry_run:
        counts, lines = tallied(sessions, wiki, number)
        files = files_of(sessions, wiki, number)
        return Report(
            str(place),
            begun_at,
            now(),
            dry_run=True,
            walked=walked,
            counts=counts,
            files=files,
            stored={},
            left_lines=lines,
        )
    report = from_ledger(sessions, wiki, number, place=str(place), begun_at=begun_at, ended_at=now(), walked=walked)
    if not run.options.verify:
        return report
    return replace(report, verified=verify(sessions, run.wiki.blobs, run.source, _again(run, walked), wiki))


def _again(run: _Run, walked: int) -> Iterator[Sorted]:
    """All files once more, for whoever reads back what was stored."""
    for seen, file in enumerate(run.source.files()):
        if seen % TOGETHER == 0:
            run.told("verify", seen, walked)
        yield run.layout.sort(file)
