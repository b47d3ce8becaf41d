"""``{{backlinks>page#filter}}``: the pages that link to ``page``, filled in when the page is shown."""

from app.markup.grammar import Rule, Trigger
from app.markup.nodes import Backlinks
from app.markup.scanner import Scanner
from app.markup.source import Source


def _reach(source: Source, start: int, end: int) -> int:
    del start
    found = source.after(r"\}\}", end + 1)
    return found + 2 if found >= 0 else 0


def _read(scan: Scanner, start: int, end: int) -> int:
    stop = _reach(scan.source, start, end)
    if stop:
        page, _, wanted = scan.text[end : stop - 2].partition("#")
        wanted = "" if wanted == "0" else wanted
        negate = wanted.startswith("!")
        scan.put(start, Backlinks(page, wanted[1:] if negate else wanted, negate))
    return stop


BACKLINKS = Rule(
    "backlinks",
    "substitution",
    (Trigger("{", r"\{backlinks>"),),
    _read,
    _reach,
    ("{{backlinks>.}}", "{{backlinks>wiki:syntax#!wiki}}"),
)
