"""Files found by place, kind and name, in every order; the tree they lie in; what is left of the room."""

from io import BytesIO

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from app.domain.access import Rule
from app.services.config import save_settings
from app.services.media import Upload, put_media
from app.services.media_list import FileQuery, Order, list_media, mark
from app.services.media_tree import FileNode, file_tree
from app.services.pages import PageEdit, save_page
from app.services.quotas import MIB, room_left
from app.services.rules import RuleChange, change_rules
from app.store.blobs import Blobs
from tests.conftest import ALICE, BOB, EVE, NOW, watched
from tests.services.test_media import picture

FILES = {  # name to when it came and how many bytes it has
    "a:leaf10.pdf": (NOW + 1, 30),
    "a:leaf9.pdf": (NOW + 2, 10),
    "a:b:deep.zip": (NOW + 3, 20),
    "a:1x0_sure.pdf": (NOW + 4, 20),
    "a:song.mp3": (NOW + 5, 20),
    "a:film.webm": (NOW + 6, 20),
    "top.pdf": (NOW + 7, 5),
}
STARTS = {"pdf": b"%PDF-", "zip": b"PK\x03\x04", "mp3": b"ID3", "webm": b"\x1a\x45\xdf\xa3webm"}

HEADS = {"pdf": b"%PDF-", "zip": b"PK\x03\x04", "mp3": b"ID3", "webm": b"\x1a\x45\xdf\xa3webm"}


def put(session: Session, blobs: Blobs, name: str, body: bytes, now: int = NOW) -> None:
    put_media(session, blobs, Upload(name, BytesIO(body), any_type=True), viewer=ALICE, now=now)


@pytest.fixture
def furnished(session: Session, blobs: Blobs) -> Session:
    for name, (when, size) in FILES.items():
        start = STARTS[name.rpartition(".")[2]]
        put(session, blobs, name, (start + name.encode()).ljust(size, b"x")[:size], when)
    return session


def names(session: Session, asked: FileQuery) -> list[str]:
    """All that is found, read in stretches of two."""
    found: list[str] = []
    after: str | None = None
    while True:
        stretch = list_media(session, asked, viewer=EVE, after=after, limit=2)
        found += [file.name for file in stretch.items]
        if not stretch.more:
            return found
        after = mark(stretch.items[-1], asked.order)


@pytest.mark.parametrize(
    ("order", "first", "last"),
    [
        pytest.param("name", "a:1x0_sure.pdf", "a:song.mp3", id="names in natural order"),
        pytest.param("date", "a:film.webm", "a:leaf10.pdf", id="the newest first"),
        pytest.param("size", "a:leaf10.pdf", "a:leaf9.pdf", id="the largest first"),
    ],
)
def test_every_order_is_whole_in_stretches_and_can_be_turned(
    furnished: Session, order: Order, first: str, last: str
) -> None:
    forwards = names(furnished, FileQuery("a", order))
    backwards = names(furnished, FileQuery("a", order, backwards=True))

    assert (forwards[0], forwards[-1]) == (first, last)
    assert forwards == backwards[::-1]
    assert sorted(forwards) == sorted(name for name in FILES if name.startswith("a:") and name != "a:b:deep.zip")


@pytest.mark.parametrize(
    ("search", "found"),
    [
        pytest.param("leaf", ["a:leaf9.pdf", "a:leaf10.pdf"], id="a part of the name"),
        pytest.param("LEAF1", ["a:leaf10.pdf"], id="in any case"),
        pytest.param("b:d", ["a:b:deep.zip"], id="of the whole name, further down, too"),
        pytest.param("*.pdf", ["a:1x0_sure.pdf", "a:leaf9.pdf", "a:leaf10.pdf"], id="a pattern"),
        pytest.param("leaf?.pdf", ["a:leaf9.pdf"], id="one sign"),
        pytest.param("eaf*", [], id="a pattern fits whole names only"),
        pytest.param("_", ["a:1x0_sure.pdf"], id="an underscore is no wildcard"),
        pytest.param("1_0*", [], id="nor is it in a pattern"),
        pytest.param("%", [], id="nor is a percent sign"),
        pytest.param("*%*", [], id="a percent sign in a pattern stands for itself"),
        pytest.param("top", [], id="what lies elsewhere is not found"),
    ],
)
def test_a_search_finds_names_below_the_namespace(furnished: Session, search: str, found: list[str]) -> None:
    assert names(furnished, FileQuery("a", search=search)) == found


@pytest.mark.parametrize(
    ("shown", "found"),
    [("sound", ["a:song.mp3"]), ("film", ["a:film.webm"]), ("picture", ["a:p.png"])],
)
def test_one_kind_is_shown_alone(furnished: Session, blobs: Blobs, shown: str, found: list[str]) -> None:
    put(furnished, blobs, "a:p.png", picture())

    assert names(furnished, FileQuery("a", shown=shown)) == found  # type: ignore[arg-type]  # one of three words
    assert not {"a:song.mp3", "a:film.webm", "a:p.png"} & set(names(furnished, FileQuery("a", shown="other")))


@pytest.mark.parametrize("after", ["", "-", "x-y", "-1--1", "9" * 40 + "-1", "1" * 15 + "-" + "9" * 15, "☃"])
@pytest.mark.parametrize("order", ["name", "date", "size"])
def test_a_place_that_nobody_was_given_breaks_nothing(furnished: Session, order: Order, after: str) -> None:
    list_media(furnished, FileQuery("a", order), viewer=EVE, after=after)


# ------------------------------------------------------------------ the tree


def shape(node: FileNode) -> object:
    return {f"{child.name} {child.files}": shape(child) for child in node.nodes}


def test_the_tree_opens_down_to_a_namespace(furnished: Session) -> None:
    assert shape(file_tree(furnished, "", viewer=EVE)) == {"a 6": {}}
    assert shape(file_tree(furnished, "a", viewer=EVE)) == {"a 6": {"a:b 1": {}}}


def test_namespaces_of_pages_are_offered_to_whoever_may_upload(furnished: Session) -> None:
    save_page(furnished, PageEdit("p:q:page", "text"), viewer=BOB, now=NOW)

    assert shape(file_tree(furnished, "p", viewer=BOB)) == {"a 6": {}, "p 0": {"p:q 0": {}}}
    assert shape(file_tree(furnished, "", viewer=EVE)) == {"a 6": {}}


def test_the_namespace_at_hand_is_always_there(furnished: Session) -> None:
    assert shape(file_tree(furnished, "no:where", viewer=EVE)) == {"a 6": {}, "no 0": {"no:where 0": {}}}


def test_a_closed_namespace_is_drawn_as_one_that_nobody_used(furnished: Session, blobs: Blobs) -> None:
    put(furnished, blobs, "shut:secret:x.pdf", b"x")
    save_page(furnished, PageEdit("shut:secret:page", "text"), viewer=BOB, now=NOW)
    change_rules(furnished, RuleChange(add=[Rule("shut:*", "@ALL", 0), Rule("shut:*", "@user", 0)]), by=ALICE, now=NOW)

    for viewer in (BOB, EVE):
        assert shape(file_tree(furnished, "shut", viewer=viewer)) == {"a 6": {}, "shut 0": {}}
        assert "shut" not in str(shape(file_tree(furnished, "", viewer=viewer)))


def test_the_number_of_files_changes_no_number_of_queries(session: Session, blobs: Blobs, engine: Engine) -> None:
    def asked() -> int:
        with watched(engine) as statements:
            list_media(session, FileQuery("a"), viewer=BOB, limit=60)
            file_tree(session, "a", viewer=BOB)
            session.rollback()
        return statements.count

    put(session, blobs, "a:0.pdf", b"0")
    asked()
    few = asked()
    for number in range(1, 20):
        put(session, blobs, f"a:s{number}:x.pdf", b"x")
        put(session, blobs, f"a:{number}.pdf", b"x")
    asked()

    assert asked() == few


# ------------------------------------------------------------------ room


def test_the_room_left_is_the_least_of_all_limits(session: Session, blobs: Blobs) -> None:
    assert room_left(session, "a", viewer=ALICE) is None
    put(session, blobs, "a:x.pdf", b"x" * MIB)
    save_settings(session, {"mediaquota": 3, "mediaspacequota": 2}, by=ALICE, now=NOW)

    assert room_left(session, "a", viewer=ALICE) == MIB
    assert room_left(session, "b", viewer=ALICE) == 2 * MIB
    assert room_left(session, "b", viewer=BOB) == 2 * MIB
    save_settings(session, {"mediaquota": 1}, by=ALICE, now=NOW)
    assert room_left(session, "b", viewer=ALICE) == 0
