"""The rows that settings are kept in, read once a session. Who may change them, and to what, is in ``config``."""

import json
from dataclasses import replace
from typing import Any, get_type_hints

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.wiki_settings import WikiSettings
from app.store.state import Setting

_CACHE = "wiki_settings"
BASE_URL = "base_url"  # a session is told this by whoever opened the wiki
TYPES: dict[str, Any] = get_type_hints(WikiSettings)


def load_settings(session: Session) -> WikiSettings:
    """The settings in force: one query a session, then remembered with it."""
    known: WikiSettings | None = session.info.get(_CACHE)
    if known is None:
        rows = session.execute(select(Setting.name, Setting.value).where(Setting.name.not_like(r"\_%", escape="\\")))
        values = {name: json.loads(value) for name, value in rows if name in TYPES}
        values["base_url"] = session.info.get(BASE_URL, "")  # where it is reached is the operator's to say
        known = session.info[_CACHE] = replace(WikiSettings(), **values)
    return known


def write_setting(session: Session, name: str, value: object) -> None:
    """Inside a transaction: store ``value`` (None: remove it) without asking who; for set-up, too."""
    row = session.get(Setting, name)
    if value is None:
        if row is not None:
            session.delete(row)
    elif row is None:
        session.add(Setting(name=name, value=json.dumps(value)))
    else:
        row.value = json.dumps(value)
    forget_settings(session)


def forget_settings(session: Session) -> None:
    """Read them again when they are asked for next."""
    session.info.pop(_CACHE, None)
