"""Settings: checked by a table, remembered with a session, written down with who changed them."""

from dataclasses import fields
from typing import Any

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from app.domain.errors import AccessDenied, BadValue, NobodyLeft
from app.domain.setting_about import EFFECTS, GROUPS
from app.domain.setting_texts import ABOUT
from app.domain.wiki_settings import WikiSettings
from app.services import config
from app.services.accounts import NewAccount, write_account
from app.services.audit import latest
from app.services.config import excludes, save_setting
from app.services.pages import PageEdit, save_page
from app.services.recent import recent
from app.services.setting_checks import RANGES, checked_value, choices_of, is_table, text_of, value_of
from app.services.setting_rows import BASE_URL, TYPES, load_settings
from app.services.state import wiki_version
from app.store.accounts import Account
from app.store.database import session_factory, transaction
from app.store.state import Setting
from tests.conftest import ALICE, BOB, NOW, watched


def stored(session: Session) -> set[str]:
    return set(session.execute(select(Setting.name)).scalars())


def test_a_new_wiki_has_the_defaults(session: Session) -> None:
    assert load_settings(session) == WikiSettings()


def test_a_change_is_in_force_at_once_and_for_everybody(session: Session, engine: Engine) -> None:
    version = wiki_version(session)

    save_setting(session, "title", "Ivy", by=ALICE, now=NOW)

    assert load_settings(session).title == "Ivy"
    with session_factory(engine)() as other:
        assert load_settings(other).title == "Ivy"
    assert wiki_version(session) == version + 1
    assert [(act.actor, act.action, act.target) for act in latest(session, viewer=ALICE)] == [
        ("alice", "setting.change", "setting:title")
    ]


def test_the_default_takes_no_row(session: Session) -> None:
    save_setting(session, "title", "Ivy", by=ALICE, now=NOW)
    save_setting(session, "title", WikiSettings().title, by=ALICE, now=NOW)

    assert stored(session) == set()


def test_several_change_together_or_not_at_all(session: Session) -> None:
    version = wiki_version(session)

    with pytest.raises(BadValue):
        config.save_settings(session, {"title": "Ivy", "recent": 0}, by=ALICE, now=NOW)
    assert stored(session) == set()

    config.save_settings(session, {"title": "Ivy", "lang": "fr", "recent": 20}, by=ALICE, now=NOW)
    assert stored(session) == {"title", "lang"}
    assert wiki_version(session) == version + 1

    config.save_settings(session, {"title": "Ivy", "lang": "fr"}, by=ALICE, now=NOW)
    assert wiki_version(session) == version + 1, "nothing changed"


def test_settings_are_asked_for_once_a_session(session: Session, engine: Engine) -> None:
    with watched(engine) as statements:
        load_settings(session)
        load_settings(session)

    assert statements.count == 1


def test_the_operator_says_where_the_wiki_is_reached(engine: Engine) -> None:
    with session_factory(engine, base_url="https://wiki.example")() as session:
        assert load_settings(session).base_url == "https://wiki.example"


def test_rows_of_the_wiki_itself_and_of_later_versions_are_no_settings(session: Session) -> None:
    session.add_all([Setting(name="_title", value='"x"'), Setting(name="not_yet", value="1")])
    session.commit()

    assert load_settings(session) == WikiSettings()


def test_every_number_has_a_range() -> None:
    assert {name for name, kind in TYPES.items() if kind is int} == set(RANGES)


@pytest.mark.parametrize("field", fields(WikiSettings), ids=lambda field: field.name)
def test_every_default_may_be_given(field: Any) -> None:
    if field.name != BASE_URL:
        value = getattr(WikiSettings(), field.name)
        assert checked_value(field.name, value) == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("nonsense", "x", id="a setting that does not exist"),
        pytest.param("_setup_token", "x", id="one of the wiki's own rows"),
        pytest.param("base_url", "https://evil.example", id="what only the operator says"),
        pytest.param("title", 7, id="a number for a text"),
        pytest.param("title", None, id="nothing for a text"),
        pytest.param("useslash", "yes", id="a text for yes or no"),
        pytest.param("recent", 0, id="a number below its range"),
        pytest.param("recent", 201, id="a number above its range"),
        pytest.param("recent", True, id="yes for a number"),
        pytest.param("recent", "20", id="a text for a number"),
        pytest.param("typography", 3, id="a choice that is none"),
        pytest.param("typography", True, id="yes for a choice of numbers"),
        pytest.param("sepchar", "/", id="a separator that would cut addresses"),
        pytest.param("start", "Not Clean", id="a start page that is no page name"),
        pytest.param("start", "", id="no start page"),
        pytest.param("sidebar", "Not Clean", id="a sidebar that is no page name"),
        pytest.param("title", " ", id="no name"),
        pytest.param("title", "a\nb", id="a name of two lines"),
        pytest.param("tagline", "x" * 256, id="more than a few words"),
        pytest.param("lang", "English!", id="a language that is no code"),
        pytest.param("target_wiki", 'x" onload="', id="a window that would end its attribute"),
        pytest.param("defaultgroup", "", id="no group"),
        pytest.param("defaultgroup", "@user", id="a group with its sign"),
        pytest.param("hidepages", "(", id="a pattern that is none"),
        pytest.param("hidepages", "(a+)+$", id="a pattern that could take for ever"),
        pytest.param("hidepages", "x" * 501, id="a pattern without end"),
        pytest.param("superuser", "bob, @ALL", id="everybody as an administrator"),
        pytest.param("superuser", "@user", id="all accounts as administrators"),
        pytest.param("defaultgroup", "admin", id="all new accounts as administrators"),
        pytest.param("superuser", "@nobodys", id="nobody as an administrator"),
        pytest.param("superuser", "", id="no administrator"),
        pytest.param("feedhosts", "http://a.example/", id="an address for a host"),
        pytest.param("registerdomains", "example.org, me@example.org", id="an address for its host"),
        pytest.param("feedhosts", "*", id="all hosts"),
        pytest.param("interwiki", "wp", id="a text for a table"),
        pytest.param("interwiki", {"wp": 1}, id="a table that holds numbers"),
    ],
)
def test_nonsense_is_refused_by_name(session: Session, name: str, value: object) -> None:
    with pytest.raises((BadValue, NobodyLeft)) as caught:
        save_setting(session, name, value, by=ALICE, now=NOW)

    assert caught.value.facts["field"] == name
    assert stored(session) == set()


def test_only_administrators_change_settings(session: Session) -> None:
    with pytest.raises(AccessDenied):
        save_setting(session, "title", "Ivy", by=BOB, now=NOW)

    assert stored(session) == set()


@pytest.mark.parametrize("name", config.names())
def test_every_setting_is_explained(name: str) -> None:
    about = ABOUT[name]

    assert about.group in GROUPS
    assert about.effect in EFFECTS
    assert about.title
    assert about.help
    assert tuple(about.words) == choices_of(name) or set(about.words) == set(choices_of(name))


@pytest.mark.parametrize("name", [name for name in config.names() if name != BASE_URL and not is_table(name)])
def test_every_value_is_read_back_from_its_text(name: str) -> None:
    settings = WikiSettings()
    for value in [value_of(name, text, settings) for text in choices_of(name)] or [getattr(settings, name)]:
        assert value_of(name, text_of(name, value), settings) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("recent", "2o"),
        ("recent", ""),
        ("recent", "9" * 5000),
        ("recent", "٣"),
        ("typography", "9"),
        ("markups", "a b"),
    ],
)
def test_a_text_that_is_no_value_is_refused(name: str, text: str) -> None:
    with pytest.raises(BadValue) as caught:
        value_of(name, text, WikiSettings())
    assert caught.value.facts["field"] == name


def add(session: Session, login: str, group: str = "", *, active: bool = True) -> None:
    new = NewAccount(login, "", "", (group,) if group else (), "")
    with transaction(session):
        write_account(session, new, "a hash", now=NOW)
        session.execute(update(Account).where(Account.login == login).values(active=active))


def test_a_wiki_keeps_somebody_who_can_administer_it(session: Session) -> None:
    add(session, "alice", "admin")
    add(session, "carol", "gone", active=False)

    for superuser in ("carol", "@gone", "@user2", " , "):
        with pytest.raises(NobodyLeft):
            save_setting(session, "superuser", superuser, by=ALICE, now=NOW)
        assert load_settings(session).superuser == "@admin", "what was refused is not remembered"

    save_setting(session, "superuser", "alice", by=ALICE, now=NOW)
    assert load_settings(session).superuser == "alice"


@pytest.mark.parametrize(
    ("superuser", "without"), [("alice", False), ("@admin", False), ("Alice", False), ("bob", True), ("@user2", True)]
)
def test_who_would_lose_administration_by_a_change_is_known_before(superuser: str, without: bool) -> None:
    assert excludes(WikiSettings(), superuser, ALICE) is without


def test_pages_leave_the_lists_when_the_pattern_says_so(session: Session) -> None:
    for name in ("a", "private:b"):
        save_page(session, PageEdit(name, "words"), viewer=ALICE, now=NOW)

    save_setting(session, "hidepages", "^:private:", by=ALICE, now=NOW)
    assert [change.name for change in recent(session, viewer=ALICE).items] == ["a"]

    save_setting(session, "hidepages", "", by=ALICE, now=NOW)
    assert len(recent(session, viewer=ALICE).items) == 2
