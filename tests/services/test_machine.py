"""What administrators are told of the machine: right where the wiki is small, bounded where it is large."""

import io
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, text
from sqlalchemy.orm import Session

from app.domain.errors import AccessDenied
from app.services import machine
from app.services.machine import Count, describe, note_backup
from app.services.media import Upload, put_media
from app.services.pages import PageEdit, delete_page, save_page
from app.store.blobs import Blobs
from app.store.database import transaction
from app.store.feeds import Feed
from app.store.links import Link
from tests.conftest import ALICE, BOB, NOW, watched


@pytest.fixture
def written(session: Session, blobs: Blobs) -> None:
    for name in ("start", "ivy:walls", "weed"):
        save_page(session, PageEdit(name, "[[start]] [[stone]]"), viewer=ALICE, now=NOW)
    put_media(session, blobs, Upload("ivy:notes.zip", io.BytesIO(b"PK\x03\x04note")), viewer=ALICE, now=NOW)


@pytest.mark.usefixtures("written")
def test_a_small_wiki_is_counted(session: Session, tmp_path: Path) -> None:
    found = describe(session, tmp_path, viewer=ALICE)

    sizes = found.sizes
    assert (sizes.pages, sizes.revisions, sizes.links) == (Count(3), Count(3), Count(6))
    assert (sizes.media, sizes.files, sizes.people) == (Count(1), Count(8), Count(0))
    assert sizes.database > 10_000
    assert sizes.free > 0
    assert found.database.partition(" ")[0] in ("SQLite", "PostgreSQL")
    assert found.schema.isdigit()
    assert found.version != "?"
    assert (found.last_backup, found.failing_feeds) == (None, ())


@pytest.mark.usefixtures("written")
def test_a_large_wiki_is_estimated_at_the_same_cost(
    session: Session, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with watched(engine) as few:
        describe(session, tmp_path, viewer=ALICE)
    session.execute(
        insert(Link), [{"source_id": 1, "kind": "page", "target": f"t{n}", "position": n} for n in range(500)]
    )
    session.commit()
    if engine.dialect.name == "postgresql":
        session.execute(text("ANALYZE"))
        session.commit()
    monkeypatch.setattr(machine, "COUNTED", 100)

    with watched(engine) as many:
        links = describe(session, tmp_path, viewer=ALICE).sizes.links

    assert not links.exact
    assert links.number is not None
    assert 400 < links.number < 700
    assert many.count <= few.count + 1


def test_what_is_deleted_is_no_page_any_more(session: Session, tmp_path: Path) -> None:
    save_page(session, PageEdit("weed", "words"), viewer=ALICE, now=NOW)
    delete_page(session, "weed", viewer=ALICE, now=NOW)

    assert describe(session, tmp_path, viewer=ALICE).sizes.pages == Count(0)


def test_backups_and_failing_feeds_are_told(session: Session, tmp_path: Path) -> None:
    with transaction(session):
        session.add(Feed(key="a", url="https://a.example/feed", tried_at=NOW, error="does not answer"))
        session.add(Feed(key="b", url="https://b.example/feed", tried_at=NOW))
    note_backup(session, now=NOW)

    found = describe(session, tmp_path, viewer=ALICE)
    assert found.last_backup == NOW
    assert [(feed.url, feed.error) for feed in found.failing_feeds] == [("https://a.example/feed", "does not answer")]


def test_only_administrators_are_told(session: Session, tmp_path: Path) -> None:
    with pytest.raises(AccessDenied):
        describe(session, tmp_path, viewer=BOB)
