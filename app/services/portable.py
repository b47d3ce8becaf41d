"""A page as any program for Markdown reads it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from app.domain.anchors import section_id
from app.domain.markups import Markup
from app.domain.resolve import page_target, resolve_media
from app.domain.wiki_settings import WikiSettings
from app.markup import Document, parse, questions
from app.markup.conversion import convert
from app.markup.conversion.losses import shortened
from app.markup.html.links import default_name
from app.markup.nodes import Extra
from app.markup.portable import pointed, slugs, without_wiki
from app.markup.sections import everything


class Around(Protocol):
    """The wiki around the page, as whoever the page is written for may see it."""

    def pages(self, names: Iterable[str]) -> Mapping[str, str]:
        """Of ``names`` those that lead to a page, each with the name that page has."""

    def files(self, names: Iterable[str]) -> Mapping[str, str]:
        """The same of files."""

    def titles(self, names: Iterable[str]) -> Mapping[str, str]:
        """The first heading of each page that has one."""

    def page(self, name: str, anchor: str) -> str:
        """Where a page is, or would be, and in it what is called ``anchor`` in the wiki; "": all of it."""

    def file(self, name: str) -> str:
        """Where a file is, or would be."""


@dataclass(frozen=True, slots=True)
class Portable:
    """``lost``: what could not be said, as "what: the words it stood at"."""

    text: str
    lost: tuple[str, ...]


def portable(name: str, text: str, markup: Markup, around: Around, settings: WikiSettings) -> Portable:
    """The page in plain Markdown. What is Markdown already stays as it is, but for where its links lead."""
    document = parse(text, settings, markup)
    lead = _Lead(name, document, around, settings)
    if markup == "markdown":
        extras = (event for event in everything(document.events) if isinstance(event, Extra))
        lost = tuple(f"{extra.syntax.name}: {shortened(extra.source)}" for extra in extras)
        return Portable(pointed(document, lead), lost)
    told: list[str] = []
    made = convert(without_wiki(document, lead, told), "markdown", settings)
    told += [f"{one.what}: {one.excerpt}" for one in made.lost]
    told += [f"and {made.more} more"] if made.more else []
    return Portable(made.text, tuple(told))


def heading_slugs(text: str, markup: Markup, settings: WikiSettings) -> dict[str, str]:
    """By the anchor that each heading of the page has in the wiki: what other programs call it."""
    return slugs(parse(text, settings, markup), settings)


@dataclass(slots=True)
class _Lead:
    """Everything that a page names is asked for at once."""

    name: str
    document: Document
    around: Around
    settings: WikiSettings
    _pages: Mapping[str, str] = field(init=False)
    _files: Mapping[str, str] = field(init=False)
    _titles: Mapping[str, str] = field(init=False)
    _slugs: dict[str, str] | None = None

    def __post_init__(self) -> None:
        asked = questions(self.document, self.name, self.settings)
        self._pages = self.around.pages(asked.pages)
        self._files = self.around.files(asked.media)
        wanted = self._pages.values() if self.settings.useheading in ("1", "content") else ()
        self._titles = self.around.titles(wanted)

    def page(self, target: str) -> tuple[str, str]:
        meant = page_target(target, self.name, self.settings)
        there = next((self._pages[name] for name in meant.candidates if name in self._pages), None)
        anchor = target.partition("#")[2]
        title = "" if anchor.strip() else self._titles.get(there or "", "")
        words = title or default_name(target, there or meant.fallback, self.settings)
        return self.around.page(there or meant.fallback, section_id(anchor, self.settings) if anchor else ""), words

    def named(self, name: str) -> str:
        return self.around.page(self._pages.get(name, name), "")

    def section(self, anchor: str) -> str:
        if self._slugs is None:
            self._slugs = slugs(self.document, self.settings)
        wanted = section_id(anchor, self.settings)
        return f"#{self._slugs.get(wanted, wanted)}"

    def file(self, source: str) -> str:
        name = resolve_media(source, self.name, self.settings)
        return self.around.file(self._files.get(name, name)) if name else ""
