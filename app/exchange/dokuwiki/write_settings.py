"""Settings and tables as DokuWiki has them; what the wiki has not goes back as it came from an old wiki."""

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.viewer import Viewer
from app.domain.wiki_settings import WikiSettings
from app.exchange.dokuwiki.changelog import as_text
from app.exchange.dokuwiki.conf_files import write_list
from app.exchange.dokuwiki.php_source import read_config, write_config
from app.exchange.dokuwiki.settings_met import OURS
from app.exchange.dokuwiki.store_settings import LOCAL
from app.exchange.dokuwiki.store_tables import BLOCKED, PLUGINS, TABLES
from app.exchange.dokuwiki.writing import Writing
from app.services.wiki_tables import table_texts
from app.store.blobs import Blobs
from app.store.exchange import KeptFile, Subscription

OPERATOR = Viewer(is_admin=True)  # whoever may run an export may read all of it
MAIN = "conf/local.php"
RECENT_DAYS = 7  # what DokuWiki's settings say where nobody changed them
WINDOW = "target."  # in front of the names of settings of windows
ELSEWHERE = ("base_url", "plugins", "sitestyle", "usestyle", "wordblock", "register", *TABLES.values())
ITS_OWN = frozenset(  # settings of the old wiki that are not true of what is written here
    (
        *("savedir", "datadir", "olddir", "mediadir", "mediaolddir", "metadir", "mediametadir", "cachedir", "indexdir"),
        *("lockdir", "tmpdir", "logdir", "changelog", "media_changelog", "fnencode", "compression"),
        *("useacl", "authtype", "disableactions", "openregister", "target"),
    )
)
NO_SETTING = "DokuWiki has no such setting."
STYLE = "This wiki's style sheet fits its own pages alone; those that came from DokuWiki go back as they came."
CLOSED = (
    "Everybody may make an account in DokuWiki unless that is switched off; here it is not open, so it is off there."
)
MERGED = frozenset(f"conf/{leaf}" for leaf in (*LOCAL, PLUGINS))  # kept files that stand in those written here
UNREAD = "Line {line} cannot be read, and goes back nowhere: {reason}"


@dataclass(frozen=True, slots=True)
class Old:
    """What the old wiki said of itself. ``days`` that its list of changes keeps; ``data``: where its texts lay."""

    days: int = RECENT_DAYS
    data: str = "data"


def write_settings(session: Session, blobs: Blobs, settings: WikiSettings, writing: Writing) -> Old:
    """``local.php``, the tables and what is switched off."""
    said: dict[str, object] = {}
    for leaf in LOCAL:
        said |= {str(name): value for name, value in _kept(session, blobs, leaf, "conf", writing).items()}
    ours = {*WikiSettings.__slots__, *ITS_OWN}
    carried = {name: value for name, value in said.items() if name not in ours}
    found = carried | _settings(settings, writing)
    if writing.markup == "markdown" or carried.get("syntax") == "md":
        found["syntax"] = "md" if writing.markup == "markdown" else "dw"
    if session.execute(select(func.count()).select_from(Subscription)).scalar_one():
        found.setdefault("subscribers", 1)
    writing.file(MAIN, write_config(found, heading=("Written by Lierre",)).encode())
    _tables(session, settings, writing)
    _plugins(session, blobs, settings, writing)
    days = said.get("recent_days")
    data = posixpath.normpath(str(said.get("savedir") or "data"))
    return Old(days if isinstance(days, int) and 0 < days <= 36500 else RECENT_DAYS, data)


def _settings(settings: WikiSettings, writing: Writing) -> dict[str, object]:
    """All that both have, defaults too, as DokuWiki's may be others; the rules are always in force."""
    found: dict[str, object] = {"useacl": 1, "authtype": "authplain"}
    found |= {name: _plain(getattr(settings, own)) for name, own in OURS.items() if name == own}
    windows = [name for name in OURS if name.startswith(WINDOW)]
    found["target"] = {name.removeprefix(WINDOW): getattr(settings, OURS[name]) for name in windows}
    found["disableactions"] = _disabled(settings, writing)
    if settings.sitestyle:
        writing.report.changed.append(("setting:sitestyle", STYLE))
    known = {*OURS.values(), *ELSEWHERE}
    default = WikiSettings()
    for name in WikiSettings.__slots__:
        if name not in known and getattr(settings, name) != getattr(default, name):
            writing.report.changed.append((f"setting:{name}", NO_SETTING))
    return found


def _plain(value: object) -> object:
    """Numbers as numbers: the old wiki's own tool writes ``0`` and ``1`` so."""
    return int(value) if isinstance(value, str) and value in ("0", "1") else value


def _disabled(settings: WikiSettings, writing: Writing) -> str:
    names = [name.strip() for name in settings.disableactions.split(",") if name.strip()]
    if settings.register != "open" and "register" not in names:
        names.append("register")
        writing.report.changed.append(("setting:register", CLOSED))
    return ",".join(names)


def _tables(session: Session, settings: WikiSettings, writing: Writing) -> None:
    texts = table_texts(session, viewer=OPERATOR)
    for file, name in TABLES.items():
        if texts[name].strip():
            writing.file(f"conf/{file}", (texts[name].rstrip("\n") + "\n").encode())
    if settings.wordblock.strip():
        writing.file(f"conf/{BLOCKED}", write_list(settings.wordblock.splitlines()).encode())


def _plugins(session: Session, blobs: Blobs, settings: WikiSettings, writing: Writing) -> None:
    switched: dict[object, object] = dict(_kept(session, blobs, PLUGINS, "plugins", writing))
    switched |= {name: int(state != "0") for name, state in settings.plugins.items() if name != "*"}
    if switched:
        writing.file(f"conf/{PLUGINS}", write_config(switched, name="plugins").encode())


def _kept(session: Session, blobs: Blobs, leaf: str, variable: str, writing: Writing) -> Mapping[Any, Any]:
    """What a file of settings says that came from an old wiki."""
    path = f"conf/{leaf}"
    row = session.get(KeptFile, path)
    if row is None or not blobs.has(row.sha256):
        return {}
    values, problems = read_config(as_text(b"".join(blobs.read(row.sha256))), name=variable)
    for one in problems:
        writing.report.changed.append((path, UNREAD.format(line=one.line, reason=one.reason)))
    return values
