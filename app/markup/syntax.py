"""A syntax of its own: all that one construct needs, in one value.

``rules/backlinks.py`` and ``rules/info.py`` are written so; others are installed beside the wiki: docs/extending.md.
What a syntax does is guarded here: one that fails shows its source as text and is told of in the log, once.
"""

import logging
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from app.domain.feeds import FeedContent
from app.domain.wiki_settings import WikiSettings
from app.markup.escape import escape
from app.markup.grammar import Category, Reach, Read, Rule, Trigger
from app.markup.nodes import Extra, Link, Media
from app.markup.source import Source

if TYPE_CHECKING:
    from app.markup.scanner import Scanner
    from app.markup.writer import Live, Writer

_log = logging.getLogger(__name__)
_NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)


class LiveWiki(Protocol):
    """What a live place may ask of the wiki: in the name of who reads, at this moment.

    ``page_id``: the page that is shown, not the sidebar beside it. ``now``: seconds since 1970.
    """

    @property
    def page_id(self) -> str: ...

    @property
    def settings(self) -> WikiSettings: ...

    @property
    def now(self) -> int: ...

    def backlinks(self, page: str, *, only: str, without: bool) -> Sequence[tuple[str, str | None]] | None:
        """Ids and titles of the pages that link to ``page``; ``only`` those whose id begins so, or ``without`` them.

        None: one page asks for more than any page may.
        """

    def feed(self, url: str, *, refresh: int) -> FeedContent:
        """What the feed at ``url`` holds, not older than ``refresh`` seconds where that can be had in short time."""


Fill = Callable[[LiveWiki, dict[str, str]], str | None]


def nothing(_value: Any) -> str:
    return ""


def no_pointers(_value: Any) -> Iterable[Link | Media]:
    return ()


def until(closer: str) -> Reach:
    """The reach of a token that runs to the first ``closer``, plain text, with something in between."""
    pattern = re.escape(closer)

    def reach(source: Source, start: int, end: int) -> int:
        del start
        found = source.after(pattern, end + 1)
        return found + len(closer) if found >= 0 else 0

    return reach


@dataclass(frozen=True, slots=True, eq=False)
class Syntax:
    """One construct, whole.

    ``sort`` and ``category``: where it stands among the rules of ``rules/__init__.py``, and in what it may stand.
    ``triggers`` begin a token, ``reach`` says where it ends. ``parse`` makes a value of the token's text; None: it is
    text. ``write`` adds the HTML of a value. ``block``: it stands between paragraphs, not in them. ``plain``: its words
    for the search index; ``pointers``: what it links to and embeds. ``fill`` makes the HTML of each place
    ``Live(name, args)`` that ``write`` left, anew for each reader; None: nothing. ``examples`` are page source.

    Raises:
        ValueError: a name or trigger that cannot be one.
    """

    name: str
    sort: int
    category: Category
    triggers: tuple[Trigger, ...]
    reach: Reach
    parse: Callable[[str], Any]
    write: Callable[["Writer", Any], None]
    examples: tuple[str, ...]
    block: bool = False
    plain: Callable[[Any], str] = nothing
    pointers: Callable[[Any], Iterable[Link | Media]] = no_pointers
    fill: Fill | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"the name {self.name!r} is not small letters, digits and _")
        for first, rest, _ in self.triggers:
            if len(first) != 1 or re.compile(re.escape(first) + rest).groups:
                raise ValueError(f"{self.name}: a trigger is one character and a pattern without groups that capture")

    @property
    def rule(self) -> Rule:
        """The syntax for the scanner. Its name is no other rule's."""
        return Rule(f"syntax {self.name}", self.category, self.triggers, _reading(self), _reaching(self), self.examples)


def _reaching(syntax: Syntax) -> Reach:
    def reach(source: Source, start: int, end: int) -> int:
        try:
            return syntax.reach(source, start, end)
        except Exception as error:  # noqa: BLE001 an installed syntax may fail in any way
            _tell_once(syntax.name, "reach", repr(error))
            return 0

    return reach


def _reading(syntax: Syntax) -> Read:
    reach = _reaching(syntax)

    def read(scan: "Scanner", start: int, end: int) -> int:
        stop = reach(scan.source, start, end)
        if stop <= start:
            return 0
        source = scan.text[start:stop]
        try:
            value = syntax.parse(source)
        except Exception as error:  # noqa: BLE001 as above
            _tell_once(syntax.name, "parse", repr(error))
            return 0
        if value is None:
            return 0
        scan.put(start, Extra(syntax, value, source))
        return stop

    return read


def write_extra(w: "Writer", extra: Extra) -> None:
    """The HTML of an extension's node, or its source."""
    syntax: Syntax = extra.syntax
    out, size = w.out, len(w.out)
    try:
        syntax.write(w, extra.value)
    except Exception as error:  # noqa: BLE001 as above
        _tell_once(syntax.name, "write", repr(error))
        w.out = out
        del out[size:]
        out.append(_as_text(syntax, extra.source))
        return
    for number in range(size, len(out)):
        piece = out[number]
        if not isinstance(piece, str) and piece.kind == syntax.name:
            out[number] = piece._replace(args=piece.args | {"source": extra.source})


def plain_of(extra: Extra) -> str:
    """The words of an extension's node; "" where it fails."""
    try:
        return str(extra.syntax.plain(extra.value))
    except Exception as error:  # noqa: BLE001 as above
        _tell_once(extra.syntax.name, "plain", repr(error))
        return ""


def pointers_of(extra: Extra) -> tuple[Link | Media, ...]:
    """The links and files of an extension's node; none where it fails."""
    try:
        return tuple(extra.syntax.pointers(extra.value))
    except Exception as error:  # noqa: BLE001 as above
        _tell_once(extra.syntax.name, "pointers", repr(error))
        return ()


def filled(syntax: Syntax, place: "Live", wiki: LiveWiki) -> str:
    """What stands in a live place for this reader, or its source."""
    try:
        return (syntax.fill(wiki, place.args) if syntax.fill else None) or ""
    except Exception as error:  # noqa: BLE001 as above
        _tell_once(syntax.name, "fill", repr(error))
        return _as_text(syntax, place.args.get("source", ""))


def _as_text(syntax: Syntax, source: str) -> str:
    return f"\n<p>\n{escape(source)}\n</p>\n" if syntax.block else escape(source)


@lru_cache(maxsize=256)
def _tell_once(name: str, what: str, error: str) -> None:
    """Kept by its arguments: a page that is read a thousand times fills no log."""
    _log.error("syntax %s failed in %s: %s", name, what, error, exc_info=True)
