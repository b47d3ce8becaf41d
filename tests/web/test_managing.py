"""Managers: what the old wiki's managers may, and not a step more."""

import pytest
from flask import Flask

from app.services.config import save_setting
from app.wiki import Wiki
from tests.conftest import ALICE, BOB, NOW
from tests.web.conftest import Browser
from tests.web.test_security import addresses
from tests.web.writing import write

OPEN = {"/_admin", "/_admin/edits"}


@pytest.fixture
def manager(people: Wiki, bob: Browser) -> Browser:
    """bob, named by the setting."""
    with people.sessions() as session:
        save_setting(session, "manager", "@nobodys, Bob", by=ALICE, now=NOW)
    return bob


def test_a_manager_opens_administration_and_nothing_else_of_it(app: Flask, manager: Browser) -> None:
    pages = [address for address in addresses(app, "GET") if address.startswith("/_admin")]
    assert len(pages) > 10

    opened = {address for address in pages if manager.get(address).status_code == 200}

    assert {address.partition("?")[0] for address in opened} == OPEN & set(pages)


def test_no_form_of_administration_takes_anything_from_a_manager(app: Flask, manager: Browser, people: Wiki) -> None:
    form = {"manager": "bob", "superuser": "bob", "login": "bob", "groups": "admin", "do": "delete", "name": "x"}
    manager.get("/_admin")

    for address in addresses(app, "POST"):
        if address.startswith("/_admin") and not address.startswith("/_admin/edits"):
            assert manager.post(address, form).status_code == 403, address


def test_the_way_there_is_shown_to_managers_only(people: Wiki, manager: Browser, eve: Browser) -> None:
    write(people, "a", "words")

    assert 'href="/_admin"' in manager.get("/a").text
    page = manager.get("/_admin").text
    assert "You are a manager of this wiki" in page
    assert 'href="/_admin/people"' not in page
    assert 'href="/_admin/edits"' in page
    assert 'href="/_admin"' not in eve.get("/a").text


@pytest.mark.parametrize("address", ["/_history/a", "/_recent", "/_diff/a"])
def test_where_people_wrote_from_is_for_managers_and_administrators(
    people: Wiki, alice: Browser, bob: Browser, eve: Browser, address: str
) -> None:
    write(people, "a", "words")

    assert BOB.address not in eve.get(address).text
    assert BOB.address not in bob.get(address).text
    assert BOB.address in alice.get(address).text
    with people.sessions() as session:
        save_setting(session, "manager", "bob", by=ALICE, now=NOW)
    assert BOB.address in bob.get(address).text
    assert BOB.address not in eve.get(address).text


def test_somebody_who_was_a_manager_is_none_any_more(people: Wiki, manager: Browser) -> None:
    with people.sessions() as session:
        save_setting(session, "manager", "", by=ALICE, now=NOW)

    assert manager.get("/_admin").status_code == 403
