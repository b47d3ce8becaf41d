"""From an empty folder to a wiki: schema, starting content. Safe to run at every start."""

import json
import time
from pathlib import Path

from sqlalchemy.orm import Session

from app.domain.markups import Markup
from app.domain.viewer import Viewer
from app.resources import resource_dir
from app.services.media import Upload, put_media
from app.services.pages import PageEdit, read_page, save_page
from app.services.setting_checks import checked_value
from app.services.setting_rows import write_setting
from app.services.setup import needs_setup, new_setup_token
from app.store.blobs import Blobs
from app.store.database import transaction
from app.store.migrating import upgrade
from app.store.state import Setting
from app.wiki import Wiki

BUILDER = Viewer(is_admin=True)  # nobody's login: the starting content has no author
ENDINGS: dict[str, Markup] = {".txt": "dokuwiki", ".md": "markdown"}
_LOADED = "_content_loaded"


def init_wiki(wiki: Wiki, *, empty: bool = False) -> int:
    """Migrate, and give a new wiki its starting content. Returns how many pages were made.

    Interrupted, it goes on where it was the next time.
    """
    upgrade(wiki.engine)
    with wiki.sessions() as session:
        if session.get(Setting, _LOADED) is not None:
            return 0
        pages = 0 if empty else load_content(session, wiki.blobs, resource_dir("content"))
        with transaction(session):
            write_setting(session, _LOADED, not empty)
    return pages


def load_content(session: Session, blobs: Blobs, folder: Path) -> int:
    """Store what lies in ``folder`` as DokuWiki keeps it: ``pages/**.txt``, ``media/**``; and ``settings.json``.

    A page whose file ends in ``.md`` is in Markdown.
    """
    now = int(time.time())
    _load_settings(session, folder / "settings.json")
    for path in _files(folder / "media"):
        with path.open("rb") as stream:
            put_media(session, blobs, Upload(_name(path, folder / "media"), stream), viewer=BUILDER, now=now)
    made = 0
    for path in _files(folder / "pages"):
        name, markup = _name(path.with_suffix(""), folder / "pages"), ENDINGS.get(path.suffix)
        if markup is not None and read_page(session, name, viewer=BUILDER).revision is None:
            edit = PageEdit(name, path.read_text(encoding="utf-8"), markup=markup)
            save_page(session, edit, viewer=BUILDER, now=now)
            made += 1
    return made


def _load_settings(session: Session, path: Path) -> None:
    """The settings that the content was written for, its language above all."""
    if not path.is_file():
        return
    with transaction(session):
        for name, value in json.loads(path.read_text(encoding="utf-8")).items():
            write_setting(session, name, checked_value(name, value))


def setup_address(wiki: Wiki, base: str) -> str | None:
    """A fresh one-time address for the first administrator; None where there is one already."""
    with wiki.sessions() as session:
        return f"{base}/_setup/{new_setup_token(session)}" if needs_setup(session) else None


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix().replace("/", ":")
