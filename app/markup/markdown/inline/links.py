"""What a target means: a page, a section, another wiki, a mail address, a file; and what a link's text may hold.

``[x](sub/page)`` leads to ``.:sub:page``, ``[x](/a/b)`` to ``:a:b``, ``[x](../c)`` to ``..:c``
"""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from app.domain.wiki_tables import REFUSED_SCHEMES
from app.markup.allowed import scheme_of
from app.markup.markdown.characters import decoded
from app.markup.nodes import (
    Event,
    Extra,
    Html,
    InterwikiLink,
    Label,
    Link,
    MailLink,
    Media,
    Note,
    PageLink,
    ShareLink,
    Title,
)
from app.markup.plain import Plain, link_text
from app.markup.rules.links import classify, wiki_link
from app.markup.rules.media import is_external, read_media

_SHARE = re.compile(r"\\\\[^\\]++\\")
_PATH_END = re.compile(r"[?#]")
_ESCAPED = re.compile(r"%[0-9A-Fa-f]{2}")
_PARAMETERS = re.compile(
    r"(?:\d++(?:x\d++)?|nolink|direct|linkonly|nocache|recache|left|right|center)(?:&|\Z)", re.IGNORECASE | re.ASCII
)
_CALLS = frozenset({"tel", "callto", "skype"})  # shipped shortcuts of the same names
_APART: frozenset[type] = frozenset({Note, Extra})


def linked(inside: list[Event], target: str, hint: str) -> list[Event]:
    """The link, and behind it what cannot stand in a link's text. Where it may lead nowhere: the text alone."""
    apart = [event for event in inside if type(event) in _APART]
    text = [event for event in inside if type(event) not in _APART]
    link = link_to(target, _title(text), hint)
    return [link, *apart] if link else inside


def link_to(raw: str, title: Title, hint: str) -> Link | None:
    """``raw``: as written, with escapes. None for the schemes that are refused everywhere."""
    if _SHARE.match(raw):
        return ShareLink(raw, title, hint)
    target = decoded(raw)
    scheme, _, rest = target.partition(":")
    seen = scheme_of(target)
    if seen in REFUSED_SCHEMES:
        return None
    if seen == "mailto":
        return MailLink(rest, title, hint)
    if seen in _CALLS and rest:
        return InterwikiLink(scheme.lower(), rest, title, hint)
    link = classify(target, title)
    if isinstance(link, PageLink):
        link = PageLink(page_path(target), title)
    return link._replace(hint=hint)


def page_path(target: str) -> str:
    """``target`` with ``:`` between namespaces; a path without a root is below the page's own namespace."""
    cut = _PATH_END.search(target)
    end = cut.start() if cut else len(target)
    path, rest = target[:end], target[end:]
    if "%" in path:
        path = _plain_path(path)
    if rest.startswith("#") and _ESCAPED.search(rest):
        rest = unquote(rest)
    if "/" not in path:
        return path + rest
    below = ":" not in path and not path.startswith(("/", ".", "~"))
    return f"{'.:' if below else ''}{path.replace('/', ':')}{rest}"


def _plain_path(path: str) -> str:
    return _PATH_END.sub("_", unquote(path)) if _ESCAPED.search(path) else path


def image(inside: list[Event], target: str, hint: str) -> list[Event]:
    """The file, with the plain text of ``inside`` for its title."""
    words = (event for event in inside if type(event) is not Media or event.title)
    alt = Plain(tuple(words)).text().strip()
    media = _file(decoded(target), alt or None)
    return [media._replace(hint=hint)] if media else [alt]


def _file(target: str, title: str | None) -> Media | None:
    if scheme_of(target) in REFUSED_SCHEMES:
        return None
    path, mark, parameters = target.rpartition("?")
    if not mark:
        path, parameters = target, ""
    if is_external(target):
        # The parameters of a foreign address are its own, unless each is one of ours.
        if mark and not _are_ours(parameters):
            return read_media(f"{target}?", title)
        return read_media(target, title)
    return read_media(f"{page_path(path)}{mark}{parameters}", title)


def _are_ours(parameters: str) -> bool:
    at = 0
    while at < len(parameters) and (match := _PARAMETERS.match(parameters, at)):
        at = match.end()
    return at == len(parameters) and not parameters.endswith("&")


def _title(inside: list[Event]) -> Title:
    """The text of a link as simple as it is."""
    events = tuple(_without_links(inside))
    if not events:
        return None
    only = events[0] if len(events) == 1 else None
    if isinstance(only, str | Media):
        return only
    return Label(tuple(_still(event) for event in events))


def _still(event: Event) -> Event:
    return event._replace(linking="nolink") if type(event) is Media else event


def _without_links(events: list[Event]) -> Iterator[Event]:
    """Links in a link's text are their own text."""
    for event in events:
        if type(event) is Html and event.name == "a":
            continue
        if not isinstance(event, Link):
            yield event
        elif isinstance(event.title, Media):
            yield event.title
        else:
            yield link_text(event)


__all__ = ["image", "link_to", "linked", "page_path", "wiki_link"]
