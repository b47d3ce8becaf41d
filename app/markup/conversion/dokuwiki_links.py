"""Links and files in DokuWiki's markup.

[the syntax](wiki:syntax)     [[wiki:syntax|the syntax]]
![A boat](a.png?100)          {{a.png?100|A boat}}
<https://example.org>         https://example.org, or [[https://example.org]] where it would not end there
"""

import re

from app.markup.conversion.dokuwiki_text import Alarms
from app.markup.conversion.flat import words_of
from app.markup.conversion.losses import Losses
from app.markup.conversion.markdown_links import one_line, source_of, wiki_media
from app.markup.conversion.runs import Piece
from app.markup.nodes import ExternalLink, Html, Label, Link, MailLink, Media, Raw
from app.markup.rules.links import classify
from app.markup.source import Source

_SCHEMED = re.compile(r"[a-z0-9+.\-]+://", re.ASCII | re.IGNORECASE)
_WORD = re.compile(r"\S{0,200}")
_PLAIN_ADDRESS = re.compile(r"[\w!#$%&'*+/=?^`{|}~.\-]+@[\w\-]+(?:\.[\w\-]+)*\.[a-zA-Z]{2,63}", re.ASCII)


def link_pieces(link: Link, losses: Losses) -> list[Piece]:
    """How ``link`` is written; what of it cannot be goes to ``losses``."""
    title = _title(link, losses)
    if link.hint:
        losses.add("hint", link.hint)
    if title is None and isinstance(link, ExternalLink):
        return [Piece("url", link.url)]
    if isinstance(link, ExternalLink) and title and title in (link.url, link.url.partition("://")[2]):
        return [Piece("url", title, link.url)]
    if title is None and isinstance(link, MailLink) and _PLAIN_ADDRESS.fullmatch(link.address):
        return [Piece("mark", f"<{link.address}>")]
    target = _target(link, losses)
    return [Piece("mark", _bracketed(target, title))]


def _bracketed(target: str, title: str | None) -> str:
    return f"[[{target}]]" if title is None else f"[[{target}|{title}]]"


def _target(link: Link, losses: Losses) -> str:
    """The target as typed, less what double brackets cannot hold."""
    target = source_of(link)
    safe = target.replace("|", "%7C").replace("]]", "]%5D")
    if safe != target or type(classify(safe, None)) is not type(link):
        losses.add("link", target)
    return safe


def _title(link: Link, losses: Losses) -> str | None:
    title = link.title
    if isinstance(title, Label):
        only = title.events[0] if len(title.events) == 1 else None
        if not all(isinstance(event, str | Raw) for event in title.events) and not isinstance(only, Media):
            losses.add("markup in a link", words_of(title.events))
        title = only if isinstance(only, Media) else words_of(title.events)
    if isinstance(title, Media):
        return media_mark(title, losses)
    if title is None:
        return None
    safe = one_line(title).replace("]]", "] ]")
    return f" {safe}" if safe.startswith("{{") and safe.endswith("}}") else safe


def media_mark(media: Media, losses: Losses) -> str:
    """How ``media`` is written."""
    if media.hint:
        losses.add("hint", media.hint)
    title, source = media.title, media.source
    if "|" in source or "}}" in source:
        losses.add("link", source)
        source = source.replace("|", "%7C").replace("}}", "}%7D")
    if title and "}}" in title:
        title = title.replace("}}", "} }")
    return wiki_media(media._replace(title=title, source=source))


def image_of(tag: Html) -> Media | None:
    """The picture of an ``<img>``, where its address says which it is."""
    values = dict(tag.attributes)
    source = values.get("src", "")
    if not _SCHEMED.match(source):
        return None
    size = [int(values.get(name, "0")) if values.get(name, "").isdecimal() else 0 for name in ("width", "height")]
    title = values.get("alt") or None
    return Media(source, title, "", size[0], size[1], "cache", "nolink", external=True)


def spell_addresses(pieces: list[Piece], known: Alarms) -> list[Piece]:
    """Addresses bare where they begin and end as they did, else in double brackets."""
    return [
        Piece("mark", _spelled(pieces, number, known), "url") if piece.kind == "url" else piece
        for number, piece in enumerate(pieces)
    ]


def _spelled(pieces: list[Piece], number: int, known: Alarms) -> str:
    piece = pieces[number]
    text, url = piece.text, piece.other or piece.text
    before = pieces[number - 1].text[-1:] if number else ""
    if _may_be_bare(text, url) and not (before.isalnum() or before in tuple("_/\\")):
        behind = _WORD.match(pieces[number + 1].text) if number + 1 < len(pieces) else None
        if _reach(text + (behind[0] if behind else ""), known) == len(text):
            return text
    target = url.replace("|", "%7C").replace("]]", "]%5D")
    return _bracketed(target, text if piece.other else None)


def _may_be_bare(text: str, url: str) -> bool:
    """Whether the address is one that shows itself."""
    return bool(_SCHEMED.match(text)) if text == url else url == f"http://{text}" and text.startswith("www.")


def _reach(text: str, known: Alarms) -> int:
    """Where an address ends that ``text`` begins with."""
    source = Source(f"\n{text}\n")
    match = known.rules.search(source.text, 0)
    if not match:
        return 0
    group = match.lastindex or 0
    rule, start = known.rules.values[group], match.start() - known.rules.before[group]
    if rule.name not in ("url", "host") or start != 1 or rule.reach is None:
        return 0
    return rule.reach(source, start, match.end()) - 1
