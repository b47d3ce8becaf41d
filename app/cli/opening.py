"""What every command needs: the wiki that the environment names, and who acts on the command line."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.orm import Session

from app.domain.viewer import Viewer
from app.settings import Settings
from app.store.migrating import current, head
from app.wiki import Wiki, open_wiki

OPERATOR = Viewer(is_admin=True)  # whoever can run commands on the machine may do all


def settings_of_environment() -> Settings:
    return Settings.from_env(os.environ)


@contextmanager
def opened() -> Iterator[tuple[Wiki, Session]]:
    """The wiki and a session. Ends with a clear word where there is none yet, or one of another version."""
    wiki = open_wiki(settings_of_environment())
    try:
        if current(wiki.engine) != head():
            raise click.ClickException(f"There is no wiki of this version in {wiki.settings.home}. Run: lierre init")
        with wiki.sessions() as session:
            yield wiki, session
    finally:
        wiki.engine.dispose()


def now() -> int:
    return int(time.time())
