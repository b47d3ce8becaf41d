"""The styles of an old wiki, ``user*.css`` and the colours of its template, as the style of this one; switched off.

They were written for other pages, so an administrator looks at them first.
"""

import re
from collections.abc import Iterator, Mapping
from configparser import ConfigParser, Error

from app.domain.site_style import without_faults
from app.exchange.dokuwiki.bringing import Bringing
from app.exchange.dokuwiki.changelog import as_text
from app.exchange.dokuwiki.model import Unreadable

SHEETS = {"userall.css": "", "userstyle.css": "screen", "userprint.css": "print"}  # file to medium
COLOURS = "style.ini"
MOST = 1024 * 1024  # bytes
ROLES = {  # of the old wiki's bundled template, by our roles
    "__text__": "--ink",
    "__text_alt__": "--ink-soft",
    "__background__": "--paper",
    "__background_alt__": "--surface",
    "__border__": "--line",
    "__link__": "--accent",
    "__highlight__": "--mark",
}
USUAL = {  # what its template says where nobody said otherwise
    "__text__": "#333",
    "__background__": "#fff",
    "__text_alt__": "#999",
    "__background_alt__": "#eee",
    "__text_neu__": "#666",
    "__background_neu__": "#ddd",
    "__border__": "#ccc",
    "__highlight__": "#ff9",
    "__link__": "#2b73b7",
    "__background_site__": "#fbfaf9",
    "__existing__": "#080",
    "__missing__": "#d30",
}
BROUGHT = "It stands in the setting “sitestyle”, switched off: look at a page with ?style=try, then switch it on."
OTHER_SITE = "This leads to another site, or loads another sheet; it is left out of the style."
NO_COLOURS = "Its colours cannot be read; it is kept as it is."
_BRACKETS = re.compile(r'("(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|[{}])')  # those inside of texts stay there
_VALUE = re.compile(r"#[0-9a-f]{3,8}|[a-z]+|(?:rgb|hsl)a?\([0-9 .,/%a-z]*\)", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"__[a-z_]+?__(?![a-z_])")


def bring_style(bringing: Bringing) -> None:
    said = _colours(bringing)
    parts = [*_roles(said), *_sheets(bringing, USUAL | said)]
    if parts:
        bringing.bring("sitestyle", "\n".join(parts), bringing.run.layout.conf_path(next(iter(SHEETS))) or "conf")


def _sheets(bringing: Bringing, colours: Mapping[str, str]) -> Iterator[str]:
    for name, medium in SHEETS.items():
        found = bringing.file(name)
        if found is None:
            continue
        text, lines = without_faults(as_text(found.data.removeprefix(b"\xef\xbb\xbf")).replace("\r\n", "\n"))
        for line in lines:
            bringing.tell(found.path, OTHER_SITE, line)
        bringing.tell(found.path, BROUGHT)
        text = _PLACEHOLDER.sub(lambda sign: colours.get(sign[0], sign[0]), text)
        text = re.sub(r"\n\s*\n+", "\n", "".join(sign for sign in text if sign.isprintable() or sign in "\n\t"))
        whole = balanced(text.strip())
        yield f"/* conf/{name} */"
        yield f"@media {medium} {{\n{whole}\n}}" if medium else whole


def balanced(text: str) -> str:
    """``text`` with as many brackets closed as opened: what follows belongs to no rule of it."""
    deep, out = 0, []
    for part in _BRACKETS.split(text):
        if part == "}" and deep == 0:
            continue
        deep += (part == "{") - (part == "}")
        out.append(part)
    return "".join(out) + "}" * deep


def _colours(bringing: Bringing) -> dict[str, str]:
    """What the wiki's own ``style.ini`` of its template says."""
    template = str(bringing.run.layout.config.get("template") or "dokuwiki")
    path = f"conf/tpl/{template}/{COLOURS}"
    if not bringing.run.source.is_file(path):
        return {}
    try:
        read = ConfigParser(interpolation=None, strict=False, inline_comment_prefixes=(";",))
        read.read_string(as_text(bringing.run.source.read(path, MOST)))
        rows = dict(read["replacements"]) if read.has_section("replacements") else {}
    except (Unreadable, Error):
        bringing.tell(path, NO_COLOURS)
        return {}
    values = {name: value.strip().strip("\"'") for name, value in rows.items()}
    found = {name: value for name, value in values.items() if _VALUE.fullmatch(value)}
    bringing.tell(path, BROUGHT)
    return found


def _roles(said: Mapping[str, str]) -> Iterator[str]:
    """Of light pages: the old wiki had no dark ones."""
    rows = [f"  {role}: {said[name]};" for name, role in ROLES.items() if name in said]
    if rows:
        inside = "\n".join(rows)
        yield f"@media not (prefers-color-scheme: dark) {{\n:root:not([data-theme]) {{\n{inside}\n}}\n}}"
        yield f':root[data-theme="light"] {{\n{inside}\n}}'
