"""From an empty folder to a wiki: schema, starting content. Safe to run at every start."""

import time
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.viewer import Viewer
from app.resources import resource_dir
from app.services.config import write_setting
from app.services.media import Upload, put_media
from app.services.pages import PageEdit, save_page
from app.services.setup import needs_setup, new_setup_token
from app.store.blobs import BlobStore
from app.store.database import transaction
from app.store.migrating import upgrade
from app.store.pages import Page
from app.store.state import Setting
from app.wiki import Wiki

BUILDER = Viewer(is_admin=True)  # nobody's login: the starting content has no author
_LOADED = "_content_loaded"


def init_wiki(wiki: Wiki, *, empty: bool = False) -> int:
    """Migrate, and give a wiki that never had a page its starting content. Returns how many pages were made."""
    upgrade(wiki.engine)
    with wiki.sessions() as session:
        if session.get(Setting, _LOADED) is not None or session.execute(select(Page.id).limit(1)).first():
            return 0
        pages = 0 if empty else load_content(session, wiki.blobs, resource_dir("content"))
        with transaction(session):
            write_setting(session, _LOADED, not empty)
    return pages


def load_content(session: Session, blobs: BlobStore, folder: Path) -> int:
    """Store what lies in ``folder`` as DokuWiki keeps it: ``pages/**.txt``, ``media/**``."""
    now = int(time.time())
    for path in _files(folder / "media"):
        with path.open("rb") as stream:
            put_media(session, blobs, Upload(_name(path, folder / "media"), stream), viewer=BUILDER, now=now)
    paths = [path for path in _files(folder / "pages") if path.suffix == ".txt"]
    for path in paths:
        name = _name(path, folder / "pages").removesuffix(".txt")
        save_page(session, PageEdit(name, path.read_text(encoding="utf-8")), viewer=BUILDER, now=now)
    return len(paths)


def setup_address(wiki: Wiki, base: str) -> str | None:
    """A fresh one-time address for the first administrator; None where there is one already."""
    with wiki.sessions() as session:
        return f"{base}/_setup/{new_setup_token(session)}" if needs_setup(session) else None


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))


def _name(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix().replace("/", ":")
