"""Which page or file of the wiki a path of the old one belongs to, and which of two has a name that both could have."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from app.domain.errors import BadPageName
from app.domain.names import MAX_BYTES, clean_id, page_name
from app.domain.wiki_settings import WikiSettings
from app.exchange.dokuwiki.file_names import ENCODINGS, decode, decode_any, encode
from app.exchange.dokuwiki.model import Encoding

REMEMBERED = 8192  # paths whose names need not be read anew
RENAMED = "Its name is not written so any more: “{old}” became “{name}”."
TAKEN = "“{name}” is the name of another file, {path}, which was taken."
NO_NAME = "Its name can be read in no way of writing that DokuWiki has had."
NOTHING_LEFT = "“{old}” cannot be a name: it needs at least one letter or digit."
TOO_LONG = "Its name is longer than 250 bytes."


class Looks(Protocol):
    def is_file(self, path: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Named:
    """``name``: the clean id; "" where the file can have none. ``why``: a sentence where it is not as it stood."""

    name: str
    why: str = ""


class Names:
    """``folders``: by role, as ``layout`` finds them. ``settings``: how the old wiki cleans names."""

    def __init__(self, source: Looks, folders: Mapping[str, str], encoding: Encoding, settings: WikiSettings) -> None:
        self._source = source
        self._folders = folders
        self._ways = (encoding, *(way for way in ENCODINGS if way != encoding))
        self._encoding = encoding
        self._settings = settings
        self._taken: dict[tuple[str, str], str] = {}  # a name, and whose it is, of paths that are not its own
        self._read = lru_cache(REMEMBERED)(self._decoded)

    def namespace(self, path: str) -> Named | None:
        """The namespace of a folder; None: its name cannot be read."""
        name = self._read(path) if path else ""
        if name is None:
            return None
        cleaned = self._clean(name)
        return Named(cleaned, "" if cleaned == name else RENAMED.format(old=name, name=cleaned))

    def of(self, stem: str, path_of: Callable[[str], str], *, is_page: bool, joins: bool = False) -> Named:
        """``stem``: the path of the page or file without what its kind adds, which ``path_of`` adds again.

        A file whose path is the one of the name wins over others that come to the same name. ``joins``: of a kind
        that one page may have several of, each from a time when names were written in another way.
        """
        name = self._read(stem)
        if name is None:
            return Named("", NO_NAME)
        cleaned = self._clean(name)
        refusal = self._refusal(name, cleaned, is_page=is_page)
        if refusal:
            return Named("", refusal)
        if cleaned != name:
            return self._renamed(name, cleaned, stem, is_page=is_page)
        other = "" if joins else self._written_otherwise(name, stem, path_of)
        return Named("", TAKEN.format(name=name, path=other)) if other else Named(name)

    def _decoded(self, path: str) -> str | None:
        usual = decode(path, self._encoding)
        if usual and self._clean(usual) == usual and encode(usual, self._encoding) == path:
            return usual  # as nearly all are, and as ``decode_any`` would say after trying the other ways, too
        found = decode_any(path, self._encoding, self._clean)
        return found[0] if found else None

    def _clean(self, name: str) -> str:
        return clean_id(name, self._settings)

    def _refusal(self, name: str, cleaned: str, *, is_page: bool) -> str:
        if not cleaned:
            return NOTHING_LEFT.format(old=name[:80])
        if len(cleaned.encode()) > MAX_BYTES:
            return TOO_LONG
        if is_page:
            try:
                page_name(cleaned, self._settings)
            except BadPageName as error:
                return str(error)
        return ""

    def _written_otherwise(self, name: str, stem: str, path_of: Callable[[str], str]) -> str:
        """The path of the same file of the same page, written in a way that comes first; "" for none."""
        for way in self._ways:
            written = encode(name, way)
            if written == stem:
                return ""
            if self._source.is_file(path_of(written)):
                return path_of(written)
        return self._other("", path_of(encode(name, self._encoding)), path_of(stem))

    def _renamed(self, name: str, cleaned: str, stem: str, *, is_page: bool) -> Named:
        """With its whole history, or not at all: two histories are not mixed."""
        group = "pages" if is_page else "media"
        other = self._owner(cleaned, is_page=is_page) or self._other(group, cleaned, stem)
        if other:
            return Named("", TAKEN.format(name=cleaned, path=other))
        return Named(cleaned, RENAMED.format(old=name, name=cleaned))

    def _owner(self, name: str, *, is_page: bool) -> str:
        """The page or file whose own name this is; "" for none."""
        here, logs = ("pages", "meta") if is_page else ("media", "media_meta")
        ending = ".txt" if is_page else ""
        for stem in dict.fromkeys(encode(name, way) for way in self._ways):
            for path in (f"{self._folders[here]}{stem}{ending}", f"{self._folders[logs]}{stem}.changes"):
                if self._source.is_file(path):
                    return path
        return ""

    def _other(self, group: str, name: str, whose: str) -> str:
        """Who came first to a name that is nobody's own; "" where it was ``whose``."""
        first = self._taken.setdefault((group, name), whose)
        return "" if first == whose else first
