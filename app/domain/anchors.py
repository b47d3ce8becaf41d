"""The ids of headings and tables on a page."""

from app.domain.names import clean_id
from app.domain.wiki_settings import WikiSettings

_DROPPED = str.maketrans("", "", ":.")
_DIGITS = frozenset("0123456789")


def section_id(title: str, settings: WikiSettings) -> str:
    """The anchor of a heading: ``1. Foo Bar!`` becomes ``foo_bar``, ``123`` becomes ``section123``."""
    clean = clean_id(title, settings).translate(_DROPPED)
    return clean.lstrip("0123456789_-") or "section" + "".join(c for c in clean if c in _DIGITS)


class SectionIds:
    """Gives each heading and table of one page an id of its own: ``foo``, ``foo1``, ``foo2`` …"""

    def __init__(self, settings: WikiSettings) -> None:
        self._settings = settings
        self._used: set[str] = set()
        self._next: dict[str, int] = {}

    def unique(self, title: str) -> str:
        return self.reserve(section_id(title, self._settings))

    def reserve(self, base: str) -> str:
        if base not in self._used:
            self._used.add(base)
            return base
        # Numbers below the remembered one are taken for good, so that a thousand equal headings cost a thousand steps.
        number = self._next.get(base, 1)
        while f"{base}{number}" in self._used:
            number += 1
        self._next[base] = number + 1
        self._used.add(f"{base}{number}")
        return f"{base}{number}"
