"""Files in parts: what is refused before the bytes come, what a broken line costs, what is left when it ends."""

import threading
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.domain.errors import (
    AccessDenied,
    BadPageName,
    BadValue,
    FileRefused,
    FileTooLarge,
    NameTaken,
    NoRoomLeft,
    NotFound,
    StorageFailed,
    TypeNotTaken,
    WikiError,
)
from app.domain.file_errors import TooManyUploads, UploadOver
from app.domain.viewer import Viewer
from app.domain.wiki_settings import WikiSettings
from app.services import uploads
from app.services.media import Upload, find_media, put_media
from app.services.media_history import media_history
from app.services.uploads import (
    BLOBS,
    FORGOTTEN,
    LEAST,
    MOST_OPEN,
    PART,
    Coming,
    Wanted,
    begin,
    cancel,
    finish,
    free_name,
    may_upload,
    send_part,
    state,
    sweep,
)
from app.services.work import run_due
from app.store.blobs import Blobs
from app.store.database import session_factory
from app.store.media import Incoming, IncomingPart
from app.store.state import Job
from tests.conftest import ALICE, BOB, EVE, NOW
from tests.services.test_media import picture

MIB = 1024 * 1024
CAROL = Viewer(login="carol", groups=frozenset({"user"}), address="192.0.2.9")
FILM = b"%PDF-1.4\n" + b"film" * 748


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few bytes a part, so that tests are quick; ``test_parts_have_a_least_length`` sets the real bound back."""
    monkeypatch.setattr(uploads, "LEAST", 1)


def start(session: Session, name: str = "a.pdf", size: int = len(FILM), viewer: Viewer = BOB, **more: Any) -> Coming:
    return begin(session, Wanted(name, size, more.pop("limit", MIB), **more), viewer=viewer, now=NOW)


def send(session: Session, blobs: Blobs, upload: Coming, at: int, body: bytes, viewer: Viewer = BOB) -> Coming:
    return send_part(session, blobs, upload.id, at, BytesIO(body), viewer=viewer, now=NOW)


def end(session: Session, blobs: Blobs, upload: Coming, *, replace: bool = False, viewer: Viewer = BOB) -> Any:
    how = Upload("", BytesIO(), "a film", MIB, replace=replace)
    return finish(session, blobs, upload.id, how, viewer=viewer, now=NOW)


def kept(blobs: Blobs) -> int:
    return len(list(blobs.all()))


def test_parts_have_a_least_length(session: Session, blobs: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    film = b"%PDF-1.4\n" + b"x" * LEAST
    upload = start(session, size=len(film))

    with pytest.raises(BadValue, match="so short"):
        send(session, blobs, upload, 0, film[: LEAST - 1])
    assert (state(session, upload.id, viewer=BOB).received, kept(blobs)) == (0, 0)

    send(session, blobs, upload, 0, film[:LEAST])
    assert send(session, blobs, upload, LEAST, film[LEAST:]).received == len(film)  # the last one may be


def test_parts_become_one_file_and_go(session: Session, blobs: Blobs) -> None:
    upload = start(session)
    for at in range(0, len(FILM), 1000):
        upload = send(session, blobs, upload, at, FILM[at : at + 1000])
    assert (upload.received, upload.size) == (len(FILM), len(FILM))

    file = end(session, blobs, upload)

    assert b"".join(blobs.read(file.sha256)) == FILM
    assert (file.name, file.summary, file.author) == ("a.pdf", "a film", "bob")
    assert kept(blobs) == 1
    assert session.execute(select(func.count()).select_from(IncomingPart)).scalar_one() == 0


def test_whoever_lost_the_answer_may_ask_again(session: Session, blobs: Blobs) -> None:
    upload = start(session)
    send(session, blobs, upload, 0, FILM)
    first = end(session, blobs, upload)

    again = end(session, blobs, upload)

    assert again == first
    assert state(session, upload.id, viewer=BOB).received == len(FILM)
    assert len(media_history(session, "a.pdf", viewer=BOB).items) == 1


def test_a_part_that_is_there_already_changes_nothing(session: Session, blobs: Blobs) -> None:
    upload = start(session)
    send(session, blobs, upload, 0, FILM[:2000])

    assert send(session, blobs, upload, 0, b"something else").received == 2000
    assert kept(blobs) == 1


@pytest.mark.parametrize(
    ("at", "body"),
    [
        pytest.param(1, b"x", id="a gap before it"),
        pytest.param(0, b"", id="empty"),
        pytest.param(0, FILM + b"x", id="more than was said"),
    ],
)
def test_a_part_is_refused_and_leaves_nothing(session: Session, blobs: Blobs, at: int, body: bytes) -> None:
    upload = start(session)

    with pytest.raises(BadValue):
        send(session, blobs, upload, at, body)

    assert state(session, upload.id, viewer=BOB).received == 0
    assert kept(blobs) == 0


def test_a_part_has_a_longest(session: Session, blobs: Blobs) -> None:
    upload = start(session, size=3 * PART, limit=3 * PART)

    with pytest.raises(BadValue, match="longer than"):
        send(session, blobs, upload, 0, b"x" * (PART + 1))


@pytest.mark.parametrize(
    ("name", "size", "viewer", "error"),
    [
        pytest.param("***", 5, BOB, BadPageName, id="a name that cleans to nothing"),
        pytest.param("a.exe", 5, BOB, TypeNotTaken, id="a type that is not taken"),
        pytest.param("a.pdf", MIB + 1, BOB, FileTooLarge, id="too large"),
        pytest.param("a.pdf", 0, BOB, FileRefused, id="empty"),
        pytest.param("a.pdf", -1, BOB, FileRefused, id="less than empty"),
        pytest.param("a.pdf", 5, EVE, AccessDenied, id="by somebody who may not"),
        pytest.param("there.png", 5, BOB, NameTaken, id="a name that is taken"),
    ],
)
def test_it_is_refused_before_the_bytes_come(
    session: Session, blobs: Blobs, name: str, size: int, viewer: Viewer, error: type[WikiError]
) -> None:
    put_media(session, blobs, Upload("there.png", BytesIO(picture())), viewer=ALICE, now=NOW)

    with pytest.raises(error):
        start(session, name, size, viewer)

    assert session.execute(select(func.count()).select_from(Incoming)).scalar_one() == 0


def test_where_one_may_not_even_read_it_looks_as_if_it_were_not_there(session: Session) -> None:
    closed = Viewer(login="bob", groups=frozenset({"user"}), limits=replace(BOB.limits, namespaces=("mine",)))

    with pytest.raises(NotFound):
        start(session, "yours:a.pdf", viewer=closed)


@pytest.mark.parametrize("thief", [CAROL, EVE, ALICE], ids=lambda viewer: viewer.login or "nobody")
@pytest.mark.parametrize("what", ["state", "part", "finish", "cancel"])
def test_the_id_of_somebody_else_is_worth_nothing(session: Session, blobs: Blobs, thief: Viewer, what: str) -> None:
    upload = start(session)
    send(session, blobs, upload, 0, FILM)

    with pytest.raises(UploadOver):
        if what == "state":
            state(session, upload.id, viewer=thief)
        elif what == "part":
            send(session, blobs, upload, len(FILM), b"x", thief)
        elif what == "finish":
            end(session, blobs, upload, viewer=thief)
        else:
            cancel(session, blobs, upload.id, viewer=thief)

    assert state(session, upload.id, viewer=BOB).received == len(FILM)


def test_the_table_holds_no_id_that_could_be_used(session: Session) -> None:
    upload = start(session)

    assert session.execute(select(Incoming.id)).scalar_one() != upload.id


def test_what_turns_out_to_be_something_else_is_refused_and_its_parts_go(session: Session, blobs: Blobs) -> None:
    upload = start(session, "a.png")
    send(session, blobs, upload, 0, FILM)

    with pytest.raises(FileRefused):
        end(session, blobs, upload)

    assert kept(blobs) == 0
    with pytest.raises(UploadOver):
        state(session, upload.id, viewer=BOB)


def test_it_is_not_finished_before_it_is_whole(session: Session, blobs: Blobs) -> None:
    upload = start(session)
    send(session, blobs, upload, 0, FILM[:-1])

    with pytest.raises(BadValue, match="not arrived whole"):
        end(session, blobs, upload)


def test_a_name_that_was_taken_meanwhile_can_still_be_replaced(session: Session, blobs: Blobs) -> None:
    upload = start(session)
    send(session, blobs, upload, 0, FILM)
    put_media(session, blobs, Upload("a.pdf", BytesIO(b"%PDF-1.4 other")), viewer=ALICE, now=NOW)

    with pytest.raises(NameTaken):
        end(session, blobs, upload)
    end(session, blobs, upload, replace=True)

    assert [change.author for change in media_history(session, "a.pdf", viewer=BOB).items] == ["bob", "alice"]


def test_the_right_is_asked_again_when_it_ends(session: Session, blobs: Blobs) -> None:
    upload = start(session)
    send(session, blobs, upload, 0, FILM)
    demoted = replace(BOB, groups=frozenset())

    with pytest.raises(AccessDenied):
        end(session, blobs, upload, viewer=demoted)


def test_what_waits_counts_towards_the_room_of_a_person(
    session: Session, blobs: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = WikiSettings(mediaquota=1)
    monkeypatch.setattr("app.services.quotas.load_settings", lambda _session: small)
    start(session, "a.pdf", 700_000)

    with pytest.raises(NoRoomLeft):
        start(session, "b.pdf", 700_000)
    start(session, "b.pdf", 700_000, CAROL)


def test_nobody_begins_without_end(session: Session, blobs: Blobs) -> None:
    begun = [start(session, f"{number}.pdf") for number in range(MOST_OPEN)]

    with pytest.raises(TooManyUploads):
        start(session)
    start(session, viewer=CAROL)
    cancel(session, blobs, begun[0].id, viewer=BOB)
    start(session)


def test_what_is_cancelled_leaves_nothing(session: Session, blobs: Blobs) -> None:
    upload = start(session)
    send(session, blobs, upload, 0, FILM)

    cancel(session, blobs, upload.id, viewer=BOB)

    assert kept(blobs) == 0
    with pytest.raises(UploadOver):
        end(session, blobs, upload)


def test_a_part_is_no_file_that_is_there_anyway(session: Session, blobs: Blobs) -> None:
    """Removing the parts of an upload must not take the bytes of a file that is the same."""
    file = put_media(session, blobs, Upload("b.pdf", BytesIO(FILM)), viewer=ALICE, now=NOW)
    upload = start(session)
    send(session, blobs, upload, 0, FILM)

    cancel(session, blobs, upload.id, viewer=BOB)

    assert b"".join(blobs.read(file.sha256)) == FILM


def test_what_nobody_goes_on_with_is_swept_by_a_job(session: Session, blobs: Blobs) -> None:
    session.info[BLOBS] = blobs
    old = start(session)
    send(session, blobs, old, 0, FILM)
    young = begin(session, Wanted("b.pdf", 5, MIB), viewer=BOB, now=NOW + 100)
    assert session.execute(select(func.count()).select_from(Job)).scalar_one() == 1

    assert run_due(session, NOW + FORGOTTEN) == 1

    assert kept(blobs) == 0
    with pytest.raises(UploadOver):
        state(session, old.id, viewer=BOB)
    assert state(session, young.id, viewer=BOB).received == 0
    assert run_due(session, NOW + 2 * FORGOTTEN) == 1
    assert session.execute(select(func.count()).select_from(Job)).scalar_one() == 0


def test_what_is_swept_was_not_touched_for_a_day(session: Session, blobs: Blobs) -> None:
    session.info[BLOBS] = blobs
    upload = start(session)
    send_part(session, blobs, upload.id, 0, BytesIO(FILM[:9]), viewer=BOB, now=NOW + 1000)

    sweep(session, now=NOW + FORGOTTEN)

    assert state(session, upload.id, viewer=BOB).received == 9


def test_a_disk_that_is_full_costs_the_part_only(
    session: Session, blobs: Blobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = start(session)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as broken, pytest.raises(StorageFailed, match="No space left"):
        broken.setattr(Blobs, "put", full)
        send(session, blobs, upload, 0, FILM)

    assert send(session, blobs, upload, 0, FILM).received == len(FILM)


def test_the_same_part_twice_at_once_is_kept_once(engine: Engine, session: Session, blobs: Blobs) -> None:
    upload = start(session)
    together = threading.Barrier(2, timeout=60)

    class Slow(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() == 0:
                together.wait(10)
            return super().read(size)

    def send_it() -> None:
        with session_factory(engine)() as own:
            send_part(own, blobs, upload.id, 0, Slow(FILM), viewer=BOB, now=NOW)

    threads = [threading.Thread(target=send_it) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert kept(blobs) == 1
    assert b"".join(blobs.read(end(session, blobs, upload).sha256)) == FILM


def test_two_who_upload_the_same_name_both_have_a_revision(engine: Engine, session: Session, blobs: Blobs) -> None:
    begun = [(viewer, start(session, viewer=viewer)) for viewer in (BOB, CAROL)]
    bodies = {"bob": FILM[:-1] + b"b", "carol": FILM[:-1] + b"c"}
    for viewer, upload in begun:
        send(session, blobs, upload, 0, bodies[viewer.login or ""], viewer)

    def end_it(viewer: Viewer, upload: Coming) -> None:
        with session_factory(engine)() as own:
            end(own, blobs, upload, replace=True, viewer=viewer)

    threads = [threading.Thread(target=end_it, args=one) for one in begun]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    session.rollback()  # what it read before was the state of then
    changes = media_history(session, "a.pdf", viewer=BOB).items
    assert sorted(change.author for change in changes) == ["bob", "carol"]
    for change in changes:
        assert b"".join(blobs.read(change.sha256)) == bodies[change.author]


@pytest.mark.parametrize(
    ("there", "free"),
    [
        pytest.param([], "n:x_2.png", id="the second"),
        pytest.param(["n:x_2.png", "n:x_3.png"], "n:x_4.png", id="the first that is free"),
        pytest.param(["n:m:x_2.png", "x_2.png"], "n:x_2.png", id="names elsewhere take none"),
    ],
)
def test_a_free_name(session: Session, blobs: Blobs, there: list[str], free: str) -> None:
    for name in ("n:x.png", *there):
        put_media(session, blobs, Upload(name, BytesIO(picture())), viewer=ALICE, now=NOW)

    assert free_name(session, "n:x.png") == free


@pytest.mark.parametrize(
    ("viewer", "expected"),
    [
        pytest.param(ALICE, True, id="an administrator"),
        pytest.param(BOB, True, id="a member"),
        pytest.param(EVE, False, id="nobody known"),
        pytest.param(replace(BOB, limits=replace(BOB.limits, may_write=False)), False, id="a token that only reads"),
    ],
)
def test_who_may_upload_at_all(session: Session, viewer: Viewer, expected: bool) -> None:
    assert may_upload(session, viewer) is expected


def test_memory_stays_small_however_long_the_file(session: Session, blobs: Blobs) -> None:
    """The parts are read a stretch at a time: nobody ever holds the whole."""
    longest = 0

    class Watched(uploads._Stream):
        def read(self, size: int) -> bytes:
            nonlocal longest
            given = super().read(size)
            longest = max(longest, len(given))
            return given

    upload = start(session, size=3 * PART, limit=3 * PART)
    for at in range(0, 3 * PART, PART):
        upload = send(session, blobs, upload, at, FILM[:9].ljust(PART, b"x"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(uploads, "_Stream", Watched)
        how = Upload("", BytesIO(), limit=3 * PART)
        finish(session, blobs, upload.id, how, viewer=BOB, now=NOW)

    assert find_media(session, "a.pdf", viewer=BOB).size == 3 * PART
    assert 0 < longest <= MIB
