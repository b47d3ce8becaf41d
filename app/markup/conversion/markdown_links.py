"""Links and files in Markdown: as Markdown writes them where that says all, else as the wiki does.

[[wiki:syntax|the syntax]]     [the syntax](wiki:syntax)
[[My page]]                    [[My page]]
{{a.png?100|A boat}}           ![A boat](a.png?100)
{{ a.png}}                     {{ a.png}}
"""

import re

from app.domain.wiki_tables import REFUSED_SCHEMES
from app.markup.allowed import scheme_of
from app.markup.conversion.flat import words_of
from app.markup.conversion.losses import Losses
from app.markup.conversion.markdown_text import ENTITY, Alarms, escaped
from app.markup.conversion.runs import Piece
from app.markup.markdown.inline.links import link_to
from app.markup.nodes import (
    ExternalLink,
    InterwikiLink,
    Label,
    Link,
    LocalLink,
    MailLink,
    Media,
    PageLink,
    ShareLink,
    Title,
)

_PICTURES = ("png", "jpg", "jpeg", "gif", "webp", "svg", "avif")
_TARGET = re.compile(r"[^\s()<>\\\"'`*\[\]|{}%&/]++")  # of pages and files
_ADDRESS = re.compile(r"[a-zA-Z][a-zA-Z0-9+.\-]*+://[^\s()<>\\\"'`*\[\]|{}]++", re.ASCII)
_POINTABLE = re.compile(r"[a-zA-Z][a-zA-Z0-9+.\-]*+://[^\s<>]*+", re.ASCII)
_MAIL = re.compile(r"[\w.+\-]++@[\w.\-]++", re.ASCII)
_BARE = re.compile(r"https?://(?:[a-z0-9\-]++\.)++[a-z]{2,}+(?:[/?][^\s<>()*\[\]]*+)?", re.ASCII | re.IGNORECASE)
_BARE_ENDS = re.compile(r"[/A-Za-z0-9=#\-]")
_TAKEN = REFUSED_SCHEMES | {"mailto", "tel", "callto", "skype"}  # of links that lead to no page
_LINE_ENDS = re.compile(r"[ \t\r]*\n[ \t\r\n]*|\r")
_NO_TARGET = re.compile(r"[\[\]]")
_POINTED = re.compile(r"[<>\\]")
_AFTER = re.compile(r"[.,:!?)]*(?:\s|\Z)")
_BEFORE = (" ", "\t", "\n", "(")


def source_of(link: Link) -> str:
    """The target as it stands in double brackets."""
    match link:
        case PageLink(target):
            found = target
        case LocalLink(anchor):
            found = f"#{anchor}"
        case ExternalLink(url):
            found = url
        case InterwikiLink(shortcut, reference):
            found = f"{shortcut}>{reference}"
        case MailLink(address):
            found = address
        case ShareLink(path):
            found = path
    return one_line(found)


def one_line(text: str) -> str:
    return _LINE_ENDS.sub(" ", text) if "\n" in text or "\r" in text else text


def link_pieces(link: Link, known: Alarms, losses: Losses) -> list[Piece]:
    """How ``link`` is written."""
    target, title = source_of(link), _title(link.title)
    if isinstance(link, ExternalLink):
        if found := _address_pieces(link, title, known):
            return found
    elif title is None and isinstance(link, MailLink) and _MAIL.fullmatch(link.address):
        return [Piece("mark", f"<{link.address}>")]
    if not isinstance(link, PageLink) and _LINE_ENDS.search(link[0] + str(link[1] or "")):
        losses.add("link", target)
    if title and _says_all(link, title, known):
        return [Piece("mark", f"[{title}]({target})")]
    if not target or _NO_TARGET.search(target) or "[[" in (title or ""):
        return [_pointed(link, target, title or "", known, losses)]
    return [Piece("mark", f"[[{target}]]" if title is None else f"[[{target}|{title}]]")]


def _pointed(link: Link, target: str, title: str, known: Alarms, losses: Losses) -> Piece:
    """A link with brackets in its target. Slashes and the like mean something else there than in double brackets."""
    label = title if isinstance(link.title, Media) else escaped([Piece("text", title)], "label", known)
    written = _POINTED.sub(_escape, target)
    if isinstance(link, PageLink) and link_to(written, None, "") != PageLink(target, None):
        losses.add("link", target)
    return Piece("mark", f"[{label}](<{written}>)" if target else f"[{label}]()")


def _address_pieces(link: ExternalLink, title: str | None, known: Alarms) -> list[Piece]:
    """An address that shows itself; one without a scheme is text in either markup."""
    if "://" not in link.url:
        return [Piece("text", title or link.url)]
    if title is None and _is_known(link.url, known):
        return [Piece("url", link.url)]
    if title and link.url == f"http://{title}" and title.startswith("www.") and not _NO_TARGET.search(title):
        return [Piece("url", title, link.url)]
    return []


def _escape(match: re.Match[str]) -> str:
    return "\\" + match[0]


def _is_known(url: str, known: Alarms) -> bool:
    return bool(_POINTABLE.fullmatch(url)) and url.partition("://")[0].lower() in known.schemes


def _title(title: Title) -> str | None:
    if isinstance(title, Media):
        return wiki_media(title)
    return one_line(words_of(title.events)) if isinstance(title, Label) else title if title is None else one_line(title)


def _says_all(link: Link, title: str, known: Alarms) -> bool:
    """Whether Markdown's own form leads to the same place and shows the same, without one escape."""
    if title != title.strip() or escaped([Piece("text", title)], "cell", known) != title or {*"[]`*_<&"} & {*title}:
        return False
    if isinstance(link, ExternalLink):
        plain = _ADDRESS.fullmatch(link.url) and not ENTITY.search(link.url)
        return bool(plain) and _is_known(link.url, known)
    if isinstance(link, PageLink | LocalLink | InterwikiLink) and scheme_of(source_of(link)) not in _TAKEN:
        return bool(_TARGET.fullmatch(source_of(link).replace(">", "", 1)))
    return False


def spell_addresses(pieces: list[Piece], *, one_line: bool) -> list[Piece]:
    """Addresses bare where they end as they did, else between ``<`` and ``>``."""
    return [
        Piece("mark", _spelled(piece, pieces, number, one_line=one_line)) if piece.kind == "url" else piece
        for number, piece in enumerate(pieces)
    ]


def _spelled(piece: Piece, pieces: list[Piece], number: int, *, one_line: bool) -> str:
    begins = _begins(pieces, number, one_line=one_line)
    if _is_bare(piece.other or piece.text) and begins and _ends(pieces, number + 1):
        return piece.text
    return f"[[{piece.other}|{piece.text}]]" if piece.other else f"<{piece.text}>"


def _is_bare(url: str) -> bool:
    return bool(_BARE.fullmatch(url)) and bool(_BARE_ENDS.match(url[-1]))


def _begins(pieces: list[Piece], number: int, *, one_line: bool) -> bool:
    """Whether GitHub sees that an address begins at piece ``number``. A break is a line's end, but not at the start."""
    if not number:
        return True
    before = pieces[number - 1]
    if before.kind == "break":
        return not one_line and any(piece.text.strip() for piece in pieces[:number])
    return before.kind == "text" and before.text.endswith(_BEFORE)


def _ends(pieces: list[Piece], number: int) -> bool:
    """Whether GitHub sees that an address ends before piece ``number``."""
    if number == len(pieces):
        return True
    behind = pieces[number]
    found = _AFTER.match(behind.text) if behind.kind == "text" else None
    if found is None:
        return False
    return found.end() < len(behind.text) or found[0][-1:].isspace() or number + 1 == len(pieces)


def media_mark(media: Media, known: Alarms) -> str:
    """How ``media`` is written."""
    title = media.title
    plain = title and title.strip() and escaped([Piece("text", title)], "cell", known) == title and _is_simple(title)
    usual = (media.align, media.cache, media.linking) == ("", "cache", "details")
    if plain and usual and title and _is_picture(media):
        mark = "?" if "?" in media.source or media.width or media.height else ""
        return f"![{title}]({media.source}{mark}{_size(media)})"
    return wiki_media(media)


def _is_simple(title: str) -> bool:
    return title == title.strip() and not {*"[]`*_<&\n"} & {*title}


def _is_picture(media: Media) -> bool:
    form = _ADDRESS if media.external else _TARGET
    path = media.source.partition("#")[0].partition("?")[0]
    return path.rpartition(".")[2].lower() in _PICTURES and bool(form.fullmatch(media.source))


def _size(media: Media) -> str:
    if media.height:
        return f"{media.width}x{media.height}"
    return str(media.width) if media.width else ""


def wiki_media(media: Media) -> str:
    """``{{source?parameters|title}}``, the blanks beside ``source`` saying where it stands."""
    words = [_size(media), *(word for word in (media.linking, media.cache) if word not in ("details", "cache"))]
    parameters = "&".join(word for word in words if word)
    mark = "?" if parameters or "?" in media.source else ""
    source = one_line(media.source) + mark + parameters
    left = " " if media.align in ("right", "center") else ""
    right = " " if media.align in ("left", "center") else ""
    title = "" if media.title is None else f"|{one_line(media.title)}"
    return f"{{{{{left}{source}{right}{title}}}}}"
