"""Kept bodies are never stale, and exactly those that became wrong are made anew."""

import random
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.domain.access import Rule
from app.domain.viewer import Viewer
from app.domain.wiki_settings import WikiSettings
from app.services.config import save_setting
from app.services.pages import PageEdit, delete_page, read_page, save_page
from app.services.rendering import MOST_BODIES, Body, body, preview
from app.services.rules import RuleChange, change_rules
from app.services.state import hold, wiki_version
from app.store.database import open_engine, session_factory, transaction
from app.store.links import Rendered
from app.store.pages import Page
from tests.conftest import ALICE, BOB, EVE, NOW, watched

SECRET = b"for tests"
SETTINGS = WikiSettings()


def save(session: Session, name: str, text: str) -> None:
    revision = read_page(session, name, viewer=BOB).revision
    save_page(session, PageEdit(name, text, based_on=revision.id if revision else None), viewer=BOB, now=NOW)


def show(session: Session, name: str, viewer: Viewer = EVE, settings: WikiSettings = SETTINGS) -> Body:
    return body(
        session, read_page(session, name, viewer=viewer), viewer=viewer, wiki_settings=settings, secret=SECRET, now=NOW
    )


def kept(session: Session) -> set[str]:
    session.rollback()
    return set(session.execute(select(Page.name).join(Rendered, Rendered.page_id == Page.id)).scalars())


def test_a_body_is_made_once_and_then_read(session: Session, engine: Engine) -> None:
    save(session, "a", "====== A ======\n[[b]]")
    first = show(session, "a")

    session.rollback()
    with watched(engine) as statements:
        again = show(session, "a")

    assert again == first
    assert statements.count <= 4
    assert kept(session) == {"a"}


def test_keeping_a_body_does_not_raise_the_version(session: Session) -> None:
    save(session, "a", "[[b]]")
    version = wiki_version(session)

    show(session, "a")

    assert wiki_version(session) == version


@pytest.mark.parametrize(
    ("text", "act", "remade"),
    [
        pytest.param("[[b]]", ("save", "b", "now there"), True, id="a page it links to appears"),
        pytest.param("[[there]]", ("delete", "there", ""), True, id="a page it links to vanishes"),
        pytest.param(
            "[[there]]", ("save", "there", "====== New title ======"), True, id="a page it links to has another title"
        ),
        pytest.param(
            "[[there]]",
            ("save", "there", "====== Title ======\nother words"),
            False,
            id="a page it links to has other words",
        ),
        pytest.param("[[b]]", ("save", "c", "now there"), False, id="a page it does not link to appears"),
        pytest.param(
            "[[space:]]", ("save", "space:start", "x"), True, id="the start of a namespace it links to appears"
        ),
        pytest.param("[[space:]]", ("save", "space", "x"), True, id="what stands for the namespace appears"),
        pytest.param(
            "[[user>ann]]", ("save", "user:ann", "x"), True, id="the target of an interwiki link into this wiki appears"
        ),
        pytest.param("no links", ("save", "b", "now there"), False, id="it links to nothing"),
    ],
)
def test_exactly_what_asked_is_made_anew(session: Session, text: str, act: tuple[str, str, str], remade: bool) -> None:
    save(session, "there", "====== Title ======")
    save(session, "a", text)
    show(session, "a")

    what, name, words = act
    if what == "save":
        save(session, name, words)
    else:
        delete_page(session, name, viewer=BOB, now=NOW)

    assert ("a" not in kept(session)) is remade


def test_links_turn_at_once_on_every_page_that_has_them(session: Session) -> None:
    for number in range(5):
        save(session, f"p{number}", "see [[new]]")
        assert 'class="wikilink2"' in show(session, f"p{number}").html

    save(session, "new", "here I am")

    assert all('class="wikilink1"' in show(session, f"p{number}").html for number in range(5))


def test_a_setting_that_changes_rendering_makes_bodies_anew(session: Session) -> None:
    save(session, "a", '"quoted"')
    assert "“quoted”" in show(session, "a").html

    assert "&quot;quoted&quot;" in show(session, "a", settings=WikiSettings(typography=0)).html
    save_setting(session, "typography", 0, by=ALICE, now=NOW)

    assert "“quoted”" in show(session, "a").html  # what is asked for decides, not what was kept last


def test_what_a_body_asked_under_other_settings_is_remembered(session: Session) -> None:
    save(session, "a", "[[space:]]")
    other = WikiSettings(start="home")
    assert "wikilink2" in show(session, "a", settings=other).html

    save(session, "space:home", "here I am")

    assert "wikilink1" in show(session, "a", settings=other).html


def test_a_reader_gets_the_page_while_somebody_writes(session: Session, engine: Engine) -> None:
    save(session, "a", "words")

    with session_factory(engine)() as writer, transaction(writer):
        hold(writer)
        assert "words" in show(session, "a").html
        assert kept(session) == set()

    show(session, "a")
    assert kept(session) == {"a"}


def test_a_reader_of_a_read_only_database_gets_the_page(sqlite_url: str, tmp_path: Path) -> None:
    engine = open_engine(sqlite_url)
    with session_factory(engine)() as session:
        save(session, "a", "words")
    engine.dispose()
    engine = open_engine(f"sqlite:///file:{tmp_path / 'wiki.db'}?mode=ro&uri=true")

    with session_factory(engine)() as session:
        assert "words" in show(session, "a").html
        assert kept(session) == set()
    engine.dispose()


def test_random_changes_never_leave_a_stale_body(session: Session) -> None:
    dice = random.Random(20)
    names = [f"s{number % 3}:p{number}" for number in range(9)] + ["s0:start", "s1", "s2:s2"]
    for _ in range(200):
        name = dice.choice(names)
        if dice.random() < 0.25 and read_page(session, name, viewer=BOB).exists:
            delete_page(session, name, viewer=BOB, now=NOW)
        else:
            links = " ".join(f"[[{target}]]" for target in dice.sample([*names, "s0:", "s1:", "s2:"], 4))
            heading = f"====== {dice.choice('ABC')} ======" if dice.random() < 0.5 else ""
            save(session, name, f"{heading}\n{links} {{{{backlinks>.}}}} {dice.random()}")
        settings = WikiSettings(useheading="1")
        for shown in dice.sample(names, 3):
            page = read_page(session, shown, viewer=EVE)
            if page.exists:
                fresh = preview(
                    session,
                    shown,
                    page.text,
                    markup=page.markup,
                    viewer=EVE,
                    wiki_settings=settings,
                    secret=SECRET,
                    now=NOW,
                )
                assert show(session, shown, settings=settings) == fresh


def test_an_old_revision_is_shown_and_not_kept(session: Session) -> None:
    save(session, "a", "first")
    save(session, "a", "second")
    page = read_page(session, "a", viewer=EVE)
    assert page.revision is not None

    save_page(session, PageEdit("a", "third", based_on=page.revision.id), viewer=BOB, now=NOW + 9)
    old = read_page(session, "a", viewer=EVE, rev=NOW)

    assert "second" in body(session, old, viewer=EVE, wiki_settings=SETTINGS, secret=SECRET, now=NOW).html
    assert kept(session) == set()


def test_backlinks_in_a_body_are_of_this_moment(session: Session) -> None:
    save(session, "hub", "{{backlinks>.}}")
    assert "Nothing was found" in show(session, "hub").html

    save(session, "ns:a", "====== Page A ======\n[[:hub]]")

    assert ">Page A</a>" in show(session, "hub").html


def test_a_list_named_again_and_again_is_asked_for_once(session: Session, engine: Engine) -> None:
    save(session, "hub", "{{backlinks>.}} " * 50)
    save(session, "a", "[[hub]]")
    show(session, "hub")

    with watched(engine) as statements:
        html = show(session, "hub").html

    assert html.count('href="/a"') == 50
    assert statements.count <= 5


def test_a_body_of_nothing_but_lists_comes_to_an_end(
    session: Session, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a page of 2 MB could ask a hundred thousand questions, or write the longest list as often."""
    monkeypatch.setattr("app.services.live.MOST_LISTED", 400)
    for number in range(20):
        save(session, f"p{number}", "[[hub]]")
    save(session, "hub", "{{backlinks>.}} " * 50)
    save(session, "many", "".join(f"{{{{backlinks>x{number}}}}} " for number in range(300)))
    show(session, "many")

    with watched(engine) as statements:
        show(session, "many")

    assert statements.count <= 105
    assert show(session, "hub").html.count('href="/p1"') == 400 // 21


def test_nothing_is_kept_of_a_page_that_asks_for_it(session: Session) -> None:
    save(session, "a", "~~NOCACHE~~ text")

    show(session, "a")

    assert kept(session) == set()


def test_a_sidebars_own_name_is_that_of_the_page_beside_it(session: Session) -> None:
    save(session, "sidebar", "{{backlinks>.}}")
    save(session, "a", "[[b]]")
    save(session, "b", "text")

    html = body(
        session,
        read_page(session, "sidebar", viewer=EVE),
        viewer=EVE,
        wiki_settings=SETTINGS,
        secret=SECRET,
        now=NOW,
        main="b",
    ).html

    assert 'href="/a"' in html


# ------------------------------------------------------------------ what one reader may not know of


STAFF = Viewer(login="carol", groups=frozenset({"user", "staff"}))
CLOSED = (Rule("x:*", "@ALL", 0), Rule("x:*", "@staff", 1), Rule("y:*", "@ALL", 0))


def close(session: Session, *rules: Rule) -> None:
    change_rules(session, RuleChange(add=rules), by=ALICE, now=NOW)


def bodies_of(session: Session, name: str) -> int:
    session.rollback()
    which = select(Rendered.hidden).join(Page, Page.id == Rendered.page_id).where(Page.name == name)
    return len(session.execute(which).all())


def test_a_body_is_kept_once_for_all_who_see_the_same(session: Session) -> None:
    for name in ("x:a", "y:a"):
        save(session, name, f"====== Title of {name} ======")
    save(session, "p", "[[x:a]] [[y:a]] [[x:none]]")
    close(session, *CLOSED)

    eve, carol, alice = (show(session, "p", viewer).html for viewer in (EVE, STAFF, ALICE))

    assert [html.count("wikilink1") for html in (eve, carol, alice)] == [0, 1, 2]
    assert bodies_of(session, "p") == 3  # whole, without y, without both
    assert [show(session, "p", viewer).html for viewer in (BOB, STAFF, ALICE)] == [eve, carol, alice]
    assert bodies_of(session, "p") == 3


def test_a_page_without_closed_targets_has_one_body_for_all(session: Session) -> None:
    save(session, "x:a", "text")
    save(session, "p", "[[q]]")
    close(session, *CLOSED)

    assert len({show(session, "p", viewer).html for viewer in (EVE, STAFF, ALICE)}) == 1
    assert bodies_of(session, "p") == 1


@pytest.mark.parametrize("what", ["the rule goes", "the rule comes", "the target comes", "the target goes"])
def test_what_is_shown_follows_rules_and_targets_at_once(session: Session, what: str) -> None:
    if what != "the target comes":
        save(session, "x:a", "text")
    save(session, "p", "[[x:a]]")
    if what != "the rule comes":
        close(session, *CLOSED)
    before = {viewer.login: "wikilink1" in show(session, "p", viewer).html for viewer in (EVE, STAFF)}
    if what == "the rule goes":
        change_rules(session, RuleChange(remove=CLOSED), by=ALICE, now=NOW)
    elif what == "the rule comes":
        close(session, *CLOSED)
    elif what == "the target comes":
        save_page(session, PageEdit("x:a", "text"), viewer=ALICE, now=NOW)
    else:
        delete_page(session, "x:a", viewer=ALICE, now=NOW)
    after = {viewer.login: "wikilink1" in show(session, "p", viewer).html for viewer in (EVE, STAFF)}

    assert (before, after) == {
        "the rule goes": ({None: False, "carol": True}, {None: True, "carol": True}),
        "the rule comes": ({None: True, "carol": True}, {None: False, "carol": True}),
        "the target comes": ({None: False, "carol": False}, {None: False, "carol": True}),
        "the target goes": ({None: False, "carol": True}, {None: False, "carol": False}),
    }[what]


def test_the_bodies_of_a_page_are_bounded(session: Session) -> None:
    """A thousand groups that each see something else must not fill the database with one page."""
    links = ""
    for number in range(MOST_BODIES + 5):
        save(session, f"n{number}:a", "text")
        links += f"[[n{number}:a]] "
    save(session, "p", links)
    close(session, *(Rule(f"n{number}:*", "@ALL", 0) for number in range(MOST_BODIES + 5)))
    close(session, *(Rule(f"n{number}:*", f"@g{number}", 1) for number in range(MOST_BODIES + 5)))

    for number in range(MOST_BODIES + 5):
        html = show(session, "p", Viewer(login="x", groups=frozenset({f"g{number}"}))).html
        assert (html.count("wikilink1"), html.count("wikilink2")) == (1, MOST_BODIES + 4)
        assert bodies_of(session, "p") <= MOST_BODIES
    assert show(session, "p", EVE).html.count("wikilink1") == 0


def test_an_old_revision_and_a_preview_hide_the_same(session: Session) -> None:
    save(session, "x:a", "text")
    save(session, "p", "[[x:a]] old")
    base = read_page(session, "p", viewer=BOB).revision
    save_page(session, PageEdit("p", "new", based_on=base.id if base else None), viewer=BOB, now=NOW + 9)
    close(session, *CLOSED)

    for viewer, seen in ((EVE, False), (STAFF, True)):
        old = read_page(session, "p", viewer=viewer, rev=NOW)
        shown = body(session, old, viewer=viewer, wiki_settings=SETTINGS, secret=SECRET, now=NOW).html
        assert old.is_old
        assert ("wikilink1" in shown) == seen
        html = preview(
            session,
            "p",
            "[[x:a]]",
            markup="dokuwiki",
            viewer=viewer,
            wiki_settings=SETTINGS,
            secret=SECRET,
            now=NOW,
        ).html
        assert ("wikilink1" in html) == seen
