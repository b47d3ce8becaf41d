"""What a file was, who changed it, and making it again what it was."""

from collections.abc import Callable
from io import BytesIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.access import Rule
from app.domain.errors import AccessDenied, FileInUse, NameTaken, NoSuchRevision, NotFound, WikiError
from app.domain.viewer import Viewer
from app.services.media import Upload, delete_media, find_media, put_media, revert_media
from app.services.media_history import compare_media, media_history
from app.services.pages import PageEdit, save_page
from app.services.rules import RuleChange, change_rules
from app.services.state import wiki_version
from app.store.blobs import Blobs
from app.store.media import Media, MediaRedirect, MediaSpace
from tests.conftest import ALICE, BOB, EVE, NOW

FIRST, SECOND, THIRD = b"%PDF-1.4 one", b"%PDF-1.4 second", b"%PDF-1.4 the third"
NAME = "ns:a.pdf"


def put(session: Session, blobs: Blobs, body: bytes, at: int, **more: object) -> None:
    upload = Upload(str(more.get("name", NAME)), BytesIO(body), summary=str(more.get("summary", "")))
    put_media(session, blobs, upload, viewer=BOB, now=at)


def close(session: Session, *rules: Rule) -> None:
    change_rules(session, RuleChange(add=rules), by=ALICE, now=NOW)


@pytest.fixture
def written(session: Session, blobs: Blobs) -> None:
    put(session, blobs, FIRST, NOW)
    put(session, blobs, SECOND, NOW + 10, summary="better")


def kinds(session: Session) -> list[tuple[str, str, int | None]]:
    changes = media_history(session, NAME, viewer=EVE)
    return [(change.kind, change.summary, change.size_change) for change in changes.items]


@pytest.mark.usefixtures("written")
def test_each_upload_is_a_revision_newest_first(session: Session) -> None:
    assert kinds(session) == [("edit", "better", 3), ("create", "created", 12)]
    newest, oldest = media_history(session, NAME, viewer=EVE).items
    assert (newest.current, oldest.current) == (True, False)
    assert (newest.author, newest.address, newest.mime, newest.size) == ("bob", "192.0.2.2", "application/pdf", 15)


@pytest.mark.usefixtures("written")
def test_an_old_version_is_found_by_its_time(session: Session, blobs: Blobs) -> None:
    old = find_media(session, NAME, viewer=EVE, rev=NOW)

    assert b"".join(blobs.read(old.sha256)) == FIRST
    assert (old.is_old, find_media(session, NAME, viewer=EVE).is_old) == (True, False)
    with pytest.raises(NoSuchRevision):
        find_media(session, NAME, viewer=EVE, rev=NOW + 5)


@pytest.mark.usefixtures("written")
def test_reverting_brings_the_old_bytes_back_as_a_change(session: Session, blobs: Blobs) -> None:
    found = revert_media(session, NAME, NOW, viewer=BOB, now=NOW + 20)

    assert b"".join(blobs.read(found.sha256)) == FIRST
    assert kinds(session)[0] == ("revert", "old revision restored (2025/06/15 15:06)", -3)


@pytest.mark.usefixtures("written")
def test_reverting_to_what_it_is_changes_nothing(session: Session) -> None:
    before = wiki_version(session)

    revert_media(session, NAME, NOW + 10, viewer=BOB, now=NOW + 20)

    assert len(kinds(session)) == 2
    assert wiki_version(session) == before


@pytest.mark.usefixtures("written")
def test_a_deleted_file_keeps_its_history_and_comes_back(session: Session, blobs: Blobs) -> None:
    delete_media(session, NAME, viewer=ALICE, now=NOW + 20)

    assert kinds(session)[0] == ("delete", "removed", -15)
    with pytest.raises(NotFound):
        find_media(session, NAME, viewer=EVE)
    with pytest.raises(NoSuchRevision):
        find_media(session, NAME, viewer=EVE, rev=NOW + 20)
    assert find_media(session, NAME, viewer=EVE, rev=NOW + 10).size == 15

    revert_media(session, NAME, NOW + 10, viewer=BOB, now=NOW + 30)

    assert b"".join(blobs.read(find_media(session, NAME, viewer=EVE).sha256)) == SECOND
    assert kinds(session)[0][0] == "revert"


@pytest.mark.usefixtures("written")
def test_uploading_anew_what_was_deleted_creates_it_again(session: Session, blobs: Blobs) -> None:
    delete_media(session, NAME, viewer=ALICE, now=NOW + 20)
    put(session, blobs, SECOND, NOW + 30)

    assert kinds(session)[0] == ("create", "created", 15)


@pytest.mark.usefixtures("written")
def test_time_never_runs_backwards(session: Session, blobs: Blobs) -> None:
    put(session, blobs, THIRD, NOW - 1000)

    newest = media_history(session, NAME, viewer=EVE).items[0]
    assert (newest.time, newest.seq, newest.size) == (NOW + 10, 1, len(THIRD))


@pytest.mark.usefixtures("written")
def test_history_is_read_in_stretches(session: Session, blobs: Blobs) -> None:
    put(session, blobs, THIRD, NOW + 10)  # in the same second
    first = media_history(session, NAME, viewer=EVE, limit=1)
    last = first.items[-1]
    rest = media_history(session, NAME, viewer=EVE, before=(last.time, last.seq))

    assert [change.size for change in (*first.items, *rest.items)] == [len(THIRD), len(SECOND), len(FIRST)]
    assert (first.more, rest.more) == (True, False)


@pytest.mark.parametrize(
    ("older", "newer", "sizes"),
    [
        pytest.param(None, None, (15, 18), id="the last change"),
        pytest.param(NOW, None, (12, 18), id="from an old one to now"),
        pytest.param(NOW + 20, NOW, (12, 18), id="in whatever order"),
        pytest.param(None, NOW, (None, 12), id="the first one, before which it was not"),
    ],
)
@pytest.mark.usefixtures("written")
def test_versions_are_compared(
    session: Session, blobs: Blobs, older: int | None, newer: int | None, sizes: tuple[int | None, int]
) -> None:
    put(session, blobs, THIRD, NOW + 20)

    found = compare_media(session, NAME, older=older, newer=newer, viewer=EVE)

    assert (found.older.size if found.older else None, found.newer.size) == sizes


@pytest.mark.usefixtures("written")
def test_a_name_that_was_there_may_be_kept_from_giving_way(session: Session, blobs: Blobs) -> None:
    upload = Upload(NAME, BytesIO(THIRD), replace=False)

    with pytest.raises(NameTaken):
        put_media(session, blobs, upload, viewer=BOB, now=NOW + 20)
    assert len(kinds(session)) == 2

    delete_media(session, NAME, viewer=ALICE, now=NOW + 20)
    put_media(session, blobs, upload, viewer=BOB, now=NOW + 30)
    assert kinds(session)[0][0] == "create"


@pytest.mark.usefixtures("written")
def test_a_name_that_was_moved_away_leads_on(session: Session) -> None:
    file = session.execute(select(Media)).scalar_one()
    session.add(MediaRedirect(name="old:name.pdf", media_id=file.id))
    session.commit()

    assert find_media(session, "old:name.pdf", viewer=EVE).name == NAME
    assert find_media(session, "old:name.pdf", viewer=EVE, rev=NOW).size == len(FIRST)


def test_whoever_may_not_see_the_target_of_a_move_learns_nothing(session: Session, blobs: Blobs) -> None:
    put(session, blobs, FIRST, NOW)
    session.add(MediaRedirect(name="old.pdf", media_id=session.execute(select(Media.id)).scalar_one()))
    session.commit()
    close(session, Rule("ns:*", "@ALL", 0))

    with pytest.raises(NotFound) as refused:
        find_media(session, "old.pdf", viewer=EVE)
    assert "ns" not in str(refused.value)


ACTS: dict[str, Callable[[Session, Viewer], object]] = {
    "reading": lambda s, v: find_media(s, NAME, viewer=v),
    "reading an old version": lambda s, v: find_media(s, NAME, viewer=v, rev=NOW),
    "its history": lambda s, v: media_history(s, NAME, viewer=v),
    "comparing": lambda s, v: compare_media(s, NAME, viewer=v),
    "reverting": lambda s, v: revert_media(s, NAME, NOW, viewer=v, now=NOW + 9),
    "deleting": lambda s, v: delete_media(s, NAME, viewer=v, now=NOW + 9),
}


@pytest.mark.parametrize(
    ("act", "viewer", "error"),
    [
        *(pytest.param(act, EVE, NotFound, id=f"{act}, who may not see it") for act in ACTS),
        *(pytest.param(act, BOB, AccessDenied, id=f"{act}, who may only read") for act in ("reverting", "deleting")),
    ],
)
@pytest.mark.usefixtures("written")
def test_each_act_takes_its_right(session: Session, act: str, viewer: Viewer, error: type[WikiError]) -> None:
    close(session, Rule("ns:*", "@ALL", 0), Rule("ns:*", "@user", 1))

    with pytest.raises(error):
        ACTS[act](session, viewer)


@pytest.mark.usefixtures("written")
def test_pages_that_nobody_may_read_guard_a_file_without_being_named(session: Session) -> None:
    save_page(session, PageEdit("shut:p", "{{ns:a.pdf}}"), viewer=ALICE, now=NOW)
    close(session, Rule("ns:*", "@user", 16), Rule("shut:*", "@ALL", 0), Rule("shut:*", "@user", 0))

    with pytest.raises(FileInUse) as refused:
        delete_media(session, NAME, viewer=BOB, now=NOW + 20)

    assert "shut" not in str(refused.value)


def test_namespaces_count_their_files(session: Session, blobs: Blobs) -> None:
    for name in ("a:b:one.pdf", "a:two.pdf", "three.pdf"):
        put(session, blobs, FIRST, NOW, name=name)
    delete_media(session, "a:two.pdf", viewer=ALICE, now=NOW)

    rows = session.execute(select(MediaSpace.namespace, MediaSpace.parent, MediaSpace.files)).all()

    assert sorted(tuple(row) for row in rows) == [("a", "", 1), ("a:b", "a", 1)]
