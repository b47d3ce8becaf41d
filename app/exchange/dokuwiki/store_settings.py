"""The settings of an old wiki, and its own tables: ``local.php``, ``*.local.conf``, ``plugins.local.php``."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from app.domain.errors import WikiError
from app.domain.options import settings_with
from app.domain.patterns import REASONS as PATTERN_REASONS
from app.domain.patterns import fault_of
from app.domain.table_text import REASONS, read_own
from app.domain.wiki_settings import WikiSettings
from app.exchange.dokuwiki.changelog import as_text
from app.exchange.dokuwiki.conf_files import read_list
from app.exchange.dokuwiki.model import Note, Sorted
from app.exchange.dokuwiki.php_source import read_config
from app.exchange.dokuwiki.settings_met import why_left
from app.exchange.dokuwiki.settling import ConfFile, Run, conf_file, line_of, one_transaction, remember, remembered
from app.services.config import names, save_setting
from app.services.setting_checks import checked_value
from app.services.setting_rows import load_settings
from app.services.wiki_tables import switches

LOCAL = ("local.php", "local.protected.php")
TABLES = {  # file to setting
    "interwiki.local.conf": "interwiki",
    "acronyms.local.conf": "acronyms",
    "smileys.local.conf": "smileys",
    "entities.local.conf": "entities",
    "scheme.local.conf": "schemes",
    "mime.local.conf": "mime",
}
PLUGINS = "plugins.local.php"
BLOCKED = "wordblock.local.conf"
Where = tuple[str, int | None]  # file and line
NOT_SET = "!!not set!!"
PEOPLE = ("superuser", "manager")  # whoever is named here already stays named
OURS_ALONE = ("base_url", "plugins", "markups", "wordblock", *TABLES.values())
OTHER = "“{name}” was changed here since, and stays as it is."
NOT_TAKEN = "“{name}” cannot have this value here, and stays as it is: {reason}"
NONE_HERE = "“{name}”: {reason}"
NOT_SHIPPED = "it takes a word of the old wiki's own list away, and there is no such list here."
NO_PLUGIN = "The extension “{name}” was switched off; there is none of this name here."


@dataclass(slots=True)
class _Bringing:
    """``last``: values as the old wiki had them the last time."""

    session: Session
    run: Run
    last: dict[str, Any]
    notes: list[Note] = field(default_factory=list)

    def bring(self, name: str, value: object, path: str, line: int | None = None) -> None:
        """Store one setting where the old wiki's value is another than the last time, and nobody changed ours."""
        known = self.last.get(name)
        if known is not None and known == [value]:
            return
        here = getattr(load_settings(self.session), name)
        wanted = _joined(here, value) if name in PEOPLE else value
        if known is not None and here not in (known[0], wanted) and name not in PEOPLE:
            self.notes.append(Note(path, "left" if line else "changed", OTHER.format(name=name), line))
            return
        try:
            checked_value(name, wanted)
            if not self.run.dry_run:
                save_setting(self.session, name, wanted, by=self.run.operator, now=self.run.now)
        except WikiError as error:
            self.notes.append(Note(path, "changed", NOT_TAKEN.format(name=name, reason=error), line))
            return
        self.last[name] = [value]


def bring(session: Session, run: Run, files: Sequence[Sorted]) -> list[Note]:
    """Store the settings that there are here, each with its value checked; a note for every other one.

    The people must be stored before: who administers is refused where nobody would.
    """
    bringing = _Bringing(session, run, remembered(session, "settings"))
    _settings(bringing, files)
    for name, setting in TABLES.items():
        found = conf_file(run, name, files, bringing.notes)
        if found is not None:
            _table(bringing, setting, found)
    _blocked(bringing, files)
    _plugins(bringing, files)
    if not run.dry_run:
        with one_transaction(session, dry_run=False):
            remember(session, "settings", bringing.last)
    return bringing.notes


def _settings(bringing: _Bringing, files: Sequence[Sorted]) -> None:
    ours = set(names()) - set(OURS_ALONE)
    layout = bringing.run.layout
    where = _said(bringing, files)
    for name, value in _flat(layout.config):
        own = name.replace(".", "_")
        path, line = where.get(name, ("", None))
        if own not in ours:
            if path:
                bringing.notes.append(Note(path, "left", NONE_HERE.format(name=name, reason=why_left(name)), line))
            continue
        if own in PEOPLE and value == NOT_SET:
            continue
        try:
            taken = getattr(settings_with(WikiSettings(), {name: value}), own)
        except (TypeError, ValueError):
            taken = value
        bringing.bring(own, taken, path or layout.conf_path(LOCAL[0]) or LOCAL[0], line)


def _said(bringing: _Bringing, files: Sequence[Sorted]) -> dict[str, Where]:
    """Which line of the old wiki's own files says which setting; what is wrong with its lines is noted."""
    where: dict[str, Where] = {}
    for name in LOCAL:
        found = conf_file(bringing.run, name, files, bringing.notes)
        if found is None:
            continue
        values, problems = read_config(as_text(found.data))
        bringing.notes += [Note(found.path, "left", one.reason, one.line) for one in problems]
        text = as_text(found.data)
        where |= {key: (found.path, line_of(text, "conf", key) or 1) for key, _ in _flat(values)}
    return where


def _flat(values: Mapping[Any, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value


def _joined(here: str, value: object) -> str:
    entries = [entry.strip() for entry in f"{here},{value}".split(",")]
    return ",".join(dict.fromkeys(entry for entry in entries if entry and entry != NOT_SET))


def _table(bringing: _Bringing, setting: str, found: ConfFile) -> None:
    own = read_own(setting, as_text(found.data))
    bringing.notes += [Note(found.path, "left", REASONS[one.what], one.line) for one in own.problems]
    bringing.bring(setting, own.entries, found.path)


def _blocked(bringing: _Bringing, files: Sequence[Sorted]) -> None:
    """The old wiki's own patterns; one that could take for ever is left alone, not with all others."""
    found = conf_file(bringing.run, BLOCKED, files, bringing.notes)
    if found is None:
        return
    taken: list[str] = []
    for pattern in read_list(found.data):
        fault = fault_of(pattern)
        if fault or pattern.startswith("!"):
            reason = PATTERN_REASONS[fault] if fault else NOT_SHIPPED
            why = NOT_TAKEN.format(name=pattern, reason=reason)
            bringing.notes.append(Note(found.path, "left", why, line_holding(found, pattern)))
        else:
            taken.append(pattern)
    bringing.bring("wordblock", "\n".join(taken), found.path)


def line_holding(found: ConfFile, entry: str) -> int:
    lines = [line.strip() for line in as_text(found.data).splitlines()]
    return lines.index(entry) + 1 if entry in lines else 1


def _plugins(bringing: _Bringing, files: Sequence[Sorted]) -> None:
    found = conf_file(bringing.run, PLUGINS, files, bringing.notes)
    if found is None:
        return
    values, problems = read_config(as_text(found.data), name="plugins")
    bringing.notes += [Note(found.path, "left", one.reason, one.line) for one in problems]
    known = switches(bringing.session, viewer=bringing.run.operator)
    states = {str(name): str(value) not in ("0", "", "False", "None") for name, value in values.items()}
    for name in sorted(name for name, on in states.items() if not on and name not in known):
        line = line_of(as_text(found.data), "plugins", name) or 1
        bringing.notes.append(Note(found.path, "changed", NO_PLUGIN.format(name=name), line))
    off = {name: "0" for name, on in states.items() if not on and name in known}
    if off:
        bringing.bring("plugins", load_settings(bringing.session).plugins | off, found.path)
