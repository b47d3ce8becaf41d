"""The wiki as a folder of Markdown: a file a page, what is known of it in front, files of the wiki beside."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Row, func, select
from sqlalchemy.orm import aliased

from app.domain.markups import stored_markup
from app.domain.stretches import stretches
from app.exchange.export_report import ExportReport
from app.exchange.exported import ExportProgress
from app.exchange.file_paths import media_path, page_path, relative
from app.exchange.leaving import CHUNK, Leaving, Options, Signing, leaving
from app.exchange.markdown_front import Front, front_matter
from app.exchange.new_folder import NewFolder, new_folder
from app.services.pages import look_for
from app.services.permissions import visible_to
from app.services.portable import heading_slugs, portable
from app.services.revisions import WRITTEN_BY
from app.services.texts import load_texts
from app.store.accounts import Account
from app.store.media import Media, MediaRedirect
from app.store.pages import Page, Revision

MARKDOWN = ".md"
MEDIA = "_media"  # no page's path begins so
UNSAID = "Markdown cannot say all of it:"
STRETCH = 100  # pages that are read at once, with their texts
MOST_SLUGS = 1000  # pages whose headings are remembered


def export_markdown(
    wiki: Signing, target: Path, options: Options, progress: Callable[[ExportProgress], None]
) -> ExportReport:
    """Write it into ``target``, a new or empty folder: the same wiki and reader give the same bytes.

    Raises:
        BadValue: field ``target``; it is no folder, or not empty.
        OSError: the disk is full, or may not be written.
    """
    with ExitStack() as stack:
        folder = stack.enter_context(new_folder(target, options.mode))
        out = stack.enter_context(leaving(wiki, options, progress))
        _Export(out, folder).write()
    return out.report


@dataclass(slots=True)
class _Export:
    out: Leaving
    folder: NewFolder
    slugs: dict[str, dict[str, str]] = field(default_factory=dict)

    def write(self) -> None:
        for pages in self._stretches():
            texts = load_texts(self.out.session, {page.text_id for page in pages if page.text_id is not None})
            people = self._people([page.id for page in pages])
            for page in pages:
                self._page(page, texts.get(page.text_id, ""), people[page.id])
                self.out.step()
        for file in self.out.files():
            path = f"{MEDIA}/{media_path(file.name)}"
            if self.out.write(self.folder, path, self.out.bytes_of(file), file.changed_at):
                self.out.report.count("files")
            self.out.step()

    def _stretches(self) -> Iterator[list[Row[*tuple[Any, ...]]]]:
        query = (
            select(
                Page.id,
                Page.name,
                Page.title,
                Page.changed_at,
                Page.kept,
                Page.sort_key,
                Revision.markup,
                Revision.text_id,
                Revision.author,
                Revision.address,
                Account.name.label("person"),
            )
            .join(Revision, Revision.id == Page.current_id)
            .outerjoin(Account, WRITTEN_BY)
            .where(visible_to(self.out.session, self.out.viewer, Page))
            .order_by(Page.sort_key)
            .limit(STRETCH)
        )
        rows = self.out.session.execute(query).all()
        while rows:
            yield list(rows)
            rows = self.out.session.execute(query.where(Page.sort_key > rows[-1].sort_key)).all()

    def _people(self, pages: list[int]) -> dict[int, "_People"]:
        """When each of ``pages`` was first written, and by whom ever, in the order in which they came to it."""
        first = func.min(Revision.time)
        rows = self.out.session.execute(
            select(Revision.page_id, Revision.author, Account.name.label("person"), first.label("first"))
            .outerjoin(Account, WRITTEN_BY)
            .where(Revision.page_id.in_(pages))
            .group_by(Revision.page_id, Revision.author, Account.name)
            .order_by(first, Revision.author)
        )
        found = {page: _People() for page in pages}
        for row in rows:
            people = found[row.page_id]
            people.since = row.first if people.since is None else people.since
            if row.author:
                people.names.append(row.person or row.author)
        return found

    def _page(self, page: Row[*tuple[Any, ...]], text: str, people: "_People") -> None:
        path = _path(page.name)
        made = portable(page.name, text, stored_markup(page.markup), _Around(self, page.name, path), self.out.settings)
        front = Front(
            id=page.name,
            title=page.title or page.name,
            created=page.changed_at if people.since is None else people.since,
            changed=page.changed_at,
            authors=people.names,
            last_author=page.person or page.author or page.address,
            kept=page.kept,
        )
        content = (front_matter(front) + made.text).encode("utf-8", "replace")
        if self.out.write(self.folder, path, (content,), page.changed_at):
            self.out.report.count("pages")
            self.out.report.changed += [(page.name, f"{UNSAID} {lost}") for lost in made.lost]

    def slugs_of(self, name: str) -> dict[str, str]:
        if name not in self.slugs:
            if len(self.slugs) >= MOST_SLUGS:
                self.slugs.clear()
            page = look_for(self.out.session, name, viewer=self.out.viewer)
            self.slugs[name] = heading_slugs(page.text, page.markup, self.out.settings) if page.exists else {}
        return self.slugs[name]


@dataclass(slots=True)
class _People:
    since: int | None = None
    names: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Around:
    """The wiki as the page at ``path`` names it."""

    export: _Export
    name: str
    path: str

    def pages(self, names: Iterable[str]) -> Mapping[str, str]:
        return self.export.out.existing(names)

    def files(self, names: Iterable[str]) -> Mapping[str, str]:
        """Only names that files had before lead elsewhere."""
        out = self.export.out
        found: dict[str, str] = {}
        query = select(MediaRedirect.name, Media.name).join(Media, Media.id == MediaRedirect.media_id)
        query = query.where(Media.current_id.is_not(None), visible_to(out.session, out.viewer, Media))
        there = aliased(Media)
        query = query.where(~select(there.id).where(there.name == MediaRedirect.name).exists())
        for some in stretches(sorted(names), CHUNK):
            rows = out.session.execute(query.where(MediaRedirect.name.in_(some)))
            found |= {row[0]: row[1] for row in rows}
        return found

    def titles(self, names: Iterable[str]) -> Mapping[str, str]:
        """``names``: of pages that the reader may read."""
        found: dict[str, str] = {}
        for some in stretches(sorted(set(names)), CHUNK):
            query = select(Page.name, Page.title).where(Page.name.in_(some))
            found |= {row[0]: row[1] for row in self.export.out.session.execute(query) if row[1]}
        return found

    def page(self, name: str, anchor: str) -> str:
        if not anchor:
            return _near(_path(name), self.path)
        slug = self.export.slugs_of(name).get(anchor, anchor)
        here = "" if name == self.name else _near(_path(name), self.path)
        return f"{here}#{quote(slug, errors='replace')}"

    def file(self, name: str) -> str:
        return _near(f"{MEDIA}/{media_path(name)}", self.path)


def _path(name: str) -> str:
    return page_path(name, MARKDOWN)


def _near(path: str, below: str) -> str:
    return quote(relative(path, below), safe="/=", errors="replace")
