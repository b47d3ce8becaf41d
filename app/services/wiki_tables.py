"""The wiki's own tables, as administrators type them: acronyms, smileys, signs, shortcuts, schemes, file types.

The settings hold what the lines say; the lines themselves, remarks and all, are kept beside them.
"""

import json
from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from app.domain.table_text import NAMES, OwnTable, read_own, text_of
from app.domain.viewer import Viewer
from app.markup.installed import OURS, installed, is_on
from app.services import audit
from app.services.permissions import Level, require
from app.services.setting_rows import load_settings, write_setting
from app.services.state import hold, touch
from app.store.database import transaction
from app.store.state import Setting


def table_texts(session: Session, *, viewer: Viewer) -> dict[str, str]:
    """The own lines of every table, by its name, as they were typed where they still say what is in force.

    Raises:
        AccessDenied: ``viewer`` is no administrator.
    """
    require(session, viewer, "*", Level.ADMIN)
    settings = load_settings(session)
    return {name: _text(session, name, getattr(settings, name)) for name in NAMES}


def read_tables(texts: Mapping[str, str]) -> dict[str, OwnTable]:
    """What the lines of some tables say, and which of them cannot be taken."""
    return {name: read_own(name, text) for name, text in texts.items() if name in NAMES}


def switches(session: Session, *, viewer: Viewer) -> dict[str, bool]:
    """The syntaxes that can be switched off, ours and the installed ones, and whether they are on.

    Raises:
        AccessDenied: ``viewer`` is no administrator.
    """
    require(session, viewer, "*", Level.ADMIN)
    names = (*OURS, *(one.syntax.name for one in installed()))
    return {name: is_on(name, load_settings(session)) for name in names}


def switched(session: Session, on: Iterable[str], *, viewer: Viewer) -> dict[str, str]:
    """The setting ``plugins`` under which of these just ``on`` are on; what it says of others stays.

    Raises:
        AccessDenied: ``viewer`` is no administrator.
    """
    wanted = set(on)
    known = switches(session, viewer=viewer)
    changed = {name: "1" if name in wanted else "0" for name, was in known.items() if (name in wanted) is not was}
    return load_settings(session).plugins | changed


def save_tables(session: Session, texts: Mapping[str, str], *, by: Viewer, now: int) -> None:
    """Put the tables in force at once, on every page; all or none.

    Raises:
        AccessDenied: ``by`` is no administrator.
        BadValue: a line that cannot be taken; ``read_tables`` names all of them.
    """
    require(session, by, "*", Level.ADMIN)
    tables = read_tables(texts)
    for name, table in tables.items():
        for problem in table.problems:
            raise problem.error(name)
    with transaction(session):
        hold(session)
        settings = load_settings(session)
        for name, table in tables.items():
            before = getattr(settings, name)
            write_setting(session, _row(name), texts[name] or None)
            if table.entries != before:
                write_setting(session, name, table.entries or None)
                change = audit.Change(before=before, after=table.entries)
                audit.record(session, by, f"setting:{name}", "setting.change", change, now=now)
        touch(session)


def _text(session: Session, name: str, entries: dict[str, str]) -> str:
    row = session.get(Setting, _row(name))
    typed = json.loads(row.value) if row else ""
    return typed if read_own(name, typed).entries == entries else text_of(name, entries)


def _row(name: str) -> str:
    """No setting of its own: these begin with ``_``."""
    return f"_table_{name}"
