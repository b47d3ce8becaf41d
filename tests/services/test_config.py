"""Settings: checked by a table, remembered with a session, written down with who changed them."""

from dataclasses import fields
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.domain.errors import AccessDenied, BadValue
from app.domain.wiki_settings import WikiSettings
from app.services import config
from app.services.audit import latest
from app.services.config import checked_value, save_setting
from app.services.setting_rows import BASE_URL, TYPES, load_settings
from app.services.state import wiki_version
from app.store.database import session_factory
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
    assert {name for name, kind in TYPES.items() if kind is int} == set(config.RANGES)


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
        pytest.param("feedhosts", "http://a.example/", id="an address for a host"),
        pytest.param("feedhosts", "*", id="all hosts"),
        pytest.param("interwiki", "wp", id="a text for a table"),
        pytest.param("interwiki", {"wp": 1}, id="a table that holds numbers"),
    ],
)
def test_nonsense_is_refused_by_name(session: Session, name: str, value: object) -> None:
    with pytest.raises(BadValue) as caught:
        save_setting(session, name, value, by=ALICE, now=NOW)

    assert caught.value.facts["field"] == name
    assert name in str(caught.value) or str(value) in str(caught.value)
    assert stored(session) == set()


def test_only_administrators_change_settings(session: Session) -> None:
    with pytest.raises(AccessDenied):
        save_setting(session, "title", "Ivy", by=BOB, now=NOW)

    assert stored(session) == set()
