"""Raw HTML in DokuWiki's markup: what it has signs for, and the words of all else.

<b>bold</b> and <kbd>Esc</kbd>      **bold** and ''Esc''
<a href="https://example.org">x</a> [[https://example.org|x]]
"""

from app.markup.allowed import VOID
from app.markup.conversion.dokuwiki_links import image_of, link_pieces, media_mark
from app.markup.conversion.dokuwiki_writer import DokuWikiWriter
from app.markup.nodes import ExternalLink, Html

_SAME = {
    "b": "strong",
    "strong": "strong",
    "i": "emphasis",
    "em": "emphasis",
    "u": "underline",
    "ins": "underline",
    "s": "deleted",
    "strike": "deleted",
    "del": "deleted",
    "sub": "subscript",
    "sup": "superscript",
    "code": "monospace",
    "tt": "monospace",
}
_LIKE = {"kbd": "monospace", "samp": "monospace", "var": "emphasis", "cite": "emphasis", "dfn": "emphasis"}
_SPANS = _SAME | _LIKE
_INLINE = frozenset(
    ("a", "abbr", "bdi", "bdo", "img", "mark", "picture", "q", "rp", "rt", "ruby", "small", "source", "span", "time")
)


def begin_tag(w: DokuWikiWriter, tag: Html) -> None:
    name = tag.name
    if name in _SPANS:
        if name in _LIKE:
            w.losses.add("raw HTML", f"<{name}>")
        w.open_span(_SPANS[name])
    elif name in ("br", "hr"):
        _break(w, name)
    elif name == "img":
        _image(w, tag)
    else:
        _open(w, tag)


def _open(w: DokuWikiWriter, tag: Html) -> None:
    if tag.name not in ("p", "wbr", "a"):
        w.losses.add("raw HTML", f"<{tag.name}>")
    if tag.name != "wbr":
        _part(w, tag.name)
    if tag.name not in VOID:
        w.frame.tags.append((tag, len(w.frame.run.pieces)))


def end_tag(w: DokuWikiWriter, tag: Html) -> None:
    name, frame = tag.name, w.frame
    if name in _SPANS:
        w.close_span(_SPANS[name])
        return
    opened, at = frame.tags.pop() if frame.tags else (tag, 0)
    if name == "a" and opened.name == "a":
        _link(w, opened, at)
    _part(w, name)


def _break(w: DokuWikiWriter, name: str) -> None:
    if name == "br":
        w.frame.run.line_break()
    elif w.frame.cell is None:
        w.block(["----"], "rule")


def _image(w: DokuWikiWriter, tag: Html) -> None:
    media = image_of(tag)
    if media:
        w.frame.run.mark(media_mark(media, w.losses))
    else:
        values = dict(tag.attributes)
        w.losses.add("raw HTML", f'<img src="{values.get("src", "")}">')
        w.frame.run.text(values.get("alt", ""))


def _link(w: DokuWikiWriter, opened: Html, at: int) -> None:
    """The text since the link began becomes its title."""
    run, url = w.frame.run, dict(opened.attributes).get("href", "")
    inside = run.pieces[at:]
    if "://" not in url or any(piece.kind != "text" for piece in inside):
        w.losses.add("raw HTML", f'<a href="{url}">')
        return
    del run.pieces[at:]
    title = "".join(piece.text for piece in inside)
    run.pieces += link_pieces(ExternalLink(url, title or None), w.losses)


def _part(w: DokuWikiWriter, name: str) -> None:
    """Blocks begin and end paragraphs."""
    if name not in _INLINE:
        w.flush()
