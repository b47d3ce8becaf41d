"""The wiki that the cases stand in: a folder of pages and media, read into facts."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from PIL import Image

from app.domain.feeds import FeedContent
from app.domain.hiding import is_hidden
from app.domain.names import natural_key
from app.domain.wiki_settings import WikiSettings
from app.markup import FOLDER_SIZE, Facts, MediaFact, PageFact, filler, metadata, parse, questions, render
from app.markup.backlink_filter import keeps, matches
from app.markup.nodes import Markup

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

    def body(self, text: str, page_id: str, settings: WikiSettings, markup: Markup = "dokuwiki") -> str:
        """The HTML of ``text``, everything live filled in."""
        document = parse(text, settings, markup)
        asked = questions(document, page_id, settings)
        # Only what was asked about is told: a question forgotten shows as a difference.
        facts = Facts(
            {page: fact for page, fact in self.facts.pages.items() if page in asked.pages},
            {
                name: fact
                for name, fact in self.facts.media.items()
                if name in asked.media or name.startswith(tuple(asked.media_prefixes))
            }
            | {
                folder: MediaFact(FOLDER_SIZE)
                for folder in asked.folders
                if any(name.startswith(f"{folder}:") for name in self.facts.media)
            },
        )
        parts = render(document, page_id, facts, settings).parts
        fill = filler(Reading(self, page_id, settings))
        return "".join(part if isinstance(part, str) else fill(part) for part in parts)


@dataclass(frozen=True, slots=True)
class Reading:
    """What live places ask; no feed is fetched."""

    world: World
    page_id: str
    settings: WikiSettings
    now: int = 0

    def backlinks(self, page: str, *, only: str, without: bool) -> list[tuple[str, str | None]]:
        links, facts = self.world.links, self.world.facts
        return [
            (source, facts.pages[source].title)
            for source in sorted(links, key=natural_key)
            if any(matches(page, target) for target in links[source])
            and keeps(source, only, negate=without)
            and not is_hidden(source, self.settings)
        ]

    def feed(self, url: str, *, refresh: int) -> FeedContent:
        del url, refresh
        return FeedContent()


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
