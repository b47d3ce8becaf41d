"""Room for files runs out for a person or a namespace, never for what is there already."""

from io import BytesIO

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.domain.errors import FileRefused, NoRoomHere, NoRoomLeft
from app.domain.viewer import Viewer
from app.services.config import save_setting
from app.services.media import Upload, delete_media, put_media, revert_media
from app.store.blobs import Blob, Blobs, Received
from app.store.database import session_factory
from tests.conftest import ALICE, BOB, NOW

MIB = 1024 * 1024


def put(session: Session, blobs: Blobs, name: str, size: int, *, by: Viewer = BOB, any_type: bool = False) -> None:
    body = (b"%PDF-1.4 " + name.encode()).ljust(size, b"x")
    put_media(session, blobs, Upload(name, BytesIO(body), any_type=any_type), viewer=by, now=NOW)


@pytest.mark.parametrize(
    ("setting", "name", "by", "refusal"),
    [
        pytest.param("mediaquota", "b:more.pdf", BOB, NoRoomLeft, id="the person has filled theirs"),
        pytest.param("mediaquota", "a:more.pdf", ALICE, None, id="another person has their own"),
        pytest.param("mediaspacequota", "a:more.pdf", ALICE, NoRoomHere, id="the namespace is full, whoever comes"),
        pytest.param("mediaspacequota", "a:b:more.pdf", BOB, None, id="one below it is another"),
    ],
)
def test_a_full_room_takes_nothing_more(
    session: Session, blobs: Blobs, setting: str, name: str, by: Viewer, refusal: type[FileRefused] | None
) -> None:
    save_setting(session, setting, 2, by=ALICE, now=NOW)
    put(session, blobs, "a:first.pdf", MIB)
    put(session, blobs, "a:first.pdf", MIB - 1)  # the older version takes room, too

    if refusal is None:
        put(session, blobs, name, MIB, by=by)
        return
    with pytest.raises(refusal):
        put(session, blobs, name, MIB, by=by)
    assert len(list(blobs.all())) == 2


def test_uploads_at_once_share_the_room(session: Session, engine: Engine, blobs: Blobs) -> None:
    """Both were told that there is room; what the first one took is counted again when the second is stored."""
    save_setting(session, "mediaquota", 2, by=ALICE, now=NOW)

    class Late(Blobs):
        def keep(self, received: Received) -> Blob:
            with session_factory(engine)() as own:
                put(own, blobs, "other.pdf", MIB + MIB // 2)
            return super().keep(received)

    late = Late(blobs.objects, blobs.incoming)
    with pytest.raises(NoRoomLeft):
        put(session, late, "a.pdf", MIB)


def test_going_back_takes_no_room(session: Session, blobs: Blobs) -> None:
    save_setting(session, "mediaquota", 1, by=ALICE, now=NOW)
    put(session, blobs, "a.pdf", MIB)
    delete_media(session, "a.pdf", viewer=ALICE, now=NOW + 1)

    assert revert_media(session, "a.pdf", NOW, viewer=BOB, now=NOW + 2).size == MIB


def test_operators_are_not_counted(session: Session, blobs: Blobs) -> None:
    save_setting(session, "mediaspacequota", 1, by=ALICE, now=NOW)

    put(session, blobs, "a.pdf", 2 * MIB, any_type=True)
