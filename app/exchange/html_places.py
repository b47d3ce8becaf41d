"""Where in a site of plain files each thing of the wiki is, and the files beside pages, written as pages name them."""

import re
from dataclasses import dataclass, field
from hashlib import sha256

from app.domain.errors import FileRefused, NoSuchRevision, NotFound
from app.domain.names import name_of
from app.domain.picture_sizes import Size
from app.domain.wiki_tables import file_types
from app.exchange.file_paths import inert_path, media_path, page_path
from app.exchange.leaving import Leaving
from app.exchange.new_folder import NewFolder
from app.services.drawings import MAX_BYTES, cleaned
from app.services.media import MediaView, find_media
from app.services.media_checks import OTHER, RUN, SVG, type_of
from app.services.pages import PageView
from app.services.rendering import blocks_of_code
from app.services.thumbnails import thumbnail

HTML = ".html"
FIRST = "index.html"
MEDIA, SIZED, OLD, DETAILS, CODE, SPACES, BACKLINKS = (
    "_media",
    "_sized",
    "_old",
    "_detail",
    "_code",
    "_index",
    "_backlinks",
)
INERT = "It is there as a text, so that no browser runs it."
BAD_DRAWING = "It is a drawing that cannot be made safe. It is there as a text."
CLEANED = "The drawing was written anew, without what could act in it."
MOST_KNOWN = 20_000  # files whose place is remembered
# What browsers run, or read as a page, wherever it comes from.
_ACTIVE = frozenset(
    re.findall(r"\w+", "html htm xhtml xht mhtml mht xml xsl xslt rdf atom rss svgz js mjs css swf wasm hta htc pdfxml")
)


def page_place(name: str) -> str:
    """Never ``FIRST``: there a reader begins."""
    path = page_path(name, HTML)
    return path if path != FIRST else f"=69{path[1:]}"


def space_place(space: str) -> str:
    return f"{SPACES}/{page_path(space, HTML)}"


def backlinks_place(name: str) -> str:
    return f"{BACKLINKS}/{page_path(name, HTML)}"


def detail_place(name: str) -> str:
    return f"{DETAILS}/{media_path(name)}{HTML}"


def code_place(name: str, number: int) -> str:
    return f"{CODE}/{page_path(name, '.txt')}/{number}.txt"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a file is. ``download``: what it is called there where it is saved; "" where it is shown."""

    path: str
    download: str = ""


@dataclass(slots=True)
class Files:
    """Files of the wiki in the site: those that pages name in some size or version are written when they do."""

    out: Leaving
    folder: NewFolder
    detailed: set[str] = field(default_factory=set)  # names of files that pages lead to a page about
    _known: dict[str, tuple[MediaView, Place] | None] = field(default_factory=dict)
    _made: dict[str, bool] = field(default_factory=dict)
    _drawings: dict[str, bytes | None] = field(default_factory=dict)
    _coded: set[str] = field(default_factory=set)  # names of pages whose blocks of code are written

    def place(self, name: str, size: Size | None = None, rev: int | None = None) -> Place | None:
        """None: there is no such file for this reader."""
        found = self._find(name) if rev is None else self._find_old(name, rev)
        if found is None:
            return None
        file, whole = found
        return self._sized(file, size, rev) if size and not whole.download else whole

    def write(self, file: MediaView) -> bool:
        """The file as it stands."""
        place = self._place_of(file)
        if place.download:
            self.out.report.changed.append((file.name, BAD_DRAWING if file.mime == SVG else INERT))
        return self._write(f"{MEDIA}/{place.path}", file, tell=True)

    def of(self, file: MediaView) -> Place:
        place = self._place_of(file)
        return Place(f"{MEDIA}/{place.path}", place.download)

    def code(self, page: PageView) -> None:
        """Its blocks of code, each as a text; once, however often the page is shown."""
        if page.name in self._coded:
            return
        self._coded.add(page.name)
        for number, block in enumerate(blocks_of_code(page, self.out.settings)):
            self.out.write(self.folder, code_place(page.name, number), (block.text.encode("utf-8", "replace"),))

    def _find(self, name: str) -> tuple[MediaView, Place] | None:
        if name not in self._known:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[name] = self._look(name)
        return self._known[name]

    def _look(self, name: str, rev: int | None = None) -> tuple[MediaView, Place] | None:
        try:
            file = find_media(self.out.session, name, viewer=self.out.viewer, rev=rev)
        except (NotFound, NoSuchRevision):
            return None
        if not file.sha256 or not self.out.blobs.has(file.sha256):
            return None
        place = self._place_of(file)
        return file, Place(f"{MEDIA if rev is None else f'{OLD}/{rev}'}/{place.path}", place.download)

    def _find_old(self, name: str, rev: int) -> tuple[MediaView, Place] | None:
        found = self._look(name, rev)
        if found is not None and found[1].path not in self._made:
            self._made[found[1].path] = self._write(found[1].path, found[0], tell=False)
        return found if found is None or self._made[found[1].path] else None

    def _place_of(self, file: MediaView) -> Place:
        leaf = name_of(file.name)
        endings = leaf.lower().split(".")[1:]
        is_inert = type_of(file.name, file_types(self.out.settings)) is OTHER or not _ACTIVE.isdisjoint(endings)
        if is_inert or not RUN.isdisjoint(endings) or (endings[-1] == "svg" and self._drawing(file) is None):
            return Place(inert_path(file.name), leaf)
        return Place(media_path(file.name))

    def _drawing(self, file: MediaView) -> bytes | None:
        """What draws of it; None: it cannot be had."""
        if file.sha256 not in self._drawings:
            self._drawings.clear()  # one at a time: they are asked for again only one after the other
            self._drawings[file.sha256] = self._cleaned(file)
        return self._drawings[file.sha256]

    def _cleaned(self, file: MediaView) -> bytes | None:
        if file.size > MAX_BYTES:
            return None
        try:
            return cleaned(b"".join(self.out.bytes_of(file)))
        except (FileRefused, FileNotFoundError):
            return None

    def _write(self, path: str, file: MediaView, *, tell: bool) -> bool:
        if path.endswith(".svg") and (drawing := self._drawing(file)) is not None:
            if tell and sha256(drawing).hexdigest() != file.sha256:
                self.out.report.changed.append((file.name, CLEANED))
            return self.out.write(self.folder, path, (drawing,), file.changed_at)
        return self.out.write(self.folder, path, self.out.bytes_of(file), file.changed_at)

    def _sized(self, file: MediaView, size: Size, rev: int | None) -> Place:
        whole = f"{MEDIA}/{media_path(file.name)}" if rev is None else f"{OLD}/{rev}/{media_path(file.name)}"
        version = "" if rev is None else f"-{rev}"
        path = f"{SIZED}/{size.width}x{size.height}{'-fit' if size.fit else ''}{version}/{media_path(file.name)}"
        if path not in self._made:
            made = thumbnail(self.out.blobs, file, size, accept_webp=False)
            body = () if made is None else self.out.blobs.objects.read(made.key)
            self._made[path] = made is not None and self.out.write(self.folder, path, body, file.changed_at)
            if self._made[path]:
                self.out.report.count("pictures of other sizes")
        return Place(path if self._made[path] else whole)
