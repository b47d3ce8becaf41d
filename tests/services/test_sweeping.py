"""Bytes that nothing names are removed, and never those that somebody is about to name."""

import io
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from app.domain.errors import BadValue, StorageFailed
from app.opening_files import open_bucket
from app.services import state, sweeping
from app.services.media import Upload, delete_media, find_media, put_media
from app.services.media_health import Comparison, compare
from app.services.pages import PageEdit, save_page
from app.services.sweeping import sweep
from app.store.blobs import DERIVED, FETCHED, Blob, Blobs, Received, key_of, local_blobs
from app.store.database import session_factory, transaction
from app.store.exchange import KeptFile
from app.store.media import Incoming, IncomingPart
from app.store.objects import Entry, LocalObjects
from app.store.pages import Revision
from tests.conftest import ALICE, BOB, NOW

DAY = 24 * 3600


@pytest.fixture(params=["folder", "bucket"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    if request.param == "folder":
        return local_blobs(tmp_path / "media")
    return Blobs(open_bucket(request.getfixturevalue("bucket_server").bucket()), tmp_path / "incoming")


def put(session: Session, blobs: Blobs, name: str, content: bytes) -> str:
    upload = Upload(name, io.BytesIO(content), any_type=True)
    return put_media(session, blobs, upload, viewer=BOB, now=NOW).sha256


def stray(blobs: Blobs, content: bytes) -> str:
    return blobs.put(io.BytesIO(content), limit=99).sha256


def derived(blobs: Blobs, key: str, content: bytes = b"small") -> str:
    with blobs.temporary() as file:
        file.write_bytes(content)
        blobs.objects.put(key, file)
    return key


def later(blobs: Blobs, days: float) -> float:
    return max((entry.written_at for entry in blobs.objects.all()), default=0) + days * DAY + 1


def test_what_nothing_names_goes_after_a_day(session: Session, blobs: Blobs) -> None:
    used, old = put(session, blobs, "notes.zip", b"PK used"), put(session, blobs, "gone.zip", b"PK old")
    put(session, blobs, "gone.zip", b"PK new")
    delete_media(session, "gone.zip", viewer=ALICE, now=NOW, although_used=True)
    left = stray(blobs, b"left by a killed process")

    early, swept = sweep(session, blobs, now=later(blobs, 0.9)), sweep(session, blobs, now=later(blobs, 1))

    assert (early.all, swept.all, swept.blobs) == (0, 1, 1)
    assert not blobs.has(left)
    assert blobs.has(used)
    assert blobs.has(old), "the history shows it"
    assert compare(session, blobs).stray == 0


@pytest.mark.parametrize("where", ["kept file", "original of a page"])
def test_what_came_from_another_wiki_stays_and_is_missed(session: Session, blobs: Blobs, where: str) -> None:
    sha256 = stray(blobs, b"caf\xe9")
    if where == "original of a page":
        save_page(session, PageEdit("ivy", "caf\xe9"), viewer=BOB, now=NOW)
    with transaction(session):
        if where == "kept file":
            session.add(KeptFile(path="data/meta/ivy.foo", sha256=sha256, size=4, changed_at=NOW))
        else:
            session.execute(update(Revision).values(original=sha256))

    swept = sweep(session, blobs, now=later(blobs, 2))

    assert swept.all == 0
    assert blobs.has(sha256)
    assert compare(session, blobs) == Comparison(missing=0, stray=0, named=1)
    blobs.remove(sha256)
    assert compare(session, blobs).missing == 1


def test_parts_of_a_file_on_its_way_stay(session: Session, blobs: Blobs) -> None:
    part = stray(blobs, b"part")
    with transaction(session):
        session.add(Incoming(id="x" * 43, name="film.mp4", size=99, begun_at=NOW, touched_at=NOW))
        session.flush()
        session.add(IncomingPart(incoming_id="x" * 43, start=0, size=4, sha256=part))

    assert compare(session, blobs).stray == 0
    assert sweep(session, blobs, now=later(blobs, 2)).all == 0
    assert blobs.has(part)


def test_leftovers_and_pictures_of_what_is_gone_go_too(session: Session, blobs: Blobs) -> None:
    used = put(session, blobs, "notes.zip", b"PK used")
    kept = derived(blobs, f"{DERIVED}/{key_of(used)}-20x20.webp")
    empty = derived(blobs, f"{DERIVED}/{key_of(used)}-30x30.png", b"")
    gone = derived(blobs, f"{DERIVED}/{key_of('0' * 64)}-20x20.webp")
    remote = derived(blobs, f"{FETCHED}/{key_of('1' * 64)}")
    blobs.incoming.mkdir(exist_ok=True)
    for name in ("f" * 32, "turn-07"):
        (blobs.incoming / name).write_bytes(b"half")
        os.utime(blobs.incoming / name, (NOW, NOW))

    after_a_day, after_weeks = sweep(session, blobs, now=later(blobs, 1)), sweep(session, blobs, now=later(blobs, 30))

    assert (after_a_day.blobs, after_a_day.incoming, after_a_day.derived, after_a_day.fetched) == (0, 1, 1, 0)
    assert (after_weeks.all, after_weeks.fetched) == (1, 1)
    there = {entry.key for entry in blobs.objects.all() if not entry.key.startswith("incoming/")}
    assert there == {key_of(used), kept, empty}
    assert gone not in there
    assert remote not in there
    assert [path.name for path in blobs.incoming.iterdir()] == ["turn-07"], "a lock that was removed locks nothing"


def test_another_wikis_database_sweeps_nothing_away(session: Session, blobs: Blobs) -> None:
    put(session, blobs, "notes.zip", b"PK used")
    for number in range(11):
        stray(blobs, b"of another database %d" % number)

    with pytest.raises(BadValue, match="right database"):
        sweep(session, blobs, now=later(blobs, 2))

    assert compare(session, blobs).stray == 11
    assert sweep(session, blobs, many=True, now=later(blobs, 2)).blobs == 11


def test_many_are_compared_a_stretch_at_a_time(session: Session, blobs: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.media_health.STRETCH", 2)
    hashes = [put(session, blobs, f"n{number}.zip", b"PK %d" % number) for number in range(7)]
    for number in range(3):
        stray(blobs, b"stray %d" % number)
    for sha256 in hashes[:2]:
        blobs.remove(sha256)

    found = compare(session, blobs)

    assert (found.missing, found.stray, found.named) == (2, 3, 7)


class Unsorted(LocalObjects):
    """A store that lists in an order of its own."""

    def all(self, prefix: str = "") -> Iterator[Entry]:
        return reversed(list(super().all(prefix)))


def test_a_store_that_lists_in_another_order_loses_nothing(session: Session, tmp_path: Path) -> None:
    blobs = Blobs(Unsorted(tmp_path / "media"), tmp_path / "media" / "incoming")
    for number in range(9):
        put(session, blobs, f"n{number}.zip", b"PK %d" % number)

    found = compare(session, blobs)

    assert (found.missing, found.stray) == (0, 0)
    assert sweep(session, blobs, now=later(blobs, 2)).all == 0


@contextmanager
def swept_between(engine: Engine, blobs: Blobs, monkeypatch: pytest.MonkeyPatch, *, when: str) -> Iterator[None]:
    """A sweep of everything old, in the worst moment of an upload."""

    def now_sweep() -> None:
        def run() -> None:
            with session_factory(engine)() as other:
                sweep(other, blobs, many=True, now=later(blobs, 2))

        thread = threading.Thread(target=run)
        thread.start()
        thread.join()

    keep = Blobs.keep

    def kept(self: Blobs, received: Received) -> Blob:
        if when == "before it is kept":
            now_sweep()
        blob = keep(self, received)
        if when == "before it is named":
            now_sweep()
        return blob

    with monkeypatch.context() as patch:
        patch.setattr(Blobs, "keep", kept)
        patch.setattr(Blobs, "sweep_incoming", lambda _self, **_more: 0)  # two days from now it would find the upload
        yield


def test_bytes_that_come_again_before_the_sweep_names_them_stay(
    engine: Engine, session: Session, blobs: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    stray(blobs, b"PK again")

    with swept_between(engine, blobs, monkeypatch, when="before it is kept"):
        sha256 = put(session, blobs, "notes.zip", b"PK again")

    assert b"".join(blobs.read(sha256)) == b"PK again"


def test_a_row_never_names_bytes_that_were_swept(
    engine: Engine, session: Session, blobs: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only a clock that is wrong by a day makes this happen; the upload is refused then, and nothing is half done."""
    with (
        swept_between(engine, blobs, monkeypatch, when="before it is named"),
        pytest.raises(StorageFailed, match="send the file again"),
    ):
        put(session, blobs, "notes.zip", b"PK again")

    assert compare(session, blobs) == Comparison(0, 0, 0)
    assert put(session, blobs, "notes.zip", b"PK again") == find_media(session, "notes.zip", viewer=BOB).sha256


def test_what_was_written_anew_since_it_was_listed_stays(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs = local_blobs(tmp_path / "media")
    sha256 = stray(blobs, b"PK again")
    path = blobs.path(sha256)
    assert path is not None
    os.utime(path, (NOW, NOW))

    def held(session: Session) -> None:
        state.hold(session)
        stray(blobs, b"PK again")  # kept by an upload that waits now to name it

    monkeypatch.setattr(sweeping, "hold", held)

    assert sweep(session, blobs).blobs == 0
    assert blobs.has(sha256)
