"""What each file of an old wiki is, by its place and name: the first rule that fits counts; the last always fits.

Groups of the patterns: ``stem`` is the path of a page or file, ``space`` that of a namespace with a stroke at its end,
``rev`` a version, ``end`` the ending of a file whose version stands before it.
"""

import re
from dataclasses import dataclass

from app.exchange.dokuwiki.model import FileKind


@dataclass(frozen=True, slots=True)
class Rule:
    pattern: re.Pattern[str]
    kind: FileKind
    why: str = ""


def _rule(pattern: str, kind: FileKind, why: str = "") -> Rule:
    return Rule(re.compile(pattern, re.DOTALL), kind, why)


SPACE = r"(?P<space>(?:[^/._][^/]*/)*)"
REV = r"(?P<rev>[0-9]{1,15})"
TO_BE_MADE = "The wiki makes this anew by itself."
SECRET = "A secret of the old wiki: everybody signs in anew, and access tokens are made anew."  # noqa: S105 a sentence
SHIPPED = "DokuWiki ships this file; what is this wiki's own stands in files with “local” in their names."
PROGRAM = "Part of the program, of an extension or of a template, not of what people wrote."
OUTSIDE = "It lies outside of the folders in which DokuWiki keeps a wiki."
HIDDEN = "Names with a point or a low line at the beginning are no pages or files of DokuWiki; it is kept as it is."
UNKNOWN = "No page, file or log of DokuWiki is named so; it is kept as it is."
KEPT = "Nothing here reads this file; it is kept as it is for the way back."
EMPTY = "It only holds a folder's place, or keeps web servers out of it."
OF_COMPUTER = "A computer put it there to show the folder."

JUNK = (
    _rule(r"(?:.*/)?(?:_dummy|\.htaccess|\.gitignore|\.gitkeep|web\.config)", "disposable", EMPTY),
    _rule(r"(?:.*/)?(?:\.DS_Store|Thumbs\.db|desktop\.ini)", "disposable", OF_COMPUTER),
)
_HIDDEN = _rule(r"(?:.*/)?[._].*", "kept", HIDDEN)
_REST = _rule(r".*", "kept", UNKNOWN)


def _all(why: str) -> tuple[Rule, ...]:
    return (_rule(r".*", "disposable", why),)


SHIPPED_NAMES = (
    r"(?:acronyms|entities|interwiki|mime|scheme|smileys|wordblock)\.conf|(?:license|mediameta|plugins|"
    r"plugins\.required)\.php|manifest\.json|.*\.(?:dist|example)"
)
SNIPPETS = r"(?:meta|header|pageheader|pagefooter|sidebarheader|sidebarfooter|footer)\.html"

RULES: dict[str, tuple[Rule, ...]] = {
    "pages": (
        *JUNK,
        _rule(SPACE + r"__?template\.txt", "template"),
        _HIDDEN,
        _rule(r"(?P<stem>.+)\.txt", "page"),
        _REST,
    ),
    "attic": (*JUNK, _HIDDEN, _rule(rf"(?P<stem>.+)\.{REV}\.txt(?:\.gz|\.bz2)?", "attic"), _REST),
    "meta": (
        *JUNK,
        _rule(r"_htcookiesalt2?|jwt/[0-9a-f]/[0-9a-f]{64}\.token", "disposable", SECRET),
        _rule(r"_(?:dokuwiki|media)\.changes", "global_log"),
        _rule(r"_(?:dokuwiki|media)\.changes[._].*", "disposable", TO_BE_MADE),
        _rule(SPACE + r"\.mlist", "subscription"),
        _HIDDEN,
        _rule(r"(?P<stem>.+)\.mlist", "subscription"),
        _rule(r"(?P<stem>.+)\.changes", "page_log"),
        _rule(r"(?P<stem>.+)\.meta", "page_meta"),
        _rule(r".+\.indexed", "disposable", TO_BE_MADE),
        _REST,
    ),
    "media": (*JUNK, _HIDDEN, _rule(r"(?P<stem>.+)", "media"), _REST),
    "media_attic": (*JUNK, _HIDDEN, _rule(rf"(?P<stem>.+)\.{REV}\.(?P<end>[^./]+)", "media_attic"), _REST),
    "media_meta": (*JUNK, _HIDDEN, _rule(r"(?P<stem>.+)\.changes", "media_log"), _REST),
    "cache": (
        _rule(r"(?:.*/)?[^/]+\.draft", "disposable", "A draft that nobody saved."),
        _rule(r"(?:.*/)?[^/]+\.pwauth", "disposable", SECRET),
        *_all(TO_BE_MADE),
    ),
    "index": _all(TO_BE_MADE),
    "locks": _all("It says that somebody was writing."),
    "tmp": _all("It was there for a moment only."),
    "log": _all("What the program told its operator."),
    "conf": (
        *JUNK,
        _rule(SHIPPED_NAMES, "disposable", SHIPPED),
        _rule(r"[^/]+(?:\.bak|\.bak\.php|\.old|\.orig|~)", "kept", "An earlier state of a file; it is kept as it is."),
        _rule(r"[^/]+", "conf"),
        _rule(r".*", "kept", KEPT),
    ),
    "data": (
        _rule(r"\.\./.*", "disposable", OUTSIDE),
        *JUNK,
        _rule(r"changes\.log(?:\.bak)?", "kept", "A log of very old versions, which no later one reads; it is kept."),
        _rule(r"[^/]+_safefn\.recoded", "disposable", TO_BE_MADE),
        _rule(r"dont-panic-[^/]*|security\.(?:png|xcf)|index\.html", "disposable", SHIPPED),
        _REST,
    ),
    "program": (
        _rule(r"lib/images/smileys/local/[^/]+", "kept", KEPT),
        _rule(rf"lib/tpl/[^/]+/{SNIPPETS}", "kept", KEPT),
        _rule(r"inc/preload\.php", "kept", KEPT),
        _rule(
            r"(?:_cs|_test|bin|inc|lib|vendor)/.*|[^/]+\.php|VERSION|COPYING|README|[^/]*\.dist", "disposable", PROGRAM
        ),
        *_all(OUTSIDE),
    ),
}
