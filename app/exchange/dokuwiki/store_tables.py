"""The tables and lists that an old wiki has of its own: ``*.local.conf``, ``plugins.local.php``."""

from app.domain.patterns import REASONS as PATTERN_REASONS
from app.domain.patterns import fault_of
from app.domain.table_text import REASONS, read_own
from app.exchange.dokuwiki.bringing import NOT_TAKEN, Bringing
from app.exchange.dokuwiki.changelog import as_text
from app.exchange.dokuwiki.conf_files import read_list
from app.exchange.dokuwiki.model import Note
from app.exchange.dokuwiki.php_source import read_config
from app.exchange.dokuwiki.settling import is_on, line_holding, line_of
from app.exchange.dokuwiki.store_smileys import bring_pictures
from app.services.setting_rows import load_settings
from app.services.wiki_tables import switches

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
NOT_SHIPPED = "it takes a word of the old wiki's own list away, and there is no such list here."
NO_PLUGIN = "The extension “{name}” was switched off; there is none of this name here."


def bring_tables(bringing: Bringing) -> None:
    """Each with the lines that can be taken; the others are noted."""
    for name, setting in TABLES.items():
        found = bringing.file(name)
        if found is None:
            _forget(bringing, name, setting, {})
        else:
            own = read_own(setting, as_text(found.data))
            bringing.notes += [Note(found.path, "left", REASONS[one.what], one.line) for one in own.problems]
            bringing.bring(setting, own.entries, found.path)
            if setting == "smileys":
                bring_pictures(bringing, found, own.entries)
    _blocked(bringing)
    _plugins(bringing)


def _forget(bringing: Bringing, name: str, setting: str, nothing: object) -> None:
    """The file was there the last time, and is gone."""
    path = f"conf/{name}"
    if setting in bringing.last and not bringing.run.layout.conf_path(name) and path not in bringing.run.refused:
        bringing.bring(setting, nothing, path)


def _blocked(bringing: Bringing) -> None:
    """The old wiki's own patterns; one that could take for ever is left alone, not with all others."""
    found = bringing.file(BLOCKED)
    if found is None:
        _forget(bringing, BLOCKED, "wordblock", "")
        return
    taken: list[str] = []
    for pattern in read_list(found.data):
        fault = fault_of(pattern)
        if pattern.startswith("!"):
            bringing.tell(found.path, NOT_TAKEN.format(name=pattern, reason=NOT_SHIPPED), line_holding(found, pattern))
        elif fault:
            why = NOT_TAKEN.format(name=pattern, reason=PATTERN_REASONS[fault])
            bringing.notes.append(Note(found.path, "left", why, line_holding(found, pattern)))
        else:
            taken.append(pattern)
    bringing.bring("wordblock", "\n".join(taken), found.path)


def _plugins(bringing: Bringing) -> None:
    found = bringing.file(PLUGINS)
    if found is None:
        return
    text = as_text(found.data)
    values, problems = read_config(text, name="plugins")
    bringing.notes += [Note(found.path, "left", one.reason, one.line) for one in problems]
    known = switches(bringing.session, viewer=bringing.run.operator)
    off = sorted(str(name) for name, value in values.items() if not is_on(value))
    for name in off:
        if name not in known:
            bringing.tell(found.path, NO_PLUGIN.format(name=name), line_of(text, "plugins", name) or 1)
    ours = {name: "0" for name in off if name in known}
    if ours:
        bringing.bring("plugins", load_settings(bringing.session).plugins | ours, found.path)
