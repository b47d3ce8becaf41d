# ruff: noqa: RUF001 tables as they are shipped
"""The shipped tables: shortcuts, acronyms, smileys, typographic replacements, schemes and file types.

A wiki's own tables are merged over them. Source: docs/formats/names.md
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

INTERWIKI: dict[str, str] = {
    "wp": "https://en.wikipedia.org/wiki/{NAME}",
    "amazon": "https://www.amazon.com/dp/{URL}?tag=splitbrain-20",
    "wpfr": "https://fr.wikipedia.org/wiki/{NAME}",
    "amazon.de": "https://www.amazon.de/dp/{URL}?tag=splitbrain-21",
    "wpde": "https://de.wikipedia.org/wiki/{NAME}",
    "amazon.uk": "https://www.amazon.co.uk/dp/{URL}",
    "wpes": "https://es.wikipedia.org/wiki/{NAME}",
    "paypal": "https://www.paypal.com/cgi-bin/webscr?cmd=_xclick&amp;business=",
    "wppl": "https://pl.wikipedia.org/wiki/{NAME}",
    "phpfn": "https://secure.php.net/{NAME}",
    "wpjp": "https://ja.wikipedia.org/wiki/{NAME}",
    "skype": "skype:{NAME}",
    "wpru": "https://ru.wikipedia.org/wiki/{NAME}",
    "google": "https://www.google.com/search?q=",
    "wpmeta": "https://meta.wikipedia.org/wiki/{NAME}",
    "google.de": "https://www.google.de/search?q=",
    "doku": "https://www.dokuwiki.org/",
    "go": "https://www.google.com/search?q={URL}&amp;btnI=lucky",
    "rfc": "https://tools.ietf.org/html/rfc",
    "user": ":user:{NAME}",
    "man": "http://man.cx/",
    "callto": "callto://{NAME}",
    "tel": "tel:{NAME}",
}

ACRONYMS: dict[str, str] = {
    "ACL": "Access Control List",
    "AFAICS": "As far as I can see",
    "AFAIK": "As far as I know",
    "AFAIR": "As far as I remember",
    "API": "Application Programming Interface",
    "ASAP": "As soon as possible",
    "ASCII": "American Standard Code for Information Interchange",
    "BTW": "By the way",
    "CMS": "Content Management System",
    "CSS": "Cascading Style Sheets",
    "DNS": "Domain Name System",
    "EOF": "End of file",
    "EOL": "End of line",
    "EOM": "End of message",
    "EOT": "End of text",
    "FAQ": "Frequently Asked Questions",
    "FTP": "File Transfer Protocol",
    "FOSS": "Free & Open-Source Software",
    "FLOSS": "Free/Libre and Open Source Software",
    "FUD": "Fear, Uncertainty, and Doubt",
    "FYI": "For your information",
    "GB": "Gigabyte",
    "GHz": "Gigahertz",
    "GPL": "GNU General Public License",
    "GUI": "Graphical User Interface",
    "HTML": "HyperText Markup Language",
    "IANAL": "I am not a lawyer (but)",
    "IE": "Internet Explorer",
    "IIRC": "If I remember correctly",
    "IMHO": "In my humble opinion",
    "IMO": "In my opinion",
    "IOW": "In other words",
    "IRC": "Internet Relay Chat",
    "IRL": "In real life",
    "KISS": "Keep it simple stupid",
    "LAN": "Local Area Network",
    "LGPL": "GNU Lesser General Public License",
    "LOL": "Laughing out loud",
    "MathML": "Mathematical Markup Language",
    "MB": "Megabyte",
    "MHz": "Megahertz",
    "MSIE": "Microsoft Internet Explorer",
    "OMG": "Oh my God",
    "OS": "Operating System",
    "OSS": "Open Source Software",
    "OTOH": "On the other hand",
    "PITA": "Pain in the Ass",
    "RFC": "Request for Comments",
    "ROTFL": "Rolling on the floor laughing",
    "RTFM": "Read The Fine Manual",
    "spec": "specification",
    "TIA": "Thanks in advance",
    "TL;DR": "Too long; didn't read",
    "TOC": "Table of Contents",
    "URI": "Uniform Resource Identifier",
    "URL": "Uniform Resource Locator",
    "W3C": "World Wide Web Consortium",
    "WTF?": "What the f***",
    "WYSIWYG": "What You See Is What You Get",
    "YMMV": "Your mileage may vary",
}

# Smiley to the name of its picture.
SMILEYS: dict[str, str] = {
    "8-)": "cool",
    "8-O": "eek",
    "8-o": "eek",
    ":-(": "sad",
    ":-)": "smile",
    "=)": "smile2",
    ":-/": "doubt",
    ":-\\": "doubt2",
    ":-?": "confused",
    ":-D": "biggrin",
    ":-P": "razz",
    ":-o": "surprised",
    ":-O": "surprised",
    ":-x": "silenced",
    ":-X": "silenced",
    ":-|": "neutral",
    ";-)": "wink",
    "m(": "facepalm",
    "^_^": "fun",
    ":?:": "question",
    ":!:": "exclaim",
    "LOL": "lol",
    "FIXME": "fixme",
    "DELETEME": "deleteme",
}

# In the order they are tried at one place.
ENTITIES: dict[str, str] = {
    "<->": "↔",
    "->": "→",
    "<-": "←",
    "<=>": "⇔",
    "=>": "⇒",
    "<=": "⇐",
    ">>": "»",
    "<<": "«",
    "---": "—",
    "--": "–",
    "(c)": "©",
    "(tm)": "™",
    "(r)": "®",
    "...": "…",
}

SCHEMES = ("http", "https", "telnet", "gopher", "wais", "ftp", "ed2k", "irc", "ldap")


@dataclass(frozen=True, slots=True)
class FileType:
    """``download``: never shown in the browser, always offered for saving."""

    mime: str
    download: bool = False


def _types(table: str) -> dict[str, FileType]:
    """Lines ``type extension …``; a ``!`` in front of the type forces download."""
    rows = (line.split() for line in table.strip().splitlines())
    return {ext: FileType(mime.lstrip("!"), mime.startswith("!")) for mime, *exts in rows for ext in exts}


MIME = _types("""
image/jpeg jpg jpeg
image/gif gif
image/png png
image/webp webp
image/vnd.microsoft.icon ico
image/svg+xml svg
audio/mpeg mp3
audio/ogg ogg
audio/wav wav
video/webm webm
video/ogg ogv
video/mp4 mp4
text/vtt vtt
application/pdf pdf
!application/msword doc rtf
!application/msexcel xls
!application/mspowerpoint ppt
!application/vnd.openxmlformats-officedocument.wordprocessingml.document docx
!application/vnd.openxmlformats-officedocument.spreadsheetml.sheet xlsx
!application/vnd.openxmlformats-officedocument.presentationml.presentation pptx
!application/soffice sxw sxc sxi sxd
!application/vnd.oasis.opendocument.chart odc
!application/vnd.oasis.opendocument.formula odf
!application/vnd.oasis.opendocument.graphics odg
!application/vnd.oasis.opendocument.image odi
!application/vnd.oasis.opendocument.presentation odp
!application/vnd.oasis.opendocument.spreadsheet ods
!application/vnd.oasis.opendocument.text odt
!application/octet-stream tgz gz bz2 rpm deb
!application/x-gtar tar
!application/zip zip
!application/rar rar
!application/x-7z-compressed 7z
!application/postscript ps
""")

_BLANKS = re.compile(r"[ \t\f\v]+")  # a no-break space may well be a value
_COMMENT = re.compile(r"(?<![&\\])#.*")


def read_table(text: str) -> dict[str, str]:
    """A table file as the old wiki keeps it: lines of key, blanks, value; comments from ``#`` on.

    ``\\#`` stands for the sign itself, ``&#`` is none either. A key alone has the value "": ``merged`` takes it away.
    """
    return dict(split_row(line) for _, line in numbered_lines(text))


def split_row(line: str) -> tuple[str, str]:
    """Key and value of a line; "" where there is no value."""
    key, *value = _BLANKS.split(line, maxsplit=1)
    return key, value[0] if value else ""


def read_list(text: str) -> tuple[str, ...]:
    """A file of one entry a line, such as the schemes; a line beginning with ``!`` takes an entry away."""
    return tuple(line for _, line in numbered_lines(text))


def merged(table: dict[str, str], own: dict[str, str]) -> dict[str, str]:
    """``own`` over ``table``, without the entries that it empties."""
    return {key: value for key, value in (table | own).items() if key and value}


def switches(entries: Iterable[str]) -> dict[str, str]:
    """A list as a table: what is put in has the value "on", what begins with ``!`` the value ""."""
    return {entry.lstrip("! "): "" if entry.startswith("!") else "on" for entry in entries}


def numbered_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that say something, numbered from 1, without comments and the blanks around them."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for number, raw in enumerate(lines, 1):
        line = _COMMENT.sub("", raw).replace("\\#", "#").strip(" \t\f\v")
        if line:
            yield number, line
