"""Recent changes of pages and files together, in stretches that neither skip nor repeat."""

from io import BytesIO
from random import Random

import pytest
from sqlalchemy.orm import Session

from app.services.media import Upload, delete_media, put_media
from app.services.recent import RecentMark, RecentQuery, What, recent
from app.store.blobs import Blobs
from tests.conftest import ALICE, BOB, EVE, NOW
from tests.services.test_pages import save


def put(session: Session, blobs: Blobs, name: str, at: int, body: bytes = b"") -> None:
    put_media(session, blobs, Upload(name, BytesIO(b"%PDF-1.4 " + (body or name.encode()))), viewer=BOB, now=at)


@pytest.mark.parametrize(
    ("what", "names"),
    [("both", ["b.pdf", "q", "a.pdf", "p"]), ("page", ["q", "p"]), ("file", ["b.pdf", "a.pdf"])],
)
def test_pages_and_files_stand_in_one_list(session: Session, blobs: Blobs, what: What, names: list[str]) -> None:
    save(session, "p", "one", now=NOW)
    put(session, blobs, "a.pdf", NOW + 1)
    save(session, "q", "one", now=NOW + 2)
    put(session, blobs, "b.pdf", NOW + 3)

    found = recent(session, RecentQuery(what), viewer=EVE)

    assert [change.name for change in found.items] == names
    assert all(change.is_file == change.name.endswith(".pdf") for change in found.items)


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_stretches_neither_skip_nor_repeat_whatever_happened_in_one_second(
    session: Session, blobs: Blobs, limit: int
) -> None:
    random = Random(limit)
    for number in range(6):
        save(session, f"p{number}", "one", now=NOW + random.randrange(3))
        put(session, blobs, f"f{number}.pdf", NOW + random.randrange(3))

    whole = [change.name for change in recent(session, viewer=EVE, limit=50).items]
    found: list[str] = []
    before: RecentMark | None = None
    while True:
        stretch = recent(session, viewer=EVE, before=before, limit=limit)
        found += [change.name for change in stretch.items]
        if not stretch.more:
            break
        before = stretch.items[-1].mark

    assert found == whole
    assert len(set(whole)) == 12


def test_a_file_stands_once_with_its_newest_change(session: Session, blobs: Blobs) -> None:
    put(session, blobs, "a.pdf", NOW)
    put(session, blobs, "a.pdf", NOW + 1, b"another")
    delete_media(session, "a.pdf", viewer=ALICE, now=NOW + 2)

    (change,) = recent(session, viewer=EVE).items

    assert (change.exists, change.revision.kind, change.revision.time) == (False, "delete", NOW + 2)


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        pytest.param(RecentQuery(namespace="ns"), {"ns:p", "ns:deep:a.pdf"}, id="of a namespace and all below"),
        pytest.param(RecentQuery(deleted=False), {"ns:p", "p", "ns:deep:a.pdf"}, id="without what is gone"),
        pytest.param(RecentQuery(minor=False), {"ns:p", "ns:deep:a.pdf", "gone.pdf"}, id="without small changes"),
        pytest.param(RecentQuery(created_only=True), {"ns:p", "ns:deep:a.pdf"}, id="only what is new"),
    ],
)
def test_the_list_keeps_to_what_was_asked(session: Session, blobs: Blobs, asked: RecentQuery, names: set[str]) -> None:
    save(session, "ns:p", "one")
    first = save(session, "p", "one")
    save(session, "p", "two", base=first.revision, minor=True, now=NOW + 1)
    put(session, blobs, "ns:deep:a.pdf", NOW)
    put(session, blobs, "gone.pdf", NOW)
    delete_media(session, "gone.pdf", viewer=ALICE, now=NOW + 1)

    assert {change.name for change in recent(session, asked, viewer=EVE).items} == names
