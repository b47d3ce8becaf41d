"""The tables in force: a wiki's own entries over the shipped ones."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape

from app.domain import interwiki
from app.domain.names import clean_id
from app.domain.tables import ACRONYMS, ENTITIES, MIME, SCHEMES, SMILEYS, FileType, merged
from app.domain.wiki_settings import WikiSettings

# Addresses of these run in the reader's browser or read what is his: no table can make them links.
REFUSED_SCHEMES = frozenset(
    {"javascript", "vbscript", "livescript", "mocha", "data", "blob", "filesystem", "jar", "about", "view-source"}
)
_SHOWN_TYPES = frozenset({"text/plain", "text/vtt", "text/csv", "application/pdf"})
# What a browser runs, or reads as a style, wherever one of our own pages could be made to name it.
_ACTIVE = re.compile(r"(?:java|ecma|j|live)script|html|css|wasm|[/+-]xml")
_SCHEME = re.compile(r"[a-z][a-z0-9+.\-]*", re.ASCII)
_TYPE = re.compile(r"!?[a-z]+/[a-z0-9.+\-]+", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Tables:
    """All that are in force, for whoever looks into them many times."""

    interwiki: Mapping[str, str]
    acronyms: Mapping[str, str]
    smileys: Mapping[str, str]
    entities: Mapping[str, str]
    schemes: frozenset[str]
    file_types: Mapping[str, FileType]


def tables_of(settings: WikiSettings) -> Tables:
    return Tables(
        interwiki.table(settings),
        acronyms(settings),
        smileys(settings),
        entities(settings),
        frozenset(schemes(settings)),
        file_types(settings),
    )


def acronyms(settings: WikiSettings) -> dict[str, str]:
    """Word to what it stands for."""
    return merged(ACRONYMS, settings.acronyms) if settings.acronyms else ACRONYMS


def smileys(settings: WikiSettings) -> dict[str, str]:
    """Smiley to the name of its picture, or the sign to show."""
    return merged(SMILEYS, settings.smileys) if settings.smileys else SMILEYS


def own_picture(picture: str, settings: WikiSettings) -> str:
    """The file that ``local/crow.svg`` is, ``wiki:smileys:crow.svg``; "" for pictures that are shipped."""
    folder, _, leaf = picture.partition("/")
    is_own = folder == "local" and leaf and "/" not in leaf
    return clean_id(f"wiki:smileys:{leaf}", settings) if is_own else ""


def entities(settings: WikiSettings) -> dict[str, str]:
    """Signs to what replaces them, plain text, in the order they are tried at one place."""
    if not settings.entities:
        return ENTITIES
    return {signs: unescape(text) for signs, text in merged(ENTITIES, settings.entities).items()}


def schemes(settings: WikiSettings) -> tuple[str, ...]:
    """Small letters; never one of ``REFUSED_SCHEMES``, wherever the settings came from."""
    if not settings.schemes:
        return SCHEMES
    own = {scheme.lower(): switch for scheme, switch in settings.schemes.items() if is_scheme(scheme)}
    return tuple(merged(dict.fromkeys(SCHEMES, "on"), own))


def is_scheme(word: str) -> bool:
    return bool(_SCHEME.fullmatch(word.lower())) and word.lower() not in REFUSED_SCHEMES


def is_type(text: str) -> bool:
    """Such as ``image/png``, or ``!application/zip`` for what is only ever saved."""
    return bool(_TYPE.fullmatch(text))


def file_types(settings: WikiSettings) -> Mapping[str, FileType]:
    """By ending, small letters."""
    if not settings.mime:
        return MIME
    own = {ending.lower(): kind for ending, kind in settings.mime.items()}
    kept = {ending: kind for ending, kind in MIME.items() if ending not in own}
    return kept | {ending: _file_type(kind) for ending, kind in own.items() if is_type(kind)}


def is_shown(mime: str) -> bool:
    """Whether files of this type may be shown in place; all others are only ever offered for saving.

    What the list does not name may run in the wiki's name: pages, scripts, documents that hold scripts.
    """
    return mime.startswith(("image/", "audio/", "video/")) or mime in _SHOWN_TYPES


def sent_as(mime: str) -> str:
    """The type that a file is sent with: its own, unless a page could run such a file, whatever way it is offered.

    A drawing keeps its type, as nothing else shows it; it is shown where its scripts do not run.
    """
    if mime != "image/svg+xml" and _ACTIVE.search(mime):
        return "application/octet-stream"
    return mime


def _file_type(kind: str) -> FileType:
    mime = kind.lstrip("!").lower()
    return FileType(mime, download=kind.startswith("!") or not is_shown(mime))
