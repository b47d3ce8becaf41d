"""Syntaxes that are installed beside the wiki, found by their entry points.

Like the modules that are imported, they are the same as long as the process runs.
"""

import logging
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import NamedTuple

from app.domain.wiki_settings import WikiSettings
from app.markup.syntax import Syntax

GROUP = "lierre.syntax"
OURS = ("backlinks", "info", "rss")
EVERY = "*"
_log = logging.getLogger(__name__)


class Installed(NamedTuple):
    """``version``: of the package it came with."""

    syntax: Syntax
    package: str
    version: str


@cache
def installed() -> tuple[Installed, ...]:
    """All that could be loaded, by name; what could not is told of in the log."""
    found: dict[str, Installed] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        one = _loaded(entry)
        if one is None:
            continue
        if one.syntax.name in found or one.syntax.name in OURS:
            _log.error("syntax %s of %s: there is one of this name", one.syntax.name, one.package)
        else:
            found[one.syntax.name] = one
    return tuple(found[name] for name in sorted(found))


def is_on(name: str, settings: WikiSettings) -> bool:
    """Syntaxes are on unless switched off by name, or all together and not on by name; ours only by name."""
    return settings.plugins.get(name, "1" if name in OURS else settings.plugins.get(EVERY, "1")) != "0"


def active(settings: WikiSettings) -> tuple[Syntax, ...]:
    """The installed syntaxes that are on."""
    return tuple(one.syntax for one in installed() if is_on(one.syntax.name, settings))


def versions() -> str:
    """What is installed, in one line: another package may read the same text otherwise."""
    return " ".join(f"{one.syntax.name}={one.package}:{one.version}" for one in installed())


def _loaded(entry: EntryPoint) -> Installed | None:
    try:
        syntax = entry.load()
    except Exception:  # noqa: BLE001 it is somebody else's module: anything may happen in it
        _log.exception("syntax %s cannot be loaded", entry.value)
        return None
    if not isinstance(syntax, Syntax):
        _log.error("%s is no Syntax", entry.value)
        return None
    package = entry.dist
    return Installed(syntax, package.name if package else "", package.version if package else "")
