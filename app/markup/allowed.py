"""Raw HTML that a Markdown page may hold: elements, their attributes, and the addresses these may lead to.

The list follows what GitHub shows. No ``style``, ``class``, ``id`` or ``name``: nothing on a page may pose as a part of
the wiki, nor stand in the way of its scripts. Whatever is not here is shown as it was typed.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from app.domain import wiki_tables
from app.domain.wiki_settings import WikiSettings

VOID = frozenset({"br", "hr", "img", "source", "wbr"})
_SPANS = (
    "a abbr b bdi bdo cite code del dfn em i img ins kbd mark picture q rp rt ruby s samp small source span strike"
    " strong sub sup time tt u var wbr br hr"
)
_BLOCKS = "blockquote center dd details div dl dt figcaption figure h1 h2 h3 h4 h5 h6 li ol p pre summary table ul"
TABLE_PARTS = frozenset({"caption", "tbody", "td", "tfoot", "th", "thead", "tr"})
BLOCKS = frozenset(_BLOCKS.split())  # that hold something, but for the parts of tables
TAGS = BLOCKS | TABLE_PARTS | frozenset(_SPANS.split())

_GENERAL = frozenset({"align", "dir", "lang", "title"})
_CELL = ["abbr", "colspan", "headers", "rowspan", "scope", "valign", "width", "height"]
_OWN: Mapping[str, Iterable[str]] = {
    "a": ("href", "hreflang"),
    "blockquote": ("cite",),
    "del": ("cite", "datetime"),
    "details": ("open",),
    "hr": ("width",),
    "img": ("alt", "border", "height", "hspace", "src", "vspace", "width"),
    "ins": ("cite", "datetime"),
    "li": ("value",),
    "ol": ("reversed", "start", "type"),
    "q": ("cite",),
    "source": ("height", "media", "srcset", "type", "width"),
    "table": ("border", "cellpadding", "cellspacing", "rules", "summary", "width"),
    "tbody": ("valign",),
    "td": _CELL,
    "tfoot": ("valign",),
    "th": _CELL,
    "thead": ("valign",),
    "time": ("datetime",),
    "tr": ("valign",),
    "ul": ("type",),
}
ATTRIBUTES: Mapping[str, frozenset[str]] = MappingProxyType({tag: _GENERAL.union(_OWN.get(tag, ())) for tag in TAGS})
ADDRESSES = frozenset({"cite", "href", "poster", "src", "srcset"})  # attributes whose value is an address


def allowed_attribute(tag: str, name: str, value: str, settings: WikiSettings) -> bool:
    """Whether raw HTML may hold ``<tag name="value">``; names in small letters, entities of ``value`` decoded."""
    if name not in ATTRIBUTES.get(tag, ()):
        return False
    if name == "srcset":  # addresses and sizes; no address that needs a blank or a comma is worth the trouble
        return all(allowed_address(word, settings) for word in value.replace(",", " ").split())
    return name not in ADDRESSES or allowed_address(value, settings)


def allowed_address(url: str, settings: WikiSettings) -> bool:
    """Whether raw HTML may lead to ``url``, entities decoded: no scheme, one of the wiki's own list, or ``mailto``."""
    scheme = scheme_of(url)
    return not scheme or scheme in schemes(settings)


def schemes(settings: WikiSettings) -> frozenset[str]:
    """Of addresses in raw HTML. Never one that runs or shows what the address itself holds."""
    return frozenset({"mailto", *wiki_tables.schemes(settings)}) - wiki_tables.REFUSED_SCHEMES


def scheme_of(url: str) -> str:
    """In small letters, as browsers see it: they overlook control characters and blanks. "" for a relative address.

    What stands before a colon and is no scheme counts as one where only odd characters keep it from being: no list
    has it, and browsers differ in what they overlook.
    """
    head, colon, _ = url.partition(":")
    if not colon or any(sign in head for sign in "/?#"):
        return ""
    return "".join(character for character in head if character.isascii() and character > " ").lower()
