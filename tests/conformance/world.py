"""The wiki that the cases stand in: a folder of pages and media, read into facts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from PIL import Image

from app.domain.hiding import is_hidden
from app.domain.names import natural_key
from app.domain.resolve import resolve_page
from app.domain.wiki_settings import WikiSettings
from app.markup import Facts, Live, MediaFact, PageFact, metadata, parse, questions, render, render_backlinks
from app.markup.backlink_filter import keeps, matches

SHIPPED = WikiSettings(base_url="http://wiki.example.org", useheading="0")


@dataclass(frozen=True)
class World:
    """Page id to text, file id to path."""

    pages: Mapping[str, str]
    files: Mapping[str, Path]

    @staticmethod
    def load(folder: Path) -> "World":
        pages = {
            _id(path.with_suffix(""), folder / "pages"): path.read_text("utf-8") for path in _files(folder / "pages")
        }
        return World(pages, {_id(path, folder / "media"): path for path in _files(folder / "media")})

    @cached_property
    def facts(self) -> Facts:
        pages = {
            page: PageFact(metadata(parse(text, SHIPPED), page, Facts(), SHIPPED).title or None)
            for page, text in self.pages.items()
        }
        return Facts(pages, {name: _file_fact(path) for name, path in self.files.items()})

    @cached_property
    def links(self) -> dict[str, set[str]]:
        """Page to the pages it links to."""
        found = {}
        for page, text in self.pages.items():
            about = metadata(parse(text, SHIPPED), page, self.facts, SHIPPED)
            found[page] = {each.target for each in about.references if each.kind == "page"}
        return found

    def with_pages(self, ids: list[str]) -> "World":
        """The same files, but just these pages, empty."""
        return replace(self, pages=dict.fromkeys(ids, ""))

    def body(self, text: str, page_id: str, settings: WikiSettings) -> str:
        """The HTML of ``text``, everything live filled in."""
        document = parse(text, settings)
        asked = questions(document, page_id, settings)
        # Only what was asked about is told: a question forgotten shows as a difference.
        facts = Facts(
            {page: fact for page, fact in self.facts.pages.items() if page in asked.pages},
            {
                name: fact
                for name, fact in self.facts.media.items()
                if name in asked.media or name.startswith(tuple(asked.media_prefixes))
            },
        )
        parts = render(document, page_id, facts, settings).parts
        return "".join(part if isinstance(part, str) else self._live(part, page_id, settings) for part in parts)

    def _live(self, place: Live, page_id: str, settings: WikiSettings) -> str:
        if place.kind != "backlinks":
            return ""
        values = place.args
        wanted = self._target(values["page"], page_id, settings)
        rows = [
            (page, self.facts.pages[page].title)
            for page in sorted(self.links, key=natural_key)
            if any(matches(wanted, target) for target in self.links[page])
            and keeps(page, values["filter"], negate=bool(values["negate"]))
            and not is_hidden(page, settings)
        ]
        return render_backlinks(rows, settings)

    def _target(self, raw: str, page_id: str, settings: WikiSettings) -> str:
        if raw == ".":
            return page_id
        return resolve_page(raw, page_id, self.pages.__contains__, settings).id if ".:" in raw else raw


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _id(path: Path, root: Path) -> str:
    return ":".join(path.relative_to(root).parts)


def _file_fact(path: Path) -> MediaFact:
    size = path.stat().st_size
    try:
        with Image.open(path) as picture:
            return MediaFact(size, *picture.size)
    except OSError:
        return MediaFact(size)
