"""A link and a file as every Markdown has them.

[[wiki:syntax|the syntax]]     [the syntax](wiki/syntax.md)
{{a.png?100|A boat}}           ![A boat](_media/a.png)
[[wp>Ivy]]                     [Ivy](https://en.wikipedia.org/wiki/Ivy)
"""

import re
from typing import Protocol
from urllib.parse import quote

from app.domain import interwiki
from app.domain.names import name_of
from app.domain.wiki_settings import WikiSettings
from app.domain.wiki_tables import REFUSED_SCHEMES
from app.markup.allowed import scheme_of
from app.markup.conversion.flat import words_of
from app.markup.nodes import ExternalLink, InterwikiLink, Label, Link, LocalLink, MailLink, Media, PageLink, ShareLink

_PICTURES = ("png", "jpg", "jpeg", "gif", "webp", "svg", "avif", "bmp", "ico")
_SIGNS = re.compile(r"[\\`*\[\]<>&|~]|(?<![^\W_])_|_(?![^\W_])")
_BLANKS = re.compile(r"\s+")
_IN_ADDRESS = re.compile(r"[^!#$%&*+,\-./0-9:;=?@A-Z_a-z~\x80-\U0010ffff]|[\s\x80-\xa0]|&(?=#?\w+;)")


class Lead(Protocol):
    """Where the things of the wiki are, as the page that is written may name them; "" for nowhere."""

    @property
    def settings(self) -> WikiSettings: ...

    def page(self, target: str) -> tuple[str, str]:
        """``target`` as typed, without a query: the address, and what a link shows that has no text."""

    def named(self, name: str) -> str:
        """The address of the page of this name."""

    def section(self, anchor: str) -> str:
        """The address of a heading of the page itself."""

    def file(self, source: str) -> str:
        """``source`` as typed, without ``#…``."""


def address(pointer: Link | Media, lead: Lead) -> str:
    """Where ``pointer`` leads, ready to stand between parentheses; "" for nowhere."""
    match pointer:
        case PageLink(target):
            found = lead.page(target.partition("?")[0])[0]
        case LocalLink(anchor):
            found = lead.section(anchor)
        case ExternalLink(url):
            found = url
        case InterwikiLink(shortcut, reference):
            there = interwiki.resolve(shortcut, reference, interwiki.table(lead.settings), lead.settings)
            found = there.url if there.page_id is None else lead.named(there.page_id)
        case MailLink(mail):
            found = f"mailto:{mail}"
        case ShareLink(path):
            found = "file:///" + path.replace("\\", "/")
        case Media():
            found = _of_file(pointer, lead)
    return "" if scheme_of(found) in REFUSED_SCHEMES else _IN_ADDRESS.sub(_by_number, found)


def _of_file(media: Media, lead: Lead) -> str:
    if media.external:
        return media.source if "://" in media.source else ""
    path, mark, anchor = media.source.partition("#")
    found = lead.file(path)
    return f"{found}{mark}{anchor}" if found else ""


def _by_number(match: re.Match[str]) -> str:
    return "&amp;" if match[0] == "&" else quote(match[0], safe="", errors="replace")


def link_mark(link: Link, lead: Lead) -> str:
    """``link`` in Markdown; its text alone where it leads nowhere."""
    found = address(link, lead)
    title = link.title
    if isinstance(title, Media):
        text = media_mark(title, lead)
    else:
        words = words_of(title.events) if isinstance(title, Label) else title
        text = label(words if words and words.strip() else _default(link, lead))
    return f"[{text}]({found})" if found else text


def _default(link: Link, lead: Lead) -> str:
    match link:
        case PageLink(target):
            return lead.page(target.partition("?")[0])[1]
        case InterwikiLink(_, reference):
            return reference
        case _:
            return link[0]


def media_mark(media: Media, lead: Lead) -> str:
    """``media`` in Markdown: a picture that is shown, else a link to the file."""
    found = address(media, lead)
    path = media.source.partition("#")[0].partition("?")[0]
    text = label(media.title or "")
    if found and media.linking != "linkonly" and path.rpartition(".")[2].lower() in _PICTURES:
        return f"![{text}]({found})"
    text = text or label(path if media.external else name_of(path.replace("/", ":")))
    return f"[{text}]({found})" if found else text


def label(text: str) -> str:
    """``text`` as it stands, on one line."""
    return _SIGNS.sub(r"\\\g<0>", _BLANKS.sub(" ", text.strip()))
