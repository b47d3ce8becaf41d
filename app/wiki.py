"""One wiki, opened: what ``create_app``, the command line and the tests share."""

from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from app.opening_files import open_blobs
from app.services.feeds import FETCHER
from app.services.fetching import Fetcher, Policy
from app.services.mail import SENDER
from app.services.rulebook import SHELF, Shelf
from app.services.setting_rows import BASE_URL
from app.services.uploads import BLOBS
from app.settings import Settings, make_home, secret_of
from app.store.blobs import Blobs
from app.store.database import open_engine, session_factory


@dataclass(frozen=True, slots=True)
class Wiki:
    """``secret`` signs cookies and picture sizes."""

    settings: Settings
    engine: Engine
    sessions: sessionmaker[Session]
    blobs: Blobs
    secret: bytes


def open_wiki(settings: Settings) -> Wiki:
    """The wiki that ``settings`` describe. Nothing is made but its folder and key, nothing is migrated."""
    make_home(settings.home)
    engine = open_engine(settings.database_url)
    fetcher = Fetcher(Policy(internal=frozenset(settings.fetch_internal)))
    blobs = open_blobs(settings)
    notes = {BASE_URL: settings.base_url, BLOBS: blobs, FETCHER: fetcher, SHELF: Shelf(), SENDER: settings.mail}
    return Wiki(settings, engine, session_factory(engine, **notes), blobs, secret_of(settings))
