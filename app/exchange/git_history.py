"""The history of the wiki as a git repository: one commit a change, in order of time, by those who made them."""

import heapq
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any
from urllib.parse import urlsplit

from sqlalchemy import Row, Select, func, select, tuple_

from app.domain.access import media_scope
from app.domain.markups import MARKUPS, stored_markup
from app.exchange.export_report import ExportReport
from app.exchange.exported import BYTES_GONE, ExportProgress
from app.exchange.file_paths import media_path, page_path
from app.exchange.git_stream import HEAD, TAIL, Commit, Content, Person, written
from app.exchange.leaving import Leaving, Options, Signing, leaving
from app.services.media_revisions import UPLOADED_BY
from app.services.permissions import Level, level, visible_to
from app.services.revisions import WRITTEN_BY
from app.services.texts import load_texts
from app.store.accounts import Account
from app.store.blobs import key_of
from app.store.media import Media, MediaRedirect, MediaRevision
from app.store.pages import Page, Revision

STRETCH = 100  # changes that are read at once, with their texts
ENDINGS = {"dokuwiki": ".txt", "markdown": ".md"}
PAGES, MEDIA = "pages", "media"
NEVER_KEPT = "Nobody kept what it was then: the change stands in the history without it."
NOWHERE = "wiki.invalid"  # the host of addresses that nobody has
_RENAMED = re.compile(r"file (\S+) renamed to (\S+?)(?:: .*)?", re.DOTALL)  # of ``words.renamed_summary``
_Change = Row[*tuple[Any, ...]]
_Place = tuple[int, int]  # of a change among those of one file: time and ``seq``


def stream_git(
    wiki: Signing, stream: IO[bytes], options: Options, progress: Callable[[ExportProgress], None]
) -> ExportReport:
    """Write the history as ``git fast-import`` reads it: of one wiki and reader always the same. Raises: OSError."""
    with leaving(wiki, options, progress) as out:
        history = _History(out)
        stream.write(HEAD)
        for commit in history.commits():
            stream.writelines(written(commit))
        stream.write(TAIL)
        stream.flush()
    return out.report


@dataclass(slots=True)
class _History:
    out: Leaving
    host: str = field(init=False)
    renames: dict[int, list[tuple[_Place, str]]] = field(init=False)

    def __post_init__(self) -> None:
        self.host = urlsplit(self.out.settings.base_url).hostname or NOWHERE
        self.renames = self._renames()
        self.out.total = sum(
            self.out.session.execute(select(func.count()).select_from(query.subquery())).scalar_one()
            for query in (self._page_changes(), self._file_changes())
        )

    def commits(self) -> Iterator[Commit]:
        """In order of time. Within a second by names: a wiki that was restored or imported has other numbers."""
        pages = ((change.time, 0, commit) for change, commit in self._of_pages())
        files = ((change.time, 1, commit) for change, commit in self._of_files())
        for _, is_file, commit in heapq.merge(pages, files, key=lambda each: each[:2]):
            self.out.step()
            if commit is not None:
                self.out.report.count("changes of files" if is_file else "changes of pages")
                yield commit

    # Pages

    def _page_changes(self) -> Select[*tuple[Any, ...]]:
        return (
            select(
                Revision.time,
                Revision.seq,
                Revision.author,
                Revision.address,
                Revision.kind,
                Revision.summary,
                Revision.text_id,
                Revision.markup,
                Page.name,
                Account.name.label("person"),
                Account.mail,
            )
            .join(Page, Page.id == Revision.page_id)
            .outerjoin(Account, WRITTEN_BY)
            .where(visible_to(self.out.session, self.out.viewer, Page))
        )

    def _of_pages(self) -> Iterator[tuple[_Change, Commit]]:
        for changes in self._stretches(self._page_changes(), Revision, Page):
            ids = {change.text_id for change in changes if change.text_id is not None and change.kind != "delete"}
            texts = load_texts(self.out.session, ids)
            for change in changes:
                yield change, self._page_commit(change, texts.get(change.text_id))

    def _page_commit(self, change: _Change, text: str | None) -> Commit:
        paths = {markup: f"{PAGES}/{page_path(change.name, ENDINGS[markup])}" for markup in MARKUPS}
        if change.kind == "delete":
            return self._commit(change, gone=tuple(paths.values()))
        if text is None:
            self.out.report.changed.append((f"{change.name}, {change.time}", NEVER_KEPT))
            return self._commit(change)
        body = text.encode("utf-8", "replace")
        path = paths[stored_markup(change.markup)]
        others = tuple(other for other in paths.values() if other != path)
        return self._commit(change, gone=others, content=Content(path, len(body), (body,)))

    # Files

    def _file_changes(self) -> Select[*tuple[Any, ...]]:
        return (
            select(
                MediaRevision.time,
                MediaRevision.seq,
                MediaRevision.author,
                MediaRevision.address,
                MediaRevision.kind,
                MediaRevision.summary,
                MediaRevision.sha256,
                MediaRevision.media_id,
                Media.name,
                Account.name.label("person"),
                Account.mail,
            )
            .join(Media, Media.id == MediaRevision.media_id)
            .outerjoin(Account, UPLOADED_BY)
            .where(visible_to(self.out.session, self.out.viewer, Media))
        )

    def _of_files(self) -> Iterator[tuple[_Change, Commit | None]]:
        for changes in self._stretches(self._file_changes(), MediaRevision, Media):
            for change in changes:
                yield change, self._file_commit(change)

    def _file_commit(self, change: _Change) -> Commit | None:
        name = self._name_then(change)
        path = f"{MEDIA}/{media_path(name)}"
        if change.kind == "delete":
            return self._commit(change, name=name, gone=(path,))
        if change.sha256 is None:
            self.out.report.changed.append((f"{name}, {change.time}", NEVER_KEPT))
            return self._commit(change, name=name)
        if not self.out.blobs.has(change.sha256):
            self.out.report.left.append((f"{name}, {change.time}", BYTES_GONE))
            return None
        before = [old for when, old in self.renames.get(change.media_id, []) if when == (change.time, change.seq)]
        gone = tuple(f"{MEDIA}/{media_path(old)}" for old in before)
        objects, key = self.out.blobs.objects, key_of(change.sha256)
        content = Content(path, objects.find(key).size, objects.read(key))
        return self._commit(change, name=name, gone=gone, content=content)

    def _renames(self) -> dict[int, list[tuple[_Place, str]]]:
        """Of files that were renamed: the change that did it, and the name before, oldest first.

        A name that the reader may not know is none: what happened under it stands under the one the file has. And the
        words of a change are believed only of a name that leads to the file: anybody may have written them.
        """
        out = self.out
        rows = out.session.execute(
            select(MediaRevision.time, MediaRevision.seq, MediaRevision.media_id, MediaRevision.summary, Media.name)
            .join(Media, Media.id == MediaRevision.media_id)
            .where(
                MediaRevision.kind == "minor",
                MediaRevision.summary.startswith("file "),
                visible_to(out.session, out.viewer, Media),
            )
            .order_by(MediaRevision.media_id, MediaRevision.time, MediaRevision.seq)
        )
        led = {(row.media_id, row.name) for row in out.session.execute(select(MediaRedirect)).scalars()}
        found: dict[int, list[tuple[_Place, str]]] = {}
        for row in rows:
            said = _RENAMED.fullmatch(row.summary)
            known = said and (said[1] == row.name or (row.media_id, said[1]) in led)
            if said and known and self._may_read(said[1]):
                found.setdefault(row.media_id, []).append(((row.time, row.seq), said[1]))
        return found

    def _may_read(self, name: str) -> bool:
        return level(self.out.session, self.out.viewer, media_scope(name)) >= Level.READ

    def _name_then(self, change: _Change) -> str:
        """What the file was called after ``change``: later renames have not happened yet."""
        place = change.time, change.seq
        return next((old for when, old in self.renames.get(change.media_id, []) if when > place), str(change.name))

    def _told(self, change: _Change) -> str:
        """The summary of a change of a file; none that tells of a name that the reader may not know."""
        said = _RENAMED.fullmatch(change.summary)
        return "" if said and not all(map(self._may_read, said.groups())) else change.summary

    # Both

    def _stretches(
        self, query: Select[*tuple[Any, ...]], table: type[Revision | MediaRevision], owner: type[Page | Media]
    ) -> Iterator[list[_Change]]:
        place = table.time, table.seq, owner.name
        query = query.order_by(*place).limit(STRETCH)
        rows = self.out.session.execute(query).all()
        while rows:
            yield list(rows)
            last = rows[-1].time, rows[-1].seq, rows[-1].name
            # The time alone once more: an index knows it.
            later = query.where(table.time >= last[0], tuple_(*place) > last)
            rows = self.out.session.execute(later).all()

    def _commit(
        self, change: _Change, *, name: str = "", gone: tuple[str, ...] = (), content: Content | None = None
    ) -> Commit:
        what = f"{name or change.name}: {change.kind}"
        summary = " ".join((self._told(change) if name else change.summary).split())
        message = f"{summary}\n\n{what}\n" if summary else f"{what}\n"
        return Commit(change.time, self._person(change), message, gone=gone, content=content)

    def _person(self, change: _Change) -> Person:
        """Addresses that people gave the wiki go only to those who administer it, as in the wiki itself."""
        login = change.author
        if not login:
            return Person(change.address or "somebody", f"somebody@{self.host}")
        mail = change.mail if self.out.viewer.is_admin and change.mail else f"{login}@{self.host}"
        return Person(change.person or login, mail)
