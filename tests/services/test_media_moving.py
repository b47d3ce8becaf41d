"""A file gets another name: rights, history, old addresses, the pages that follow, races."""

from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.domain.access import Rule
from app.domain.errors import AccessDenied, BadPageName, NameTaken, NoRoomHere, NotFound, TypeNotTaken, WikiError
from app.domain.file_errors import AnotherType, NameWasUsed, NotRenamed, PagesChanging, TooWidelyUsed
from app.domain.markups import Markup
from app.domain.viewer import Viewer
from app.domain.wiki_settings import WikiSettings
from app.domain.wiki_tables import file_types
from app.services import graph, media_moving
from app.services.config import save_setting
from app.services.history import history
from app.services.media import delete_media, find_media, is_used
from app.services.media_checks import OTHER
from app.services.media_history import media_history
from app.services.media_list import FileQuery, file_spaces, list_media
from app.services.media_moving import Move, move_media, plan_move
from app.services.media_revisions import NewMedia, find_row, new_row, write_media
from app.services.pages import PageEdit, read_page, save_page
from app.services.state import hold, wiki_version
from app.store.database import session_factory, transaction
from app.store.links import Link
from app.store.media import Media, MediaRedirect, MediaSpace
from tests.conftest import ALICE, BOB, EVE, NOW, watched
from tests.services.test_rendering import show
from tests.services.test_rules import store_rules

LATER = NOW + 100


@pytest.fixture(autouse=True)
def _bob_may_delete(session: Session) -> None:
    store_rules(session, Rule("*", "@ALL", 1), Rule("*", "@user", 16))


def put(session: Session, *names: str, size: int = 10) -> None:
    """Rows as uploads leave them; nobody asks for the bytes here."""
    with transaction(session):
        for name in names:
            mime = file_types(WikiSettings()).get(name.rpartition(".")[2], OTHER).mime
            new = NewMedia(NOW, "create", "bob", "", "created", size, sha256(name.encode()).hexdigest(), size, mime)
            write_media(session, find_row(session, name) or new_row(session, name), new)


def save(session: Session, name: str, text: str, markup: Markup = "dokuwiki", viewer: Viewer = ALICE) -> None:
    page = read_page(session, name, viewer=viewer)
    base = page.revision.id if page.revision else None
    save_page(session, PageEdit(name, text, based_on=base, markup=markup), viewer=viewer, now=NOW)


def move(session: Session, name: str, to: str, *, viewer: Viewer = BOB, **more: Any) -> str:
    return move_media(session, Move(name, to, **more), viewer=viewer, now=LATER)


def text_of(session: Session, name: str) -> str:
    return read_page(session, name, viewer=ALICE).text


def names(session: Session, namespace: str = "") -> list[str]:
    return [file.name for file in list_media(session, FileQuery(namespace), viewer=EVE).items]


# ------------------------------------------------------------------ the file


def test_the_file_is_the_same_under_its_new_name(session: Session) -> None:
    put(session, "a:x.png")
    before, version = find_media(session, "a:x.png", viewer=EVE), wiki_version(session)

    assert move(session, "a:x.png", "B:Y.png", summary="a better name") == "b:y.png"

    after = find_media(session, "b:y.png", viewer=EVE)
    assert (after.media_id, after.sha256, after.width) == (before.media_id, before.sha256, before.width)
    assert (names(session, "a"), names(session, "b")) == ([], ["b:y.png"])
    assert [(one.name, one.files) for one in file_spaces(session, "", viewer=EVE)] == [("b", 1)]
    assert wiki_version(session) > version


def test_the_history_goes_with_it_and_tells_of_the_renaming(session: Session) -> None:
    put(session, "x.png")
    move(session, "x.png", "y.png", summary="a better name")

    first, second = media_history(session, "y.png", viewer=EVE).items
    assert (first.kind, first.summary, first.author) == ("minor", "file x.png renamed to y.png: a better name", "bob")
    assert (first.time, first.size_change, first.current) == (LATER, 0, True)
    assert (second.kind, second.time) == ("create", NOW)
    assert find_media(session, "y.png", viewer=EVE, rev=NOW).is_old
    with pytest.raises(NotFound):
        media_history(session, "x.png", viewer=EVE)


def test_old_names_lead_to_it_however_often_it_is_renamed(session: Session) -> None:
    put(session, "x.png")
    move(session, "x.png", "y.png")
    move(session, "y.png", "z.png")

    assert [find_media(session, name, viewer=EVE).name for name in ("x.png", "y.png", "z.png")] == ["z.png"] * 3


def test_renamed_back_it_is_where_it_was(session: Session) -> None:
    put(session, "x.png")
    save(session, "p", "{{x.png}}")
    move(session, "x.png", "y.png")
    move(session, "y.png", "x.png")

    assert find_media(session, "x.png", viewer=EVE).name == "x.png"
    assert set(session.execute(select(MediaRedirect.name)).scalars()) == {"y.png"}
    assert text_of(session, "p") == "{{x.png}}"


def test_a_new_file_of_the_old_name_takes_its_address(session: Session) -> None:
    put(session, "x.png")
    move(session, "x.png", "y.png")
    put(session, "x.png")

    assert find_media(session, "x.png", viewer=EVE).name == "x.png"
    assert session.execute(select(MediaRedirect)).first() is None


def test_a_file_of_several_names_gives_way_to_another_one_renamed_there(session: Session) -> None:
    put(session, "x.png", "z.png")
    move(session, "x.png", "y.png")
    move(session, "z.png", "x.png")

    assert find_media(session, "x.png", viewer=EVE).name == "x.png"
    assert set(session.execute(select(MediaRedirect.name)).scalars()) == {"z.png"}


@pytest.mark.parametrize(
    ("name", "to", "error"),
    [
        pytest.param("x.png", "x.png", NotRenamed, id="the same name"),
        pytest.param("x.png", "X.PNG", NotRenamed, id="the same name, spelled otherwise"),
        pytest.param("x.png", "taken.png", NameTaken, id="another file's"),
        pytest.param("x.png", "gone.png", NameWasUsed, id="that of a deleted file"),
        pytest.param("x.png", "***", BadPageName, id="no name"),
        pytest.param("x.png", "a" * 300 + ".png", BadPageName, id="too long"),
        pytest.param("x.png", "x.jpg", AnotherType, id="another type"),
        pytest.param("x.png", "x", TypeNotTaken, id="no type"),
        pytest.param("x.png", "x.php", TypeNotTaken, id="a type that is not taken"),
        pytest.param("x.exe", "x.png", AnotherType, id="a type where it had none"),
        pytest.param("nothing.png", "y.png", NotFound, id="no such file"),
        pytest.param("gone.png", "y.png", NotFound, id="a deleted file"),
    ],
)
def test_it_refuses_and_changes_nothing(session: Session, name: str, to: str, error: type[WikiError]) -> None:
    put(session, "x.png", "x.exe", "taken.png", "gone.png")
    delete_media(session, "gone.png", viewer=BOB, now=NOW)
    save(session, "p", "{{x.png}} {{gone.png}} {{nothing.png}}")
    version = wiki_version(session)

    with pytest.raises(error):
        move(session, name, to)

    assert wiki_version(session) == version
    assert sorted(names(session)) == ["taken.png", "x.exe", "x.png"]
    assert text_of(session, "p") == "{{x.png}} {{gone.png}} {{nothing.png}}"


@pytest.mark.parametrize(("name", "to"), [("x.jpg", "x.jpeg"), ("x.exe", "y.exe")])
def test_an_ending_that_means_the_same_is_taken(session: Session, name: str, to: str) -> None:
    put(session, name)
    assert move(session, name, to) == to


def test_the_room_of_a_namespace_counts_what_moves_there(session: Session) -> None:
    save_setting(session, "mediaspacequota", 1, by=ALICE, now=NOW)
    put(session, "a:x.pdf", "b:y.pdf", size=700_000)

    with pytest.raises(NoRoomHere):
        move(session, "a:x.pdf", "b:x.pdf")
    assert move(session, "a:x.pdf", "a:z.pdf") == "a:z.pdf"
    assert move(session, "a:z.pdf", "c:z.pdf") == "c:z.pdf"


# ------------------------------------------------------------------ the pages


def test_all_pages_follow(session: Session) -> None:
    put(session, "a:x.png", "a:other.png")
    save(session, "a:p", "A {{x.png?100|t}} [[b|{{.:x.png}}]] <code>{{x.png}}</code> {{other.png}}")
    save(session, "q", "^ {{a:x.png}} ^\n> {{:a:x.png}} ((n {{a:x.png}}))")
    save(session, "a:m", '![t](x.png "h") ![r]\n\n[r]: /a/x.png', "markdown")
    save(session, "a:none", "{{other.png}}")

    move(session, "a:x.png", "b:y.png")

    assert text_of(session, "a:p") == "A {{:b:y.png?100|t}} [[b|{{:b:y.png}}]] <code>{{x.png}}</code> {{other.png}}"
    assert text_of(session, "q") == "^ {{b:y.png}} ^\n> {{:b:y.png}} ((n {{b:y.png}}))"
    assert text_of(session, "a:m") == '![t](:b:y.png "h") ![r]\n\n[r]: /b/y.png'
    assert len(history(session, "a:none", viewer=EVE).items) == 1
    assert not is_used(session, "a:x.png")


def test_the_pages_say_who_did_it_and_why(session: Session) -> None:
    put(session, "x.png")
    save(session, "p", "{{x.png}}")
    move(session, "x.png", "y.png", summary="not told here")

    newest = history(session, "p", viewer=EVE).items[0]
    assert (newest.kind, newest.summary) == ("minor", "file x.png renamed to y.png")
    assert (newest.author, newest.address, newest.time, newest.size_change) == ("bob", BOB.address, LATER, 0)


def test_kept_bodies_show_the_new_name_at_once(session: Session) -> None:
    put(session, "x.png")
    save(session, "old", "{{x.png}}")
    save(session, "new", "{{y.png}}")  # names it before it is there
    assert "wikilink2" in show(session, "new").html

    move(session, "x.png", "y.png")

    for page in ("old", "new"):
        html = show(session, page).html
        assert "y.png" in html
        assert "wikilink2" not in html


def test_pages_of_others_follow_without_being_told_of(session: Session) -> None:
    put(session, "x.png")
    save(session, "secret:p", "{{:x.png}}")
    save(session, "open", "{{x.png}}")
    store_rules(session, Rule("*", "@ALL", 1), Rule("*", "@user", 16), Rule("secret:*", "@ALL", 0))

    plan = plan_move(session, "x.png", viewer=BOB)
    move(session, "x.png", "y.png")

    assert [page.name for page in plan.pages.items] == ["open"]
    assert not plan.pages.more
    assert text_of(session, "secret:p") == "{{:y.png}}"


def test_a_deleted_page_stays_as_it_was(session: Session) -> None:
    put(session, "x.png")
    save(session, "p", "{{x.png}}")
    save(session, "p", "")

    move(session, "x.png", "y.png")

    assert len(history(session, "p", viewer=EVE).items) == 2


@pytest.mark.parametrize(("limit", "value"), [("MOST_PAGES", 2), ("MOST_TEXT", 20)])
def test_too_many_pages_are_refused_before_anything_changes(
    session: Session, monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    put(session, "x.png")
    for name in ("a", "b", "c"):
        save(session, name, "{{:x.png}}")
    monkeypatch.setattr(media_moving, limit, value)

    with pytest.raises(TooWidelyUsed):
        move(session, "x.png", "y.png")
    assert names(session) == ["x.png"]


def test_many_pages_cost_as_many_statements_as_a_few(session: Session, engine: Engine) -> None:
    sent = []
    for number in (2, 20):
        put(session, f"{number}.png")
        for page in range(number):
            save(session, f"p{number}:{page}", f"number {page} {{{{:{number}.png}}}}")
        with watched(engine) as statements:
            move(session, f"{number}.png", f"new{number}.png")
        sent.append(statements.count)

    assert text_of(session, "p20:19") == "number 19 {{:new20.png}}"
    assert sent[1] == sent[0]


# ------------------------------------------------------------------ what goes with a film


FILM = ("a:f.mp4", "a:f.webm", "a:f.jpg", "a:f.sub.fr.vtt", "a:f.cap.en.vtt")


def test_a_film_takes_along_what_belongs_to_it(session: Session) -> None:
    put(session, *FILM, "a:f.pdf", "a:f.x.vtt", "a:ff.jpg")
    save(session, "a:p", "{{f.mp4}} {{f.jpg}} {{f.pdf}}")

    assert plan_move(session, "a:f.mp4", viewer=BOB).kin == tuple(sorted(FILM[1:]))
    move(session, "a:f.mp4", "b:g.mp4", with_kin=True)

    assert sorted(names(session, "b")) == sorted(name.replace("a:f", "b:g") for name in FILM)
    assert sorted(names(session, "a")) == ["a:f.pdf", "a:f.x.vtt", "a:ff.jpg"]
    assert text_of(session, "a:p") == "{{:b:g.mp4}} {{:b:g.jpg}} {{f.pdf}}"
    assert 'poster="/_media/b:g.jpg' in show(session, "a:p").html


def test_a_film_may_go_alone(session: Session) -> None:
    put(session, *FILM)
    move(session, "a:f.mp4", "b:g.mp4")
    assert names(session, "b") == ["b:g.mp4"]


def test_nothing_moves_where_one_of_them_cannot(session: Session) -> None:
    put(session, *FILM, "b:g.jpg")
    with pytest.raises(NameTaken, match=r"b:g\.jpg"):
        move(session, "a:f.mp4", "b:g.mp4", with_kin=True)
    assert len(names(session, "a")) == len(FILM)


# ------------------------------------------------------------------ rights


@pytest.mark.parametrize(
    ("rules", "viewer", "error"),
    [
        pytest.param([Rule("*", "@user", 8)], BOB, AccessDenied, id="may upload, but not delete where it is"),
        pytest.param([Rule("b:*", "@user", 4)], BOB, AccessDenied, id="may not upload where it shall be"),
        pytest.param([Rule("b:*", "@user", 0)], BOB, NotFound, id="may not read where it shall be"),
        pytest.param([Rule("a:*", "@user", 0)], BOB, NotFound, id="may not read where it is"),
        pytest.param([Rule("b:*", "@ALL", 16)], EVE, AccessDenied, id="may everything where it shall be alone"),
    ],
)
def test_both_places_are_asked(session: Session, rules: list[Rule], viewer: Viewer, error: type[WikiError]) -> None:
    put(session, "a:x.png")
    store_rules(session, Rule("*", "@ALL", 1), *([] if rules[0].scope == "*" else [Rule("*", "@user", 16)]), *rules)

    with pytest.raises(error):
        move(session, "a:x.png", "b:x.png", viewer=viewer)
    assert find_media(session, "a:x.png", viewer=ALICE).name == "a:x.png"


def test_moved_into_a_closed_place_it_cannot_be_found_by_its_old_name(session: Session) -> None:
    put(session, "x.png")
    move(session, "x.png", "secret:hidden.png")
    store_rules(session, Rule("*", "@ALL", 1), Rule("*", "@user", 16), Rule("secret:*", "@ALL", 0))

    with pytest.raises(NotFound) as told:
        find_media(session, "x.png", viewer=EVE)
    assert "hidden" not in str(told.value)


def test_a_moved_file_has_the_rights_of_its_new_place(session: Session) -> None:
    closed = (Rule("closed:*", "@ALL", 0), Rule("closed:*", "@user", 16))
    store_rules(session, Rule("*", "@ALL", 1), Rule("*", "@user", 16), *closed)
    put(session, "x.png")
    move(session, "x.png", "closed:x.png")

    assert list_media(session, FileQuery("closed"), viewer=EVE).items == ()
    assert len(list_media(session, FileQuery("closed"), viewer=BOB).items) == 1
    counted = session.execute(select(MediaSpace.namespace, MediaSpace.files)).all()
    assert counted == [("closed", 1)]


@pytest.mark.parametrize("viewer", [EVE, Viewer(login="carol", groups=frozenset({"user"}))])
def test_a_plan_is_for_those_who_may_rename(session: Session, viewer: Viewer) -> None:
    put(session, "x.png")
    store_rules(session, Rule("*", "@ALL", 1), Rule("*", "@user", 8))
    with pytest.raises(AccessDenied):
        plan_move(session, "x.png", viewer=viewer)


# ------------------------------------------------------------------ races


def _meanwhile(monkeypatch: pytest.MonkeyPatch, engine: Engine, edits: list[str]) -> None:
    """Somebody saves the page ``p`` each time the wiki is about to be locked, as long as there are ``edits``."""

    def hold_late(session: Session) -> None:
        if edits:
            text = edits.pop(0)
            session.rollback()
            with session_factory(engine)() as other:
                save(other, "p", text)
        hold(session)

    monkeypatch.setattr("app.services.media_moving.hold", hold_late)


def test_an_edit_meanwhile_is_kept_and_follows(
    session: Session, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(session, "x.png")
    save(session, "p", "{{x.png}}")
    save(session, "q", "{{x.png}}")
    _meanwhile(monkeypatch, engine, ["edited {{x.png}} {{x.png}}"])

    move(session, "x.png", "y.png")

    assert text_of(session, "p") == "edited {{y.png}} {{y.png}}"
    assert text_of(session, "q") == "{{y.png}}"


def test_a_page_that_is_edited_again_and_again_stops_it_whole(
    session: Session, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(session, "x.png")
    save(session, "p", "{{x.png}}")
    save(session, "q", "{{x.png}}")
    _meanwhile(monkeypatch, engine, [f"{{{{x.png}}}} {number}" for number in range(9)])

    with pytest.raises(PagesChanging):
        move(session, "x.png", "y.png")

    assert names(session) == ["x.png"]
    assert (text_of(session, "p"), text_of(session, "q")) == ("{{x.png}} 2", "{{x.png}}")


def test_a_failure_half_way_leaves_nothing(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    put(session, "x.png")
    for name in ("p", "q"):
        save(session, name, "{{x.png}}")

    def fail(*_given: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(graph, "replace_rows", fail)  # revisions are there, links are not
    with pytest.raises(RuntimeError):
        move(session, "x.png", "y.png")

    assert names(session) == ["x.png"]
    assert [text_of(session, name) for name in ("p", "q")] == ["{{x.png}}"] * 2
    assert session.execute(select(MediaRedirect)).first() is None
    assert set(session.execute(select(Link.target)).scalars()) == {"x.png"}
    assert session.execute(select(Media.name)).scalars().all() == ["x.png"]
