"""Addresses in the HTML of a page: what of the wiki they name, and the same HTML with other ones."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape, unescape
from html.parser import HTMLParser
from typing import Literal
from urllib.parse import parse_qs, unquote

from app.domain.names import clean_id
from app.domain.picture_sizes import Size
from app.domain.wiki_settings import WikiSettings

Place = Callable[[str, str], dict[str, str] | None]
Kind = Literal["page", "file", "detail", "code", "outside", "view"]
_PLACES = {"/_media/": "file", "/_detail/": "detail", "/_export/code/": "code"}
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_COMMAS = re.compile(r",\s+")
_HOST = re.compile(r"(https?:)?//", re.IGNORECASE)
_PLAYERS = ("video", "audio")
_PLAYERS_BEGIN, _PLAYERS_END = ("<video", "<audio"), ("</video>", "</audio>")
_ADDRESSES = ("href", "src", "poster")
_NO_TAGS = frozenset(
    {"form", "input", "button", "select", "textarea", "script", "style", "base", "meta", "link", "iframe", "object"}
)
_EMPTY = frozenset({"img", "br", "hr", "source", "track", "wbr", "col", "area", "input", "base", "meta", "link"})
_BLOCKS = frozenset(
    {"p", "div", "li", "td", "th", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "dd", "dt", "br", "hr"}
)


@dataclass(frozen=True, slots=True)
class Target:
    """What an address names. ``name``: of a page or file; of what lies outside, the address.

    ``size``, ``rev``: of a picture; ``number``: of a block of code; ``anchor``: with its ``#``, or "".
    """

    kind: Kind
    name: str
    anchor: str = ""
    size: Size | None = None
    rev: int | None = None
    number: int = 0


def read_address(url: str, settings: WikiSettings) -> Target | None:
    """What ``url``, as it stands in a page, names; None: it stands for itself."""
    base = settings.base_url.rstrip("/")
    if base and (url == base or url.startswith((f"{base}/", f"{base}#", f"{base}?"))):
        url = url[len(base) :] or "/"
    if not url or url.startswith(("//", "#", "?")) or _SCHEME.match(url):
        return None
    url = url if url.startswith("/") else f"/{url}"  # pages of the wiki all lie at its root
    rest, mark, anchor = url.partition("#")
    path, _, query = rest.partition("?")
    asked = (
        {name: values[0] for name, values in parse_qs(query, max_num_fields=100).items()}
        if query.count("&") < 99
        else {}
    )
    anchor = mark + anchor
    for begin, kind in _PLACES.items():
        if path.startswith(begin):
            return _thing(kind, unquote(path[len(begin) :]).replace("/", ":"), asked)
    if path == "/_fetch" and asked.get("url", "").startswith(("http://", "https://")):
        return Target("outside", asked["url"])
    if path.startswith("/_"):
        return Target("view", path)
    return Target("page", clean_id(unquote(path[1:]).replace("/", ":"), settings) or settings.start, anchor)


def _thing(kind: str, name: str, asked: dict[str, str]) -> Target:
    if kind == "code":
        return Target("code", name, number=_number(asked.get("codeblock", "")))
    if kind == "detail":
        return Target("detail", name)
    size = Size(_number(asked.get("w", "")), _number(asked.get("h", "")), fit=asked.get("fit", "") not in ("", "0"))
    rev = _number(asked["rev"]) if "rev" in asked else None
    return Target("file", name, size=size if size.width or size.height else None, rev=rev)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


@dataclass(slots=True)
class _Tag:
    name: str
    attributes: list[tuple[str, str | None]]
    raw: str


@dataclass(slots=True)
class Piece:
    """A body, taken apart. ``text``: its words."""

    parts: list[str | _Tag] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def words(self) -> str:
        return " ".join("".join(self.text).split())

    def addresses(self) -> Iterator[str]:
        for tag in self.parts:
            if isinstance(tag, _Tag):
                for name, value in tag.attributes:
                    if name in _ADDRESSES and value:
                        yield value
                    elif name == "srcset" and value:
                        yield from (each for each, _ in _sizes(value))

    def written(self, place: Place) -> str:
        """``place(tag, address)``: the attributes that stand for the address; {}: it is left as it is; None: gone.

        A picture, sound or film of another host becomes a link to it, so that nothing is asked of anybody unasked.
        """
        writer = _Writer(place)
        for part in self.parts:
            writer.add(part)
        return "".join(writer.out)


def take_apart(html: str) -> Piece:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.piece


class _Reader(HTMLParser):
    """The wiki's own HTML, which is balanced and quotes its attributes. Forms and what acts are left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.piece = Piece()
        self._skipped = ""  # the element whose content is not for readers

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        raw = self.get_starttag_text() or ""
        if tag in self.CDATA_CONTENT_ELEMENTS:
            self._skipped = tag
        if tag in _BLOCKS:
            self.piece.text.append(" ")
        if tag not in _NO_TAGS:
            interesting = any(name in (*_ADDRESSES, "srcset", "action", "formaction") for name, _ in attrs)
            self.piece.parts.append(_Tag(tag, attrs, raw) if interesting else raw)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == self._skipped:
            self._skipped = ""
        if tag in _BLOCKS:
            self.piece.text.append(" ")
        if tag not in _NO_TAGS and tag not in _EMPTY:
            self.piece.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self._skipped:
            return
        self.piece.parts.append(data)
        self.piece.text.append(data)

    def handle_entityref(self, name: str) -> None:
        self._sign(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._sign(f"&#{name};")

    def _sign(self, source: str) -> None:
        self.piece.parts.append(source)
        self.piece.text.append(unescape(source))

    def handle_comment(self, data: str) -> None:
        del data


@dataclass(slots=True)
class _Writer:
    place: Place
    out: list[str] = field(default_factory=list)
    _in_link: bool = False
    _player: int = -1  # where in ``out`` the sound or film begins whose sources come now
    _plays: bool = False

    def add(self, part: str | _Tag) -> None:
        if isinstance(part, str):
            self._add_text(part)
        elif part.name == "img":
            self.out.append(self._picture(part))
        elif part.name == "source":
            self._source(part)
        else:
            if part.name in _PLAYERS:
                self._begin_player()
            attributes = self._attributes(part)
            self._in_link = self._in_link if part.name != "a" else "href" in attributes
            self.out.append(_tag(part, attributes))

    def _add_text(self, part: str) -> None:
        if part == "</a>":
            self._in_link = False
        if part.startswith(_PLAYERS_BEGIN):
            self._begin_player()
        if part in _PLAYERS_END and not self._plays and self._player >= 0:
            self.out[self._player] = ""  # what stands in it for browsers that play nothing is shown instead
            self._player = -1
            return
        self.out.append(part)

    def _begin_player(self) -> None:
        self._player, self._plays = len(self.out), False

    def _source(self, tag: _Tag) -> None:
        attributes = self._attributes(tag)
        if "src" in attributes and not _is_elsewhere(attributes["src"]):
            self._plays = True
            self.out.append(_tag(tag, attributes))

    def _picture(self, tag: _Tag) -> str:
        attributes = self._attributes(tag)
        address = attributes.get("src")
        if address and not _is_elsewhere(address):
            return _tag(tag, attributes)
        given = dict(tag.attributes)
        words = escape(given.get("alt") or _last_part(address or given.get("src") or ""))
        return words if self._in_link or not address else f'<a href="{escape(address)}" class="urlextern">{words}</a>'

    def _attributes(self, tag: _Tag) -> dict[str, str | None]:
        attributes: dict[str, str | None] = {}
        for name, value in tag.attributes:
            if name in ("action", "formaction"):
                continue
            if name in _ADDRESSES and value:
                attributes |= _placed(name, value, self.place(tag.name, value))
            elif name == "srcset" and value:
                attributes |= _srcset(value, tag.name, self.place)
            else:
                attributes.setdefault(name, value)
        return attributes


def _tag(tag: _Tag, attributes: dict[str, str | None]) -> str:
    shown = "".join(f" {name}" if value is None else f' {name}="{escape(value)}"' for name, value in attributes.items())
    return f"<{tag.name}{shown}{' /' if tag.raw.endswith('/>') else ''}>"


def _is_elsewhere(address: str | None) -> bool:
    return bool(address) and bool(_HOST.match(address or ""))


def _last_part(address: str) -> str:
    """What a file is called, of whichever address."""
    path = unquote(address.partition("?")[0].partition("#")[0])
    return re.split(r"[/:]", path.rstrip("/"))[-1] or address


def _placed(name: str, value: str, found: dict[str, str] | None) -> dict[str, str | None]:
    if found is None:
        return {}
    return {(name if key == "address" else key): new for key, new in found.items()} or {name: value}


def _srcset(value: str, tag: str, place: Place) -> dict[str, str | None]:
    kept: list[str] = []
    for address, width in _sizes(value):
        found = place(tag, address)
        if found is not None and not _is_elsewhere(found.get("address", address)):
            kept.append(f"{found.get('address', address)} {width}".strip())
    return {"srcset": ", ".join(kept)} if kept else {}


def _sizes(srcset: str) -> Iterator[tuple[str, str]]:
    for each in _COMMAS.split(srcset):
        address, _, width = each.strip().partition(" ")
        if address:
            yield address, width.strip()
