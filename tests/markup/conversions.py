"""Helpers of the tests of conversion: a page in both markups, and whether it reads the same."""

import re
from collections.abc import Iterable, Iterator

from app.domain.wiki_settings import WikiSettings
from app.markup import Document, Facts, metadata, parse, render
from app.markup.conversion import Converted, convert
from app.markup.nodes import Markup
from tests.conformance.conform import tokens

PLAIN = WikiSettings(base_url="https://wiki.example.org", useheading="0")
PAGE = "ns:page"
OTHER: dict[Markup, Markup] = {"dokuwiki": "markdown", "markdown": "dokuwiki"}
_TABLE = re.compile(r"</?(?:table|thead|tr|th|td|p|pre|code|dl|dt|dd)\b")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\ufffd]")
_IN_TABLES = {"column span", "row span", "head row", "heading cell", "cell alignment", "block in a cell"}


def there(text: str, markup: Markup, settings: WikiSettings = PLAIN) -> tuple[Document, Converted, Document]:
    """The page, its text in the other markup, and the page that this text makes."""
    document = parse(text, settings, markup)
    converted = convert(document, OTHER[markup], settings)
    return document, converted, parse(converted.text, settings, OTHER[markup])


def shown(document: Document, lost: Iterable[str] = (), settings: WikiSettings = PLAIN) -> list[str]:
    """The page as a reader sees it, less what both markups say in ways of their own, and less what was ``lost``."""
    parts = render(document, PAGE, Facts(), settings).parts
    html = _CONTROLS.sub("", "".join(part if isinstance(part, str) else _place(part.kind, part.args) for part in parts))
    rows: Iterable[str] = _quotes(_underlines(_with_cells(tokens(html))))
    lost = set(lost)
    if lost & _IN_TABLES:
        rows = _without_tables(rows)
    if "list level" in lost:
        rows = ["<li" if row.startswith("<li") else row for row in rows]
    if lost & {"paragraph in an item", "list level"}:
        rows = _without_paragraphs(rows, "<li")
    if "blocks in a note" in lost:
        rows = _without_paragraphs(rows, "<div class=footnotes")
    if "link" in lost:
        rows = ["<a" if row.startswith("<a ") else row for row in rows]
    rows = [" ".join(row.split()) if row[0] == "<" else row for row in rows]
    return list(_joined(row for row in _small(rows) if row not in ("<tbody", "</tbody")))


def _place(kind: str, args: dict[str, str]) -> str:
    return "" if kind == "section_edit" else f"{{{kind} {sorted(args.items())}}}"


def _underlines(rows: Iterable[str]) -> Iterator[str]:
    """``<u>`` for the element that DokuWiki's markup has for it."""
    names: list[str] = []
    for row in rows:
        if row.startswith("<em"):
            names.append("u" if row == "<em class=u" else "em")
            yield f"<{names[-1]}"
        else:
            yield f"</{names.pop()}" if row == "</em" and names else row


def _with_cells(rows: list[str]) -> Iterator[str]:
    """Without tables in which no row has a cell."""
    start = 0
    while start < len(rows):
        end = start + 1
        if rows[start] == "<div class=table":
            end = rows.index("</div", start) + 1
        if end == start + 1 or any(row.startswith(("<td", "<th ")) for row in rows[start:end]):
            yield from rows[start:end]
        start = end


def _quotes(rows: Iterable[str]) -> Iterator[str]:
    """Without what parts lines and paragraphs in quotes: breaks in one markup, paragraphs in the other."""
    depth = 0
    for row in rows:
        depth += row.startswith("<blockquote") - row.startswith("</blockquote")
        if not depth or row not in ("<p", "</p", "<br"):
            yield row.rstrip(" ") if depth and row[0] == "=" else row


def _without_tables(rows: Iterable[str]) -> Iterator[str]:
    depth = 0
    for row in rows:
        depth += row.startswith("<table") - row.startswith("</table")
        if not (depth or row == "</table") or not _TABLE.match(row):
            yield " ".join(row.split()) if depth else row


def _without_paragraphs(rows: Iterable[str], inside: str) -> Iterator[str]:
    depth = 0
    closing = inside.replace("<", "</").partition(" ")[0]  # notes are last: they go on to the end
    for row in rows:
        depth += row.startswith(inside) - (row.startswith(closing) and closing != "</div")
        if not depth or row not in ("<p", "</p"):
            yield row.rstrip(" ") if depth and row[0] == "=" else row


def _small(rows: list[str]) -> Iterator[str]:
    """Empty cells have no alignment to see, and a break alone needs no paragraph."""
    for number, row in enumerate(rows):
        behind = rows[number + 1] if number + 1 < len(rows) else ""
        if row.startswith(("<td", "<th")) and behind in ("</td", "</th"):
            yield re.sub(r"\.?(?:left|right|center)align\.?", "", row)
        elif (row == "<div class=li" and behind == "</div") or (
            row == "</div" and number and rows[number - 1] == "<div class=li"
        ):
            continue  # an item that holds nothing but a list
        elif (row == "<p" and rows[number + 1 : number + 3] == ["<br", "</p"]) or (
            row == "</p" and rows[number - 2 : number] == ["<p", "<br"]
        ):
            continue
        else:
            yield row


def _joined(rows: Iterable[str]) -> Iterator[str]:
    """Pieces of text side by side are one, runs of blanks one blank."""
    words: list[str] = []
    for row in rows:
        if row.startswith("="):
            words.append(row[1:])
            continue
        yield from _said(words)
        words = []
        yield row
    yield from _said(words)


def _said(words: list[str]) -> Iterator[str]:
    text = " ".join(" ".join(words).split())
    if text:
        yield f"={text}"


def pointed(document: Document, settings: WikiSettings = PLAIN) -> list[tuple[str, str]]:
    """All that the page links to and embeds. Notes come where they stand in one markup, last in the other."""
    about = metadata(document, PAGE, Facts(), settings)
    return sorted((each.kind, " ".join(each.target.split())) for each in about.references)
