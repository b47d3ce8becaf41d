"""The frame around every page of a site of plain files. All text that comes in is escaped here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import NamedTuple
from urllib.parse import quote

from app.domain.licences import licence_of
from app.domain.wiki_settings import WikiSettings
from app.exchange.file_paths import relative
from app.exchange.html_icons import icon, mark

STATIC = "_static"
INDEX, SEARCH = "_index.html", "_search.html"
RTL = frozenset({"ar", "fa", "he", "ur", "yi", "ps", "sd", "ug", "dv", "ckb"})
# To some browsers "self" is no file on a disk.
POLICY = (
    "default-src 'none'; script-src 'self' file:; style-src 'self' file:; "
    "img-src 'self' file: data:; media-src 'self' file:; base-uri 'none'; form-action 'none'"
)


class Entry(NamedTuple):
    """One line of a list. ``path``: from the root; ``title``: "" where there is none."""

    path: str
    title: str
    name: str


@dataclass(frozen=True, slots=True)
class Frame:
    """What all pages share. ``home``: the path of the page where a reader begins."""

    settings: WikiSettings
    say: Callable[[str], str]
    home: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page. ``main`` and ``aside``: HTML whose addresses are right for ``path``, as that of ``sidebar``."""

    path: str
    title: str
    main: str
    aside: str = ""
    sidebar: str = ""
    listed: bool = True
    script: str = ""


def document(frame: Frame, sheet: Sheet) -> bytes:
    settings, say = frame.settings, frame.say
    lang = escape(settings.lang)
    direction = "rtl" if settings.lang.partition("-")[0] in RTL else "ltr"
    robots = "" if sheet.listed else '<meta name="robots" content="noindex,nofollow">\n'
    script = f'<script src="{link(sheet.script, sheet.path)}" defer></script>\n' if sheet.script else ""
    static = {
        name: link(f"{STATIC}/{name}", sheet.path) for name in ("lierre.css", "site.css", "site.js", "favicon.svg")
    }
    has_aside = " has-aside" if sheet.aside else ""
    return f"""<!DOCTYPE html>
<html lang="{lang}" dir="{direction}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
{robots}<title>{escape(sheet.title)} · {escape(settings.title)}</title>
<link rel="stylesheet" href="{static["lierre.css"]}">
<link rel="stylesheet" href="{static["site.css"]}">
<link rel="icon" href="{static["favicon.svg"]}" type="image/svg+xml">
<script src="{static["site.js"]}"></script>
{script}</head>
<body>
<a class="skip" href="#main">{escape(say("Skip to the text"))}</a>
{_top(frame, sheet)}
<div class="frame has-nav{has_aside}">
{_navigation(frame, sheet)}
<main class="main" id="main" tabindex="-1">
{sheet.main}
</main>
{f'<aside class="aside">{chr(10)}{sheet.aside}{chr(10)}</aside>' if sheet.aside else ""}
</div>
{_foot(settings, say)}
</body>
</html>
""".encode("utf-8", "replace")


def _top(frame: Frame, sheet: Sheet) -> str:
    say = frame.say
    brand = f'{mark()}<span class="brand-name">{escape(frame.settings.title)}</span>'
    menu = f'aria-label="{escape(say("Navigation"))}">{icon("menu")}'
    theme = f'{icon("sun")}{icon("moon")}<span class="visually-hidden">{escape(say("Light or dark"))}</span>'
    return f"""<header class="top">
<button class="top-button top-menu" type="button" popovertarget="nav" {menu}</button>
<a class="brand" href="{link(frame.home, sheet.path)}">{brand}</a>
<nav class="top-tools" aria-label="{escape(say("Search this wiki"))}">
<a class="top-button" href="{link(SEARCH, sheet.path)}">{_named("search", say("Search"))}</a>
<a class="top-button" href="{link(INDEX, sheet.path)}">{_named("list-tree", say("Index"))}</a>
<button class="top-button" type="button" data-theme-switch hidden>{theme}</button>
</nav>
</header>"""


def _named(sign: str, words: str) -> str:
    return f'{icon(sign)}<span class="site-words">{escape(words)}</span>'


def _navigation(frame: Frame, sheet: Sheet) -> str:
    say = frame.say
    lang = escape(frame.settings.lang)
    sidebar = (
        f'<div class="sidebar page-body dokuwiki" lang="{lang}" dir="auto">\n{sheet.sidebar}\n</div>'
        if sheet.sidebar
        else ""
    )
    hides = 'popovertarget="nav" popovertargetaction="hide"'
    return f"""<nav class="nav" id="nav" popover aria-label="{escape(say("Navigation"))}">
<button class="nav-close top-button" type="button" {hides}>{icon("x")} {escape(say("Close"))}</button>
{sidebar}
<ul class="nav-list nav-places">
<li><a href="{link(INDEX, sheet.path)}">{icon("list-tree")} {escape(say("Index"))}</a></li>
<li><a href="{link(SEARCH, sheet.path)}">{icon("search")} {escape(say("Search"))}</a></li>
</ul>
</nav>"""


def _foot(settings: WikiSettings, say: Callable[[str], str]) -> str:
    tagline = f' <span class="soft">{escape(settings.tagline)}</span>' if settings.tagline else ""
    rights = ""
    if settings.license:
        licence = licence_of(settings.license)
        words = escape(say("Licence of the texts: %(license)s") % {"license": licence.name})
        if licence.url:
            words = f'<a href="{escape(licence.url)}" rel="license">{words}</a>'
        rights = f'\n<p class="soft">{words}</p>'
    return f'<footer class="foot">\n<p>{escape(settings.title)}{tagline}</p>{rights}\n</footer>'


def link(path: str, below: str) -> str:
    """The address of ``path`` on the page at ``below``, fit for an attribute."""
    return escape(near(path, below))


def near(path: str, below: str) -> str:
    """The same as it is, not yet escaped."""
    return quote(relative(path, below), errors="replace")


def breadcrumbs(name: str, below: str, spaces: Callable[[str], str | None], say: Callable[[str], str]) -> str:
    """Where a page lies. ``spaces``: the path of a namespace's index; None: it has none."""
    *above, leaf = name.split(":")
    items = [f'<li><a href="{link(INDEX, below)}">{escape(say("Index"))}</a></li>']
    for at, part in enumerate(above):
        path = spaces(":".join(above[: at + 1]))
        shown = escape(part)
        items.append(f"<li>{shown}</li>" if path is None else f'<li><a href="{link(path, below)}">{shown}</a></li>')
    items.append(f'<li><span aria-current="page">{escape(leaf)}</span></li>')
    return f'<nav class="path" aria-label="{escape(say("Path"))}">\n<ol>\n{_lines(items)}\n</ol>\n</nav>'


def listed(entries: Iterable[Entry], below: str) -> str:
    """A list of links."""
    return f"<ul>\n{_lines(_item(entry, below) for entry in entries)}\n</ul>"


def _item(entry: Entry, below: str) -> str:
    code = f' <code class="name">{escape(entry.name)}</code>' if entry.title and entry.title != entry.name else ""
    words = escape(entry.title or entry.name)
    return f'<li><a href="{link(entry.path, below)}" title="{escape(entry.name)}">{words}</a>{code}</li>'


def _lines(items: Iterable[str]) -> str:
    return "\n".join(items)


def time_tag(seconds: int) -> str:
    """To the minute, UTC. Times that no calendar has are shown as numbers."""
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return str(seconds)
    return f'<time datetime="{moment:%Y-%m-%dT%H:%M:%SZ}">{moment:%Y-%m-%d %H:%M} UTC</time>'
