"""What tests of exports for readers share: a wiki, and what people do in it."""

import io
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.domain.viewer import Viewer
from app.exchange.exported import ExportProgress
from app.services.media import Upload, put_media
from app.services.pages import PageEdit, save_page
from app.store.blobs import Blobs
from app.store.database import transaction
from app.store.pages import Page
from app.store.rules import AclRule
from tests.conftest import ALICE, NOW

BOTH = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


@dataclass(frozen=True)
class Wiki:
    sessions: sessionmaker[Session]
    blobs: Blobs
    secret: bytes = field(default=b"for tests", repr=False)


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """SQLite where ``BOTH`` does not stand: what is tested then is what happens behind the database."""
    kind = getattr(request, "param", "sqlite")
    url: str = request.getfixturevalue("sqlite_url" if kind == "sqlite" else "empty_postgres")
    return url


@pytest.fixture
def wiki(session: Session, blobs: Blobs) -> Wiki:
    return Wiki(sessionmaker(session.get_bind()), blobs)


def ignore(_progress: ExportProgress) -> None: ...


def write(
    session: Session,
    name: str,
    *texts: str,
    at: int = 0,
    viewer: Viewer = ALICE,
    summary: str = "",
    markdown: bool = False,
) -> None:
    """One version after the other, a minute apart, the first ``at`` minutes after the beginning; "" deletes."""
    for number, text in enumerate(texts, at):
        based = session.execute(select(Page.latest_id).where(Page.name == name)).scalar_one_or_none()
        edit = PageEdit(name, text, summary=summary, based_on=based, markup="markdown" if markdown else "dokuwiki")
        save_page(session, edit, viewer=viewer, now=NOW + 60 * number)


def upload(session: Session, blobs: Blobs, name: str, content: bytes, at: int = 0) -> None:
    """``at``: as for ``write``. What is there gives way."""
    wanted = Upload(name, io.BytesIO(content), limit=10**6, replace=True, any_type=True)
    put_media(session, blobs, wanted, viewer=ALICE, now=NOW + 60 * at)


def close(session: Session, scope: str) -> None:
    """To all but the group ``user``."""
    with transaction(session):
        session.add_all([AclRule(scope=scope, who="@ALL", level=0), AclRule(scope=scope, who="@user", level=8)])


def files_of(target: Path) -> dict[str, bytes]:
    return {path.relative_to(target).as_posix(): path.read_bytes() for path in target.rglob("*") if path.is_file()}
