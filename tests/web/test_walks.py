"""Every address of the wiki, on both databases: looking changes nothing, and no form is taken without its token."""

import pytest
from flask import Flask
from sqlalchemy import select

from app.services.setup import new_setup_token
from app.settings import Settings
from app.store.tables import METADATA
from app.wiki import Wiki
from tests.web.conftest import PASSWORDS, Browser
from tests.web.test_security import addresses
from tests.web.writing import write

# Kept bodies are a cache that reading fills; what it was made from is compared.
NOT_COMPARED = {"rendered"}


@pytest.fixture
def settings(settings: Settings, database_url: str) -> Settings:
    """The wiki in each database."""
    return Settings(home=settings.home, database_url=database_url, secret=settings.secret)


@pytest.fixture
def cast(people: Wiki, eve: Browser, bob: Browser, alice: Browser) -> tuple[Browser, Browser, Browser]:
    write(people, "a", "====== A ======\n\nwords [[b]]\n")
    return eve, bob, alice


def contents(wiki: Wiki) -> dict[str, list[str]]:
    with wiki.sessions() as session:
        return {
            table.name: sorted(map(repr, session.execute(select(table)).all()))
            for table in METADATA.sorted_tables
            if table.name not in NOT_COMPARED
        }


def test_looking_changes_nothing(app: Flask, people: Wiki, cast: tuple[Browser, Browser, Browser]) -> None:
    before = contents(people)

    changed = []
    for address in addresses(app, "GET"):
        for query in ("", "?do=delete&sure=yes&text=x&login=bob", "?rev=1", "?start=-1&ns=%00"):
            for visitor in cast:
                assert visitor.get(address + query).status_code < 500
            visitor.client.head(address + query)
        if contents(people) != before:
            changed.append(address)
            before = contents(people)

    assert changed == []


def test_no_form_is_taken_without_its_token(
    app: Flask, people: Wiki, cast: tuple[Browser, Browser, Browser], eve: Browser
) -> None:
    with people.sessions() as session:
        setup = new_setup_token(session)
    form = {"text": "changed", "login": "bob", "password": PASSWORDS["bob"], "do": "delete", "sure": "yes", "name": "M"}
    before = contents(people)
    posts = [*addresses(app, "POST"), f"/_setup/{setup}"]
    assert len(posts) > 10

    for address in posts:
        # Whether somebody may send files is asked before a byte of them is read, the token among these.
        refused = {400, 403} if address.startswith("/_upload") else {400}
        for visitor in cast:
            for token in ({}, {"csrf_token": ""}, {"csrf_token": "forged"}, {"csrf_token": "IjEi.Z.x"}):
                assert visitor.post_bare(address, form | token).status_code in refused, address

    assert contents(people) == before


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_change_nothing(app: Flask, people: Wiki, alice: Browser, method: str) -> None:
    write(people, "a", "words\n")
    before = contents(people)

    for address in addresses(app, "GET"):
        assert alice.client.open(address, method=method).status_code in {400, 405}

    assert contents(people) == before
