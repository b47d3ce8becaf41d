"""``[[target|title]]``: pages, sections, addresses, other wikis, mail, shares.

``[[wiki:syntax|how to]]`` gives
``<a href="/wiki:syntax" class="wikilink1" title="wiki:syntax" data-wiki-id="wiki:syntax">how to</a>``.
"""

import re

from app.markup.grammar import Rule, Trigger
from app.markup.nodes import ExternalLink, InterwikiLink, Link, LocalLink, MailLink, PageLink, ShareLink, Title
from app.markup.rules.media import parse_media
from app.markup.rules.urls import holds_mail
from app.markup.scanner import Scanner
from app.markup.source import Source

_CLOSER = r"\]\](?!\])"
_BLANKS = " \t\n\r\v\0"
_SHORTCUT = re.compile(r"([a-zA-Z0-9.]++)>(.*+)", re.DOTALL)
_SHARE = re.compile(r"\\\\[^\\]++\\")
_ADDRESS = re.compile(r"[a-zA-Z0-9\-.+]++://")


def _reach(source: Source, start: int, end: int) -> int:
    del start
    found = source.after(_CLOSER, end)
    return found + 2 if found >= 0 else 0


def _read(scan: Scanner, start: int, end: int) -> int:
    stop = _reach(scan.source, start, end)
    if stop:
        scan.put(start, wiki_link(scan.text[end : stop - 2]))
    return stop


def wiki_link(inside: str) -> Link:
    """What stands between the brackets."""
    target, bar, title = inside.partition("|")
    return classify(target.strip(_BLANKS), _title(title) if bar else None)


def _title(title: str) -> Title:
    """A picture where the title is exactly one ``{{…}}``."""
    if title.startswith("{{") and title.endswith("}}") and title.find("}") == len(title) - 2 and len(title) > 4:
        return parse_media(title[2:-2])
    return title


def classify(target: str, title: Title) -> Link:
    """What kind of link ``target`` makes; the first that fits."""
    shortcut = _SHORTCUT.match(target)
    if shortcut:
        return InterwikiLink(shortcut[1].lower(), shortcut[2], title)
    if _SHARE.match(target):
        return ShareLink(target, title)
    if _ADDRESS.match(target):
        return ExternalLink(target, title)
    if "@" in target and holds_mail(target):
        return MailLink(target, title)
    if target.startswith("#") and len(target) > 1:
        return LocalLink(target[1:], title)
    return PageLink(target, title)


LINK = Rule(
    "internallink",
    "substitution",
    (Trigger("[", r"\["),),
    _read,
    _reach,
    (
        "[[wiki:syntax]] and [[wiki:syntax#lists|lists]]",
        "[[https://example.org|elsewhere]]",
        "[[wp>Ivy]]",
        "[[someone@example.org]]",
    ),
)
