"""The last pass over the HTML of a Markdown page: what is on no list does not leave. The only caller of bleach.

The writers escape by construction and the front end lets only listed tags through; this is the second wall, and the
only thing it believes is its own list. bleach takes quadratic time on open elements and on attributes, and some 20 µs
for any tag, so it never sees a page as a whole: ``outline`` hands it the tags of blocks one by one, and what stands in
a block as a small balanced piece, where numbered signs stand for text. What reads the same is cleaned once.

To put another library in its place, write ``backend`` anew; ``tests/markup/test_sanitize.py`` holds for any.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from html import unescape
from typing import cast

from bleach.sanitizer import Cleaner

from app.domain import interwiki
from app.domain.wiki_settings import WikiSettings
from app.domain.wiki_tables import REFUSED_SCHEMES
from app.markup.allowed import ADDRESSES, ATTRIBUTES, TABLE_PARTS, TAGS, scheme_of, schemes
from app.markup.outline import STAND_IN, TAG, Outline, Rope
from app.markup.writer import Live

# What our own writers make beside the raw tags. Media and boxes of tasks are theirs alone.
_WRITTEN_TAGS = frozenset({"audio", "input", "track", "video"})
_ANYWHERE = frozenset({"class", "id", "role"})
_WRITTEN = {
    "a": frozenset({"data-wiki-id", "rel", "target"}),
    "audio": frozenset({"controls", "title"}),
    "img": frozenset({"loading", "srcset"}),
    "input": frozenset({"type", "class", "disabled", "checked", "aria-label"}),
    "source": frozenset({"src"}),
    "track": frozenset({"kind", "label", "src", "srclang"}),
    "video": frozenset({"controls", "height", "poster", "title", "width"}),
}
ELEMENTS = TAGS | _WRITTEN_TAGS
_ATTRIBUTES = {tag: ATTRIBUTES.get(tag, frozenset()) | _WRITTEN.get(tag, frozenset()) | _ANYWHERE for tag in ELEMENTS}
_WRITTEN_SCHEMES = frozenset({"file", "tel", "callto", "skype"})
# Tags of a page that are cleaned in pieces. What would be too much is cleaned tag by tag, each that differs once; after
# that tags lose their attributes. All of it together takes a second or two.
MOST_IN_PIECES = 20_000
OF_ANY_PIECE = 4  # what beginning with it costs, in tags
MOST_ALONE = 10_000
SHORT = 200  # characters
_AROUND = {part: "<table><tr>" if part in ("td", "th") else "<table>" for part in TABLE_PARTS}

Clean = Callable[[str], str]


def sanitize(parts: Sequence[str | Live], settings: WikiSettings) -> tuple[str | Live, ...]:
    """``parts`` without anything that is not allowed: elements and attributes by name, addresses by scheme.

    Well-formed whatever comes in, in linear time. Live places stay where they are. What the writers make of a page
    without raw HTML comes out the same but for how it is written (``<br>`` for ``<br/>``).
    """
    outline = Outline(_Page(protocols_of(settings)))
    for part in parts:
        if isinstance(part, str):
            outline.feed(part)
        else:
            outline.put(part)
    return _flat(outline.finish())


class _Page:
    """Remembers what was cleaned, and what that cost."""

    def __init__(self, protocols: frozenset[str]) -> None:
        self._protocols = protocols
        self._shapes: dict[str, list[str]] = {}
        self._tags: dict[str, str] = {}
        self._cost = 0

    def piece(self, shape: str, size: int, held: Sequence[Rope]) -> Rope:
        if shape not in self._shapes:
            self._shapes[shape] = STAND_IN.split(self._cleaned(shape, size + OF_ANY_PIECE))
        out: list[Rope] = []
        for number, piece in enumerate(self._shapes[shape]):
            out.append(held[int(piece)] if number % 2 else piece)
        return out

    def tag(self, name: str, tag: str) -> str:
        known = self._tags.get(tag)
        if known:
            return known
        if len(self._tags) < MOST_ALONE:
            made = self._clean(f"{_AROUND.get(name, '')}{tag}")
            found = (each[0] for each in TAG.finditer(made) if each[2] == name)
            self._tags[tag] = next(found, f"<{name}>")
        return self._tags.get(tag, f"<{name}>")

    def _clean(self, html: str) -> str:
        return _clean_short(html, self._protocols) if len(html) <= SHORT else backend(self._protocols)(html)

    def _cleaned(self, shape: str, cost: int) -> str:
        if self._cost + cost > MOST_IN_PIECES:
            return TAG.sub(self._alone, shape)
        self._cost += cost
        return self._clean(shape)

    def _alone(self, tag: "re.Match[str]") -> str:
        name = tag[2].lower()
        if name not in ELEMENTS:
            return ""
        return f"</{name}>" if tag[1] else self.tag(name, tag[0])


@lru_cache(maxsize=4096)
def _clean_short(html: str, protocols: frozenset[str]) -> str:
    """Kept from page to page: most of what is short is on every page."""
    return backend(protocols)(html)


def backend(protocols: frozenset[str]) -> Clean:
    """Takes an HTML fragment of bounded size and depth; what it gives is well-formed and holds only what is listed.

    Made anew for each fragment that is not kept: bleach's cleaner holds state, and is for one thread.
    """

    def allows(tag: str, name: str, value: str) -> bool:
        return allowed(tag, name, unescape(value), protocols)

    return Cleaner(tags=ELEMENTS, attributes=allows, protocols=protocols - {""}).clean


def allowed(tag: str, name: str, value: str, protocols: frozenset[str]) -> bool:
    """Whether ``<tag name="value">`` may leave; ``value`` with its entities decoded."""
    if name not in _ATTRIBUTES.get(tag, ()):
        return False
    if name not in ADDRESSES:
        return (tag, name) != ("input", "type") or value == "checkbox"
    urls = value.replace(",", " ").split() if name == "srcset" else [value]
    return all(scheme_of(url) in protocols for url in urls)


def protocols_of(settings: WikiSettings) -> frozenset[str]:
    """ "" (a relative address), those of raw HTML, those of the writers, and of the shortcuts to other wikis."""
    shortcuts = {scheme_of(pattern) for pattern in interwiki.table(settings).values()}
    return schemes(settings).union({""}, _WRITTEN_SCHEMES, shortcuts) - REFUSED_SCHEMES


def _flat(rope: Rope) -> tuple[str | Live, ...]:
    """The leaves of ``rope`` in order, strings side by side joined."""
    parts: list[str | Live] = []
    run: list[str] = []
    inside = [iter([rope])]
    while inside:
        for piece in inside[-1]:
            if type(piece) is str:
                run.append(piece)
            elif type(piece) is list:
                inside.append(iter(piece))
                break
            else:
                parts += ("".join(run), cast("Live", piece))
                run = []
        else:
            inside.pop()
    parts.append("".join(run))
    return tuple(part for part in parts if part != "")
