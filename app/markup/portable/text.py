"""A page of Markdown, of which only the references are written anew: all else stays byte for byte.

As in ``markup.rewriting`` the parser is asked what is a reference: places that might be one are given words of their
own, and those words that it then takes for targets show which are.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from app.markup.asking import pointers
from app.markup.markdown.inline.links import image, link_to
from app.markup.markdown.inline.targets import read_target
from app.markup.nodes import Document, ExternalLink, Link, MailLink, Media, PageLink
from app.markup.parsing import parse
from app.markup.portable.leads import Lead, address, link_mark, media_mark
from app.markup.rewriting import WORD, Change, applied, words_for
from app.markup.rules.links import wiki_link
from app.markup.rules.media import parse_media

_LONGEST = 1000  # characters looked at for one reference
# In the cell of a table a bar stands behind a backslash.
_BRACKETS = re.compile(r"\[\[(?!\[)([^\[\]|\n]{0,1000}[^\[\]|\n\\])(?:\]\](?!\])|\\?\|)")
_BRACES = re.compile(r"\{\{(?!\{)([^{}|\n]{0,1000}[^{}|\n\\])(?:\}\}|\\?\|)")
# Quotes begin the next line with their signs.
_TARGETS = re.compile(r"\](?:\(|:)[ \t]*+(?:\n[ \t>]*+)?")


class _Place(NamedTuple):
    """``start`` and ``end`` of the target; ``whole``: of all that is replaced; ``inside``: what stands in the signs."""

    start: int
    end: int
    whole: tuple[int, int]
    inside: str = ""


def pointed(document: Document, lead: Lead) -> str:
    """The text of ``document`` with each link and file leading where ``lead`` says."""
    text = document.source
    places = _apart(sorted([*_wiki_places(text), *_targets(text)]))
    if not places:
        return text
    words = words_for(text, len(places))
    marks = [Change(place.start, place.end, word) for place, word in zip(places, words, strict=True)]
    seen: dict[str, Link | Media] = {}
    for pointer in pointers(parse(applied(text, marks), lead.settings, document.markup).events):
        if isinstance(pointer, PageLink | Media):
            seen.update(dict.fromkeys(WORD.findall(pointer[0]), pointer))
    changes = [
        Change(*place.whole, _written(text, place, seen[word], lead))
        for place, word in zip(places, words, strict=True)
        if word in seen
    ]
    return applied(text, _outer(changes))


def _wiki_places(text: str) -> Iterator[_Place]:
    for pattern, closer in ((_BRACKETS, "]]"), (_BRACES, "}}")):
        for match in pattern.finditer(text):
            end = text.find(closer, match.end(1), match.end(1) + _LONGEST)
            if end >= 0:
                inside = text[match.start(1) : end].replace("\\|", "|")
                yield _Place(*match.span(1), (match.start(), end + 2), inside)


def _targets(text: str) -> Iterator[_Place]:
    for match in _TARGETS.finditer(text):
        piece = text[match.end() : match.end() + _LONGEST]
        found = read_target(piece, 0)
        if found and found.raw and found.end < _LONGEST:
            start = match.end() + piece.startswith("<")
            end = start + len(found.raw)
            yield _Place(start, end, (start, end))


def _apart(places: list[_Place]) -> list[_Place]:
    """Those whose targets stand apart: of two that share signs the first."""
    kept: list[_Place] = []
    for place in places:
        if not kept or place.start >= kept[-1].end:
            kept.append(place)
    return kept


def _outer(changes: list[Change]) -> list[Change]:
    """In order; of one in another, the outer one."""
    kept: list[Change] = []
    for change in sorted(changes, key=lambda each: (each.start, -each.end)):
        if not kept or change.start >= kept[-1].end:
            kept.append(change)
    return kept


def _written(text: str, place: _Place, seen: Link | Media, lead: Lead) -> str:
    """What comes for ``place``, of which ``seen`` says whether it shows a file or links to a page."""
    old = text[slice(*place.whole)]
    if place.inside and isinstance(seen, Media):
        return media_mark(parse_media(place.inside), lead)
    if place.inside:
        return link_mark(wiki_link(place.inside), lead)
    if isinstance(seen, Media):
        found = image([], old, "")[0]
        return address(found, lead) or old if isinstance(found, Media) and not found.external else old
    link = link_to(old, None, "")
    return old if link is None or isinstance(link, ExternalLink | MailLink) else address(link, lead) or old
