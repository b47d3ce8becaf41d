"""The wiki as a site of plain files, for reading without a server: from a disk, a stick, any host of files."""

import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from app.domain.names import name_of, namespace_of
from app.exchange.export_report import ExportReport
from app.exchange.exported import ExportProgress
from app.exchange.html_frame import (
    INDEX,
    SEARCH,
    STATIC,
    Entry,
    Frame,
    Sheet,
    breadcrumbs,
    document,
    link,
    listed,
    near,
    time_tag,
)
from app.exchange.html_links import Piece, Target, read_address, take_apart
from app.exchange.html_lists import all_backlinks, files_in, pages_in, spaces_of
from app.exchange.html_parts import contents, contents_fold, page_foot, text_of_page
from app.exchange.html_places import (
    FIRST,
    Files,
    backlinks_place,
    code_place,
    detail_place,
    page_place,
    space_place,
)
from app.exchange.html_search import PAGES_IN_ONE, PARTS, TEXTS_IN_ONE, SearchIndex, search_index
from app.exchange.leaving import Leaving, Options, Signing, leaving
from app.exchange.new_folder import NewFolder, new_folder
from app.resources import resource_dir
from app.services.catalogs import SOURCE_LANGUAGE, languages, translations
from app.services.indexes import all_pages, sidebar_of
from app.services.links import Backlink, backlinks, count_backlinks, file_backlinks
from app.services.media import MediaView
from app.services.pages import PageView, look_for
from app.services.rendering import Body, passing_body

ASSETS = ("css/lierre.css", "favicon.svg", "export/site.css", "export/site.js", "export/search.js")
ROBOTS = b"User-agent: *\nDisallow: /_\n"
FEW = 50  # links to a page that stand beside it; more have a page of their own
NEEDS = "Searching needs JavaScript. The index lists all pages."


def export_html(
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
        site = Site(out, folder, stack.enter_context(search_index()))
        site.write()
    return out.report


@dataclass(slots=True)
class Site:
    out: Leaving
    folder: NewFolder
    index: SearchIndex
    files: Files = field(init=False)
    frame: Frame = field(init=False)
    spaces: dict[str, list[str]] = field(init=False)  # each namespace that is listed, with those in it
    _sidebars: dict[str, Piece] = field(default_factory=dict)

    def __post_init__(self) -> None:
        out = self.out
        self.files = Files(out, self.folder)
        self.spaces = spaces_of(out)
        lang = out.settings.lang if out.settings.lang in languages() else SOURCE_LANGUAGE
        start = out.settings.start
        home = page_place(start) if out.existing([start]).get(start) == start else INDEX
        self.frame = Frame(out.settings, translations(lang).gettext, home)

    def write(self) -> None:
        for asset in ASSETS:
            self.folder.write(f"{STATIC}/{asset.rpartition('/')[2]}", (resource_dir("static") / asset).read_bytes())
        self.folder.write("robots.txt", ROBOTS)
        for entry in all_pages(self.out.session, viewer=self.out.viewer):
            page = look_for(self.out.session, entry.name, viewer=self.out.viewer)
            if page.exists and page.name == entry.name:
                self._page(page)
            self.out.step()
        for file in self.out.files():
            if self.files.write(file):
                self.out.report.count("files")
                if file.name in self.files.detailed:
                    self._detail(file)
            self.out.step()
        self._indexes()
        self._search()

    # Pages

    def _page(self, page: PageView) -> None:
        path, at = page_place(page.name), page.revision.time if page.revision else None
        body = self._body(page)
        piece = take_apart(body.html)
        if not self.out.write(self.folder, path, (self._document(page, body, piece, path),), at):
            return
        self.out.report.count("pages")
        if path == self.frame.home:
            self.out.write(self.folder, FIRST, (self._document(page, body, piece, FIRST),), at)
        if not page.hidden:
            self.index.add(path, page.name, page.title, piece.words())

    def _document(self, page: PageView, body: Body, piece: Piece, path: str) -> bytes:
        say = self.frame.say
        main = "\n".join(
            [
                breadcrumbs(page.name, path, self._space_path, say),
                contents_fold(body, say),
                text_of_page(self._placed(piece, page, path), self.out.settings.lang),
                page_foot(page, say),
            ]
        )
        aside = "\n".join(filter(None, [contents(body, say), self._linked_from(page, path)]))
        title, beside = page.title or page.name, self._beside(page.name, path)
        return document(self.frame, Sheet(path, title, main, aside, beside, listed=not page.hidden))

    def _body(self, page: PageView, main: str | None = None) -> Body:
        out = self.out
        return passing_body(
            out.session,
            page,
            viewer=out.viewer,
            wiki_settings=out.settings,
            secret=out.secret,
            now=out.now,
            main=main,
        )

    def _beside(self, name: str, path: str) -> str:
        """The sidebar of the page ``name``, for ``path``; taken apart once where it says the same beside all pages."""
        out = self.out
        found = sidebar_of(out.session, name, out.settings, viewer=out.viewer)
        if found is None or found == name:
            return ""
        page = look_for(out.session, found, viewer=out.viewer)
        piece = self._sidebars.get(found)
        if piece is None:
            body = self._body(page, name)
            piece = take_apart(body.html)
            if not body.live:
                self._sidebars[found] = piece
        return self._placed(piece, page, path)

    def _placed(self, piece: Piece, page: PageView, path: str) -> str:
        """The HTML of ``piece``, which is of ``page`` and stands at ``path``."""
        settings = self.out.settings
        targets = {url: read_address(url, settings) for url in piece.addresses()}
        there = self.out.existing(target.name for target in targets.values() if target and target.kind == "page")
        if any(target and target.kind == "code" and target.name == page.name for target in targets.values()):
            self.files.code(page)

        def place(tag: str, url: str) -> dict[str, str] | None:
            target = targets.get(url)
            return {} if target is None else self._address(target, tag, page, there, path)

        return piece.written(place)

    def _address(
        self, target: Target, tag: str, page: PageView, there: dict[str, str], path: str
    ) -> dict[str, str] | None:
        if target.kind == "outside":
            return {"address": target.name}
        if target.kind == "page" and tag == "a" and target.name in there:
            return {"address": near(page_place(there[target.name]), path) + target.anchor}
        if target.kind == "code" and target.name == page.name:
            return {"address": near(code_place(page.name, target.number), path)}
        return self._file_address(target, tag, path) if target.kind in ("file", "detail") else None

    def _file_address(self, target: Target, tag: str, path: str) -> dict[str, str] | None:
        found = self.files.place(target.name, target.size, target.rev)
        if found is None:
            return None
        if target.kind == "detail":
            self.files.detailed.add(target.name)
            return {"address": near(detail_place(target.name), path)}
        saved = {"download": found.download} if found.download and tag == "a" else {}
        return {"address": near(found.path, path)} | saved

    # Around a page

    def _linked_from(self, page: PageView, path: str) -> str:
        """Few links stand beside the page; many on one of their own."""
        out, say = self.out, self.frame.say
        count = count_backlinks(out.session, page.name, viewer=out.viewer)
        first = backlinks(out.session, page.name, viewer=out.viewer, limit=FEW).items
        found = (
            listed(map(_linking, first), path)
            if first
            else f'<p class="soft">{escape(say("No page links here yet."))}</p>'
        )
        if count > len(first):
            place = backlinks_place(page.name)
            if path != FIRST:  # that is the same page once more
                self._all_linking(page, place)
            found += f'\n<p><a href="{link(place, path)}">{escape(say("All pages that link here"))}</a></p>'
        return (
            '<section class="linked-from" aria-labelledby="linked-from-title">\n'
            f'<h2 id="linked-from-title">{escape(say("Linked from"))} <span class="count">{count}</span></h2>\n'
            f"{found}\n</section>"
        )

    def _all_linking(self, page: PageView, place: str) -> None:
        say, title = self.frame.say, page.title or page.name
        every = listed(map(_linking, all_backlinks(self.out, page.name)), place)
        here = f'<h1><a href="{link(page_place(page.name), place)}">{escape(title)}</a></h1>'
        main = f"{here}\n<h2>{escape(say('Linked from'))}</h2>\n{every}"
        self._list(place, f"{say('Linked from')}: {title}", main, space=namespace_of(page.name))

    def _detail(self, file: MediaView) -> None:
        """The page about a file that its picture leads to."""
        say, path, place = self.frame.say, detail_place(file.name), self.files.of(file)
        address = link(place.path, path)
        shown = (
            f'<p><a href="{address}"><img src="{address}" alt=""></a></p>'
            if file.is_picture and not place.download
            else ""
        )
        facts = f"{-(-file.size // 1024)} {say('KiB')}" + (
            f", {file.width} \N{MULTIPLICATION SIGN} {file.height} px" if file.width and file.height else ""
        )
        users = file_backlinks(self.out.session, file.name, viewer=self.out.viewer, limit=200).items
        used = f"<h2>{escape(say('Used on'))}</h2>\n{listed(map(_linking, users), path)}" if users else ""
        self._list(
            path,
            file.name,
            f"{breadcrumbs(file.name, path, self._space_path, say)}\n"
            f'<h1>{escape(name_of(file.name))}</h1>\n<div class="site-detail">{shown}</div>\n'
            f'<p><a href="{address}">{escape(file.name)}</a>, {facts}, {time_tag(file.changed_at)}</p>\n{used}',
            space=namespace_of(file.name),
        )

    # Lists

    def _indexes(self) -> None:
        for space in self.spaces:
            self._index(space, space_place(space) if space else INDEX)
        if self.frame.home == INDEX:
            self._index("", FIRST)

    def _index(self, space: str, path: str) -> None:
        inside = [Entry(space_place(each), "", f"{name_of(each)}:") for each in self.spaces[space]]
        entries = [*inside, *(Entry(page_place(name), title, name) for name, title in pages_in(self.out, space))]
        title = self.frame.say("Index of %(namespace)s") % {"namespace": space} if space else self.frame.say("Index")
        above = breadcrumbs(space, path, self._space_path, self.frame.say) if space else ""
        main = f"{above}\n<h1>{escape(title)}</h1>\n{listed(entries, path)}{self._files_of(space, path)}"
        self._list(path, title, main, space=space)

    def _files_of(self, space: str, path: str) -> str:
        """Those that are written, whether a page shows them or not."""
        places = ((file, self.files.of(file).path) for file in files_in(self.out, space))
        entries = [Entry(place, "", name_of(file.name)) for file, place in places if self.folder.has(place)]
        return f"\n<h2>{escape(self.frame.say('Files'))}</h2>\n{listed(entries, path)}" if entries else ""

    def _search(self) -> None:
        say = self.frame.say
        words = {"label": say("Search this wiki"), "none": say("No page holds all of these words."), "parts": PARTS}
        words |= {"pages": PAGES_IN_ONE, "texts": TEXTS_IN_ONE}
        data = escape(json.dumps(words))
        without = f"<noscript><p>{escape(say(NEEDS))}</p></noscript>"
        main = f'<h1>{escape(say("Search"))}</h1>\n<div id="search" data-words="{data}">{without}</div>'
        self._list(SEARCH, say("Search"), main, script=f"{STATIC}/search.js")
        for path, content in self.index.files():
            self.out.write(self.folder, path, (content,))

    def _list(self, path: str, title: str, main: str, *, space: str = "", script: str = "") -> None:
        start = self.out.settings.start
        beside = self._beside(f"{space}:{start}" if space else start, path)
        sheet = Sheet(path, title, main, sidebar=beside, listed=False, script=script)
        self.out.write(self.folder, path, (document(self.frame, sheet),))

    def _space_path(self, space: str) -> str | None:
        return space_place(space) if space in self.spaces else None


def _linking(entry: Backlink) -> Entry:
    return Entry(page_place(entry.name), entry.title, entry.name)
