import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.services.accounts import NewAccount, write_account
from app.services.health import check, examine, look
from app.services.media import Upload, put_media
from app.services.pages import PageEdit, save_page
from app.store.blobs import Blobs
from app.store.database import transaction
from app.store.objects import Entry, LocalObjects
from tests.conftest import ALICE, NOW


@pytest.fixture
def written(session: Session, blobs: Blobs) -> None:
    for name in ("start", "ivy:walls:north", "ivy:stone"):
        save_page(session, PageEdit(name, f"====== {name} ======\n[[start]]"), viewer=ALICE, now=NOW)
    with transaction(session):
        write_account(session, NewAccount("alice", "", "", ("admin",), ""), "a hash", now=NOW)
    for content in (b"PK\x03\x04note", b"PK more notes"):
        upload = Upload("ivy:notes.zip", io.BytesIO(content), any_type=True)
        put_media(session, blobs, upload, viewer=ALICE, now=NOW)


COUNTING = {"wrong counts of what may be read", "wrong counts of files", "files unlike their newest revision"}


def bad(session: Session, blobs: Blobs, home: Path) -> set[str]:
    found = examine(session, blobs, home)
    assert all(finding.says for finding in found)
    return {finding.what for finding in found if not finding.good}


@pytest.mark.usefixtures("written")
def test_all_is_well_with_a_wiki_in_use(session: Session, blobs: Blobs, tmp_path: Path) -> None:
    assert bad(session, blobs, tmp_path) == set()


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        pytest.param("UPDATE page SET current_id = 999", "pages without their revision", id="a page lost its change"),
        pytest.param("UPDATE media SET current_id = 999", "files without their revision", id="a file lost its change"),
        pytest.param("UPDATE media SET size = 1", "files unlike their newest revision", id="a file says another size"),
        pytest.param("UPDATE media SET changed_at = 1", "files unlike their newest revision", id="another time"),
        pytest.param(
            "UPDATE media SET current_id = NULL", "files unlike their newest revision", id="a file seems deleted"
        ),
        pytest.param(
            "UPDATE media_revision SET kind = 'delete'", "files unlike their newest revision", id="it seems not to be"
        ),
        pytest.param(
            "UPDATE media SET latest_id = (SELECT min(id) FROM media_revision),"
            " current_id = (SELECT min(id) FROM media_revision), size = 8, changed_at = 1750000000",
            "files unlike their newest revision",
            id="a file shows an older version",
        ),
        pytest.param("UPDATE media_space SET files = files + 1", "wrong counts of files", id="a count of files"),
        pytest.param("DELETE FROM media_space", "wrong counts of files", id="a namespace of files is missing"),
        pytest.param("UPDATE text SET size = size + 1", "texts that are not what was stored", id="a text was cut"),
        pytest.param("DELETE FROM namespace", "namespaces", id="a namespace is missing"),
        pytest.param("UPDATE space_count SET pages = pages + 1", "wrong counts of what may be read", id="a count"),
        pytest.param(
            "UPDATE page SET scope_id = 999", "pages and files under other rules than theirs", id="other rules"
        ),
        pytest.param("DELETE FROM membership", "administrators", id="nobody administers"),
        pytest.param(
            "INSERT INTO job (id, kind, payload, due_at, attempts, leased_until, failed, error)"
            " VALUES (1, 'mail', '{}', 0, 9, 0, true, 'no')",
            "work that failed",
            id="a letter that could not be sent",
        ),
        pytest.param("UPDATE alembic_version SET version_num = '0000'", "schema", id="the schema is an old one"),
    ],
)
@pytest.mark.usefixtures("written")
def test_damage_is_found(session: Session, blobs: Blobs, tmp_path: Path, damage: str, what: str) -> None:
    session.execute(text(damage))

    found = bad(session, blobs, tmp_path)
    assert what in found
    assert found <= {what, *COUNTING}, "one thing counts what another one moved"
    session.rollback()


@pytest.mark.usefixtures("written")
def test_a_look_is_the_beginning_of_an_examination(session: Session, blobs: Blobs, tmp_path: Path) -> None:
    quick, all_of_it = look(session, blobs, tmp_path), examine(session, blobs, tmp_path)

    assert [finding.what for finding in quick] == [finding.what for finding in all_of_it][: len(quick)]
    assert len(all_of_it) > len(quick) > len(check(session, tmp_path))


@pytest.mark.parametrize("packed", [b"", b"no zlib"])
@pytest.mark.usefixtures("written")
def test_a_text_that_does_not_unpack_is_found(session: Session, blobs: Blobs, tmp_path: Path, packed: bytes) -> None:
    session.execute(text("UPDATE text SET packed = :packed"), {"packed": packed})

    assert bad(session, blobs, tmp_path) == {"texts that are not what was stored"}
    session.rollback()


@pytest.mark.parametrize(
    ("act", "what"),
    [
        pytest.param(
            lambda blobs: blobs.remove(next(blobs.all()).key[-64:]), {"files without bytes"}, id="bytes are gone"
        ),
        pytest.param(lambda blobs: blobs.put(io.BytesIO(b"more"), limit=99), set(), id="bytes too many do no harm"),
    ],
)
@pytest.mark.usefixtures("written")
def test_bytes_are_compared_with_files(
    session: Session, blobs: Blobs, tmp_path: Path, act: Callable[[Blobs], object], what: set[str]
) -> None:
    act(blobs)

    assert bad(session, blobs, tmp_path) == what


class Away(LocalObjects):
    """A store that does not answer."""

    def all(self, prefix: str = "") -> Iterator[Entry]:
        del prefix
        raise OSError(5, "the store of files does not answer")


@pytest.mark.usefixtures("written")
def test_a_store_that_is_away_is_told(session: Session, tmp_path: Path) -> None:
    away = Blobs(Away(tmp_path / "media"), tmp_path / "incoming")

    assert bad(session, away, tmp_path) == {"store of files", "files without bytes"}
    assert {finding.what for finding in look(session, away, tmp_path) if not finding.good} == {"store of files"}


def test_a_full_disk_is_told(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.health.LEAST_FREE", 1 << 62)

    assert [(f.what, f.good) for f in check(session, tmp_path)] == [
        ("database", True),
        ("schema", True),
        ("disk", False),
    ]
