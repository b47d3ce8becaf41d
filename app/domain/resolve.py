"""From what a link names, and the page it stands on, to the name of the target.

Source: docs/formats/names.md
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from app.domain.names import clean_id, name_of, namespace_of
from app.domain.wiki_settings import WikiSettings

_LEADING_DOTS = re.compile(r"\.+")


@dataclass(frozen=True, slots=True)
class PageTarget:
    """Where a link may lead, before anybody asked what exists.

    ``candidates`` in the order they are tried, never empty; the one at ``fallback`` is meant when none exists.
    """

    candidates: tuple[str, ...]
    fallback: str
    hash: str


@dataclass(frozen=True, slots=True)
class ResolvedPage:
    """``hash`` is a cleaned anchor, "" for none."""

    id: str
    hash: str
    exists: bool


def page_target(raw: str, context: str, settings: WikiSettings) -> PageTarget:
    """What the link target ``raw`` (no query) on page ``context`` can mean."""
    head, _, anchor = raw.partition("#")
    anchor = clean_id(anchor, settings) if anchor else ""
    if not head:
        return PageTarget((context,), context, anchor)
    paths = _start_pages(_absolute(head, context, settings), settings)
    if settings.autoplural:
        first = paths[0]
        paths = (*paths, first[:-1] if first.endswith("s") else first + "s")
    candidates = tuple(clean_id(path, settings) for path in paths)
    return PageTarget(candidates, candidates[0], anchor)


def resolve_page(raw: str, context: str, exists: Callable[[str], bool], settings: WikiSettings) -> ResolvedPage:
    """The page that ``raw`` on ``context`` leads to, in a wiki where ``exists`` tells what is there."""
    target = page_target(raw, context, settings)
    for name in target.candidates:
        if name and exists(name):
            return ResolvedPage(name, target.hash, exists=True)
    return ResolvedPage(target.fallback, target.hash, exists=False)


def resolve_media(raw: str, context: str, settings: WikiSettings) -> str:
    """The media file that ``raw`` on page ``context`` names; the caller has cut off ``#…`` and ``?…``."""
    return clean_id(_absolute(raw, context, settings), settings)


def _absolute(raw: str, context: str, settings: WikiSettings) -> str:
    """``raw`` as a path from the root, dots worked out; ends in ``:`` where a namespace is meant."""
    path = raw.replace("/", ":") if settings.useslash else raw
    return _without_dots(_from_root(path.replace(";", ":"), context))


def _from_root(path: str, context: str) -> str:
    if path.startswith("~"):
        return f"{context}:{path[1:]}"
    if path.startswith("."):
        dots = _LEADING_DOTS.match(path)
        cut = dots.end() if dots else 0
        rest = path[cut:]
        if rest.strip(".:") and not rest.startswith(":"):
            path = f"{path[:cut]}:{rest}"
        return f"{namespace_of(context)}:{path}"
    if ":" not in path:
        return f"{namespace_of(context)}:{path}"
    return path


def _without_dots(path: str) -> str:
    path = path.rstrip(".")
    kept: list[str] = []
    for part in path.split(":"):
        if part == "..":
            del kept[-1:]
        elif part not in ("", "."):
            kept.append(part)
    return ":".join(kept) + (":" if path.endswith(":") else "")


def _start_pages(path: str, settings: WikiSettings) -> tuple[str, ...]:
    if path in ("", ":"):
        return (settings.start,)
    if not path.endswith(":"):
        return (path,)
    space = path[:-1]
    return (path + settings.start, path + name_of(space), space)
