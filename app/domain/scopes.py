"""Where rules draw their lines: the one scope that decides about a page or file, whoever asks.

A person's right on a page follows from the deepest scope on its path that any rule names, for anybody. Two pages of
the same scope are open to the same people, so lists are filtered by scopes instead of page by page.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.domain.access import Rule
from app.domain.names import namespaces_above

ROOT = "*"
_PLACEHOLDER = re.compile("(?:%USER%|%GROUP%)+")


@dataclass(frozen=True, slots=True)
class Scopes:
    """Every scope that rules name. ``patterns``: of those that hold a person's own names."""

    named: frozenset[str]
    patterns: tuple[re.Pattern[str], ...] = ()

    def of_page(self, name: str) -> str:
        """The scope that decides about the page ``name``."""
        return next(filter(self._is_one, _path(name)), ROOT)

    def of_media(self, name: str) -> str:
        """That of a file: rules about pages never mean files."""
        return next(filter(self._is_one, _spaces(name)), ROOT)

    def _is_one(self, scope: str) -> bool:
        return scope in self.named or any(pattern.fullmatch(scope) for pattern in self.patterns)


def scopes_of(rules: Iterable[Rule]) -> Scopes:
    named = frozenset(rule.scope for rule in rules)
    with_names = sorted(scope for scope in named if _PLACEHOLDER.search(scope))
    return Scopes(named - frozenset(with_names), tuple(_pattern(scope) for scope in with_names))


def _pattern(scope: str) -> re.Pattern[str]:
    """What a scope becomes for some person. A login is one part of a name, a group may be several."""
    parts = [re.escape(part) for part in _PLACEHOLDER.split(scope)]
    fillings = ["[^*]+" if "%GROUP%" in found else "[^:*]+" for found in _PLACEHOLDER.findall(scope)]
    return re.compile(parts[0] + "".join(fill + part for fill, part in zip(fillings, parts[1:], strict=True)))


def _path(name: str) -> Iterator[str]:
    yield name
    yield from _spaces(name)


def _spaces(name: str) -> Iterator[str]:
    yield from (f"{space}:*" for space in namespaces_above(name))
    yield ROOT
