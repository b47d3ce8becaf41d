"""RSS (0.9 to 2.0) and Atom, from bytes that nobody vouches for.

Expat does the work, with what makes it slow or dangerous refused: a document type of its own (entities that grow,
defaults for attributes) ends the reading, namespaces are read by their usual prefixes. Linear in the size.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape
from urllib.parse import urljoin
from xml.parsers.expat import ExpatError, ParserCreate

from app.domain.feeds import FeedItem
from app.domain.internet import place_of

MOST_ITEMS = 100
DEEPEST = 100  # elements within one another
_RAW = 20_000  # characters of one field before its HTML is taken away
_LONGEST_TEXT = 4000  # characters of one field as text, before it is cut to what follows
_TITLE, _AUTHOR, _DETAILS, _DATE = 300, 100, 1000, 64  # characters
_ITEMS = {"item", "entry"}
# Elements of an item by what they tell, the best first.
_TITLES = ("title", "dc:title")
_DATES = ("pubDate", "published", "dc:date", "updated", "issued", "modified")
_AUTHORS = ("name", "author", "dc:creator", "email", "managingEditor")
_DETAIL = ("description", "summary", "content", "content:encoded", "dc:description")
_LINKS = ("link", "guid")
_FIELDS = {*_TITLES, *_DATES, *_AUTHORS, *_DETAIL, *_LINKS}
_PLAIN_FIELDS = {*_DATES, *_LINKS}  # never HTML: "&copy=" in an address is no sign
_PREFIXES = ("atom:", "rss:", "a:", "atom10:")
_BREAKS = {"p", "br", "div", "li", "ul", "ol", "tr", "td", "th", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "pre"}
_CLOSERS = {"<!--": "-->", "<script": "</script", "<style": "</style"}
_TAG = re.compile(r"/?([A-Za-z][A-Za-z0-9]{0,20})")
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._-]{1,40})""", re.IGNORECASE)
# Python knows more encodings; some of them take quadratic time, or are none of text.
_ENCODINGS = re.compile(
    r"utf-?(8|16)|us-ascii|iso-?8859-\d{1,2}|latin-?1|(windows-|cp)125\d|koi8-[ru]|shift_jis|euc-(jp|kr)"
    r"|iso-2022-jp|gb(2312|k|18030)|big5"
)


class BadFeed(Exception):
    """This is no feed, or none that is safe to read. The text says why."""


def read_feed(body: bytes, kind: str, url: str) -> tuple[FeedItem, ...]:
    """The items in the order of the feed. ``kind``: the content type it came with; ``url``: where it was found.

    Raises:
        BadFeed: not well-formed, no feed, or a document type with declarations of its own.
    """
    reader = _Reader(url)
    parser = ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = _judge_doctype
    try:
        parser.Parse(_decoded(body, kind), True)  # noqa: FBT003 expat's
    except ExpatError as error:
        raise BadFeed(f"not well-formed: {error}") from error
    if not reader.is_feed:
        raise BadFeed("this is no feed")
    return tuple(reader.items)


def _judge_doctype(_name: str, _system: str | None, _public: str | None, has_internal_subset: bool) -> None:  # noqa: FBT001 expat's
    if has_internal_subset:
        raise BadFeed("it has a document type with declarations")


def _decoded(body: bytes, kind: str) -> str:
    """As text, so that expat asks nobody for encodings. Without a name it is UTF-8, or UTF-16 with its mark."""
    declared = _ENCODING.match(body[:500])
    header = _CHARSET.search(kind[:200])
    marked = "utf-16" if body[:2] in (b"\xff\xfe", b"\xfe\xff") else ""
    name = marked or (header[1] if header else declared[1].decode("ascii") if declared else "utf-8")
    if not _ENCODINGS.fullmatch(name.lower()):
        raise BadFeed("it is in an encoding that is not read here")
    try:
        return body.decode(name, "replace").removeprefix("\ufeff")
    except LookupError as error:
        raise BadFeed(f"it is in an unknown encoding, {name}") from error


@dataclass(slots=True)
class _Field:
    """A field of an item while it is read. ``literal``: its text is no HTML."""

    name: str
    depth: int
    literal: bool
    pieces: list[str] = field(default_factory=list)
    size: int = 0


@dataclass(slots=True)
class _Reader:
    """Follows the elements. ``found``: the item at hand, the first value of each field."""

    url: str
    items: list[FeedItem] = field(default_factory=list)
    root: str = ""
    depth: int = 0
    item_depth: int = 0
    found: dict[str, str] = field(default_factory=dict)
    reading: _Field | None = None

    @property
    def is_feed(self) -> bool:
        return self.root in ("rss", "feed", "rdf:RDF", "RDF")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise BadFeed("elements lie too deep in one another")
        name = _plain_name(tag)
        if self.depth == 1:
            self.root = name
        elif not self.item_depth:
            if name in _ITEMS:
                self.item_depth, self.found = self.depth, {}
        elif self.reading is None or self.reading.name == "author":  # Atom: the author's name has an element of its own
            self._begin(name, attributes)
        elif name in _BREAKS:
            self.text(" ")

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        if name not in _FIELDS:
            return
        if name == "link" and "href" in attributes:
            if attributes.get("rel", "alternate") == "alternate":
                self.found.setdefault(name, attributes["href"].strip())
        elif name != "guid" or attributes.get("isPermaLink", "true") == "true":
            kind = attributes.get("type", "text" if self.root == "feed" else "html")
            self.reading = _Field(name, self.depth, name in _PLAIN_FIELDS or kind in ("text", "xhtml"))

    def text(self, text: str) -> None:
        reading = self.reading
        if reading is not None and reading.size < _RAW:
            reading.pieces.append(text[: _RAW - reading.size])
            reading.size += len(text)

    def end(self, _tag: str) -> None:
        reading = self.reading
        if reading is not None and reading.depth == self.depth:
            text = "".join(reading.pieces)
            text = " ".join(text.split()) if reading.literal else plain(text)
            if text:
                self.found.setdefault(reading.name, text)
            self.reading = None
        elif self.item_depth == self.depth:
            self.item_depth = 0
            if len(self.items) < MOST_ITEMS:
                self.items.append(self._item())
        self.depth -= 1

    def _item(self) -> FeedItem:
        return FeedItem(
            title=self._first(_TITLES)[:_TITLE],
            link=_link(self.url, self._first(_LINKS)),
            author=_name(self._first(_AUTHORS))[:_AUTHOR],
            date=_date(self._first(_DATES)),
            details=self._first(_DETAIL)[:_DETAILS],
        )

    def _first(self, names: tuple[str, ...]) -> str:
        return next((self.found[name] for name in names if name in self.found), "")


def _plain_name(tag: str) -> str:
    for prefix in _PREFIXES:
        if tag.startswith(prefix):
            return tag[len(prefix) :]
    return tag


def plain(html: str) -> str:
    """The words of a piece of HTML: no tags, no scripts, signs instead of their names. Linear."""
    words = "".join(_words(html))[:_LONGEST_TEXT]  # before names of signs: an endless number would be an error
    return " ".join(unescape(words).split())


def _words(html: str) -> Iterator[str]:
    at = 0
    while (opened := html.find("<", at)) >= 0:
        yield html[at:opened]
        tag = _TAG.match(html, opened + 1)
        name = tag[1].lower() if tag else ""
        if name in _BREAKS:
            yield " "
        at = _behind(html, opened) if tag or html[opened + 1 : opened + 2] in ("!", "?") else opened
        if at == opened:  # no tag at all
            yield "<"
            at += 1
    yield html[at:]


def _behind(html: str, opened: int) -> int:
    """Where the text goes on behind the tag that begins at ``opened``, with what scripts and comments hold."""
    start = html[opened : opened + 8].lower()
    closer = next((closer for begin, closer in _CLOSERS.items() if start.startswith(begin)), ">")
    found = html.find(closer, opened + 1)
    return len(html) if found < 0 else html.find(">", found) + 1 or len(html)


def _name(author: str) -> str:
    """``mail@example.org (Name)``, as RSS writes authors: the name."""
    before, opened, rest = author.partition("(")
    return rest[:-1].strip() if opened and "@" in before and rest.endswith(")") else author


def _link(base: str, link: str) -> str:
    with suppress(ValueError):  # brackets that are none
        absolute = urljoin(base, link) if link else ""
        return absolute if place_of(absolute) is not None else ""
    return ""


def _date(text: str) -> int | None:
    """RFC 822 or ISO 8601; without a zone it is UTC."""
    if not text or len(text) > _DATE:
        return None
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        with suppress(ValueError, TypeError, OverflowError, IndexError):
            found = read(text)
            return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp())
    return None
