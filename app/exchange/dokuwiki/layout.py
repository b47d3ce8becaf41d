"""Where a DokuWiki keeps what, and what each of its files is."""

import posixpath
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import PurePath
from re import Match
from typing import Any, Protocol

from app.domain.options import settings_with
from app.domain.wiki_settings import WikiSettings
from app.exchange.dokuwiki.changelog import as_text
from app.exchange.dokuwiki.file_names import ENCODINGS
from app.exchange.dokuwiki.file_rules import RULES
from app.exchange.dokuwiki.model import Encoding, Note, Sorted, SourceFile, Unreadable
from app.exchange.dokuwiki.old_names import NO_NAME, Names
from app.exchange.dokuwiki.php_source import read_config

CONF = "conf"
CASCADE = ("dokuwiki.php", "local.php", "local.protected.php")
MOST = 4 * 1024 * 1024  # bytes of a file of settings
KEYS = {  # role, which is also the usual name below ``savedir``, to the setting that moves it
    "pages": "datadir",
    "attic": "olddir",
    "media": "mediadir",
    "media_attic": "mediaolddir",
    "meta": "metadir",
    "media_meta": "mediametadir",
    "cache": "cachedir",
    "index": "indexdir",
    "locks": "lockdir",
    "tmp": "tmpdir",
    "log": "logdir",
}
JOINED = frozenset({"attic", "page_log", "media_log"})  # a history goes on when names are written in another way
OF_PAGES = frozenset({"page", "attic", "page_log", "page_meta", "subscription"})
NO_WIKI = (
    "This is no DokuWiki: there is no folder “conf”, “data” or “pages” in it. Links are not followed: where these are "
    "links, as in packages of Debian, copy them into one folder (cp -aL) and import that."
)
MOVED_AWAY = "“{key}” leads to {value}, which is no folder inside of what is imported; “{used}” is read instead."
NO_FILE = "A file or a link stands where a folder of the wiki should be."


class Holds(Protocol):
    """Of ``Source``. ``read`` raises: Unreadable."""

    @property
    def root(self) -> PurePath: ...

    def read(self, path: str, most: int) -> bytes: ...

    def is_folder(self, path: str) -> bool: ...

    def is_file(self, path: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class _Folders:
    """``of``: by role, with a stroke at the end, "" for the root. ``data`` and ``program`` hold the others."""

    of: Mapping[str, str]
    problems: tuple[Note, ...]

    def role_of(self, path: str) -> tuple[str, str]:
        """The role of the innermost folder around ``path``, and the path inside of it."""
        for role, folder in self.of.items():
            if path.startswith(folder):
                return role, path[len(folder) :]
        return "program", path


class Layout:
    """``config``: the values of ``conf/*.php``, the later over the earlier. ``settings``: how names are cleaned.

    ``problems``: what the settings say of folders and could not be followed.
    """

    def __init__(self, source: Holds, config: Mapping[Any, Any], folders: _Folders) -> None:
        self.config = config
        self.settings = _names_of(config)
        self.encoding = _encoding(config)
        self.problems = folders.problems
        self._source = source
        self._folders = folders
        self._names = Names(source, folders.of, self.encoding, self.settings)

    def conf_path(self, name: str) -> str | None:
        """Where a file of ``conf`` lies; None: there is none."""
        path = f"{CONF}/{name}"
        return path if self._source.is_file(path) else None

    def sort(self, file: SourceFile) -> Sorted:
        """What a file is: the same answer each time, where files are passed in one order."""
        if file.problem:
            return Sorted(file, "unreadable", why=file.problem)
        if f"{file.path}/" in self._folders.of.values():
            return Sorted(file, "unreadable", why=NO_FILE)
        role, inside = self._folders.role_of(file.path)
        for rule in RULES[role]:
            found = rule.pattern.fullmatch(inside)
            if found:
                return self._named(Sorted(file, rule.kind, why=rule.why), found, self._folders.of.get(role, ""))
        raise AssertionError(role)  # the last rule of each role takes everything

    def _named(self, one: Sorted, found: Match[str], folder: str) -> Sorted:
        parts = found.groupdict()
        if parts.get("stem"):
            return self._of_name(one, parts, found, folder)
        if "space" in parts:
            return self._of_namespace(one, parts["space"].rstrip("/"))
        return one

    def _of_name(self, one: Sorted, parts: Mapping[str, str], found: Match[str], folder: str) -> Sorted:
        end = f".{parts['end']}" if "end" in parts else ""
        added = found.string[found.end("stem") :]

        def path_of(stem: str) -> str:
            return f"{folder}{stem.removesuffix(end)}{added}"

        named = self._names.of(parts["stem"] + end, path_of, is_page=one.kind in OF_PAGES, joins=one.kind in JOINED)
        if not named.name:
            return replace(one, kind="unreadable", why=named.why)
        return replace(one, name=named.name, why=named.why, rev=int(parts["rev"]) if "rev" in parts else None)

    def _of_namespace(self, one: Sorted, path: str) -> Sorted:
        space = self._names.namespace(path)
        if space is None:
            return replace(one, kind="unreadable", why=NO_NAME)
        leaf = ":_template" if one.kind == "template" else ""  # a namespace may be called “template”, too
        return replace(one, name=f"{space.name}{leaf}".removeprefix(":"), why=space.why)


def find_layout(source: Holds) -> Layout:
    """Raises: Unreadable, where nothing of a DokuWiki is there."""
    config: dict[Any, Any] = {}
    problems: list[Note] = []
    for name in CASCADE:
        path = f"{CONF}/{name}"
        if source.is_file(path):
            try:
                _merge(config, read_config(as_text(source.read(path, MOST)))[0])
            except Unreadable as error:
                problems.append(Note(path, "left", error.reason))
    folders = _find_folders(source, config)
    return Layout(source, config, replace(folders, problems=(*problems, *folders.problems)))


def _find_folders(source: Holds, config: Mapping[Any, Any]) -> _Folders:
    problems: list[Note] = []

    def moved(key: str, usual: str) -> str:
        """The folder that a setting leads to, ``usual`` where it leads to none."""
        value = str(config.get(key) or "")
        found = _inside(source, value) if value else usual
        if found is None or (value and found != usual and not source.is_folder(found)):
            problems.append(Note(_speaking(source), "changed", MOVED_AWAY.format(key=key, value=value, used=usual)))
            return usual
        return found

    data = moved("savedir", _usual_data(source))
    folders = {role: moved(key, f"{data}/{role}".removeprefix("/")) + "/" for role, key in KEYS.items()}
    folders[CONF] = f"{CONF}/"
    folders["data"] = f"{data}/".removeprefix("/")
    innermost = sorted(folders.items(), key=lambda each: len(each[1]), reverse=True)
    return _Folders(dict(innermost), tuple(problems))


def _usual_data(source: Holds) -> str:
    """``data``; "" where the data folder itself is imported. Raises: Unreadable."""
    if source.is_folder("data"):
        return "data"
    if any(source.is_folder(role) for role in ("pages", "meta", "media")):
        return ""
    if source.is_folder(CONF):
        return "data"
    raise Unreadable(NO_WIKI)


def _inside(source: Holds, value: str) -> str | None:
    """A folder of the settings, below the root of the source; None: it lies elsewhere."""
    path = posixpath.normpath(value.replace("\\", "/"))
    if path.startswith("/"):
        root = source.root.as_posix().rstrip("/")
        if not path.startswith(f"{root}/"):
            return None
        path = path[len(root) + 1 :]
    return None if path in (".", "..") or path.startswith("../") else path


def _speaking(source: Holds) -> str:
    """The file that most probably says where folders are."""
    return next((f"{CONF}/{name}" for name in reversed(CASCADE) if source.is_file(f"{CONF}/{name}")), CONF)


def _merge(below: dict[Any, Any], above: Mapping[Any, Any]) -> None:
    for key, value in above.items():
        here = below.get(key)
        if isinstance(here, dict) and isinstance(value, Mapping):
            _merge(here, value)
        else:
            below[key] = value


def _encoding(config: Mapping[Any, Any]) -> Encoding:
    said = config.get("fnencode")
    return next((way for way in ENCODINGS if way == said), "url")


def _names_of(config: Mapping[Any, Any]) -> WikiSettings:
    """What decides how names are cleaned; a value that the old wiki could not have is as if it was not set."""
    settings = WikiSettings()
    for name, allowed in (("sepchar", ("_", "-", ".")), ("deaccent", (0, 1, 2)), ("useslash", (False, True))):
        if name in config:
            with suppress(TypeError, ValueError):
                found = settings_with(settings, {name: config[name]})
                if getattr(found, name) in allowed:
                    settings = found
    return settings
