"""Errors in the wiki's clothes, also when the database is what broke."""

from collections.abc import Callable
from typing import NoReturn

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from app.domain.errors import (
    AccessDenied,
    BadPageName,
    BadText,
    BadValue,
    EditConflict,
    LastAdministrator,
    NameTaken,
    NotFound,
    SignInFailed,
    StorageFailed,
    TooManyTries,
    WikiError,
)
from app.web.errors import STATUS, status_of
from app.wiki import Wiki
from tests.web.conftest import Browser
from tests.web.writing import newest, text_of, write

NewBrowser = Callable[[], Browser]


def kinds(kind: type[WikiError] = WikiError) -> list[type[WikiError]]:
    return [kind, *(below for child in kind.__subclasses__() for below in kinds(child))]


def test_every_error_has_a_status() -> None:
    missing = [kind for kind in kinds()[1:] if not set(kind.__mro__) & set(STATUS)]

    assert missing == []


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (BadPageName(name="a", reason="It is too long."), 400, "It is too long."),
        (BadText(reason="It is too long."), 400, "cannot be stored"),
        (BadValue(field="x", reason="Choose one of the list."), 400, "Choose one"),
        (SignInFailed(), 401, "do not fit together"),
        (AccessDenied(what="change this page"), 403, "You may not change this page"),
        (NotFound(name="<a>"), 404, "&lt;a&gt;"),
        (EditConflict(page_id="a", based_on=1, newest=2), 409, "while you were editing"),
        (NameTaken(name="bob"), 409, "is taken"),
        (LastAdministrator(login="alice"), 409, "last administrator"),
        (TooManyTries(seconds=7), 429, "Wait 7 seconds"),
        (StorageFailed(reason="database or disk is full"), 503, "cannot store"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, WikiError) else "",
)
def test_an_error_is_said_in_the_clothes_of_the_wiki(
    app: Flask, wiki: Wiki, eve: Browser, error: WikiError, status: int, words: str
) -> None:
    app.view_functions["links.backlinks"] = _raising(error)

    response = eve.get("/_backlinks/a")

    assert response.status_code == status == status_of(error)
    assert words in response.text
    assert 'href="/_recent"' in response.text
    assert ("Retry-After" in response.headers) == (status == 429)


def _raising(error: Exception) -> Callable[..., NoReturn]:
    def view(**_arguments: object) -> NoReturn:
        raise error

    return view


def test_what_is_missing_or_hidden_offers_to_sign_in_to_whoever_is_not(wiki: Wiki, eve: Browser, bob: Browser) -> None:
    offer = 'class="button button-primary" href="/_login?next=/_nothing/here"'

    assert offer in eve.get("/_nothing/here").text
    assert offer not in bob.get("/_nothing/here").text


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_address_that_is_nothing(wiki: Wiki, bob: Browser, method: str) -> None:
    response = bob.client.open("/_nothing/at/all", method=method)

    assert response.status_code == 404
    assert "There is nothing here" in response.text


def test_a_method_that_an_address_does_not_know_keeps_its_header(wiki: Wiki, eve: Browser) -> None:
    response = eve.get("/_logout")

    assert response.status_code == 405
    assert "POST" in response.headers["Allow"]
    assert "buttons of the page" in response.text


def test_signing_in_from_an_error_leads_back_to_its_address(people: Wiki, eve: Browser) -> None:
    page = eve.get("/_admin/people?q=a%26b").text

    assert '/_login?next=/_admin/people%3Fq%3Da%2526b"' in page
    assert eve.sign_in("alice", next="/_admin/people?q=a%26b").location == "/_admin/people?q=a%26b"


def test_an_error_of_ours_is_a_page_too_and_says_nothing_of_the_inside(app: Flask, people: Wiki, bob: Browser) -> None:
    app.view_functions["links.backlinks"] = _raising(RuntimeError("a secret of the inside"))
    app.config["PROPAGATE_EXCEPTIONS"] = False

    response = bob.get("/_backlinks/a")

    assert response.status_code == 500
    assert "Something broke on our side" in response.text
    assert "secret" not in response.text
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_even_a_broken_template_leaves_words(app: Flask, people: Wiki, bob: Browser) -> None:
    app.view_functions["links.backlinks"] = _raising(RuntimeError())
    app.config["PROPAGATE_EXCEPTIONS"] = False
    del app.jinja_env.globals["static_url"]
    app.jinja_env.cache = {}

    response = bob.get("/_backlinks/a")

    assert (response.status_code, response.mimetype) == (500, "text/plain")
    assert "Something broke" in response.text


@pytest.mark.parametrize(
    "address", ["/a", "/_index", "/_recent", "/_login", "/_account", "/_admin/people", "/_nothing"]
)
def test_without_a_database_every_page_says_so(
    app: Flask, people: Wiki, bob: Browser, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    def gone(*_args: object, **_more: object) -> NoReturn:
        raise OperationalError("SELECT 1", {}, Exception("unable to open database file"))

    monkeypatch.setattr(app.extensions["lierre"].engine.dialect, "do_execute", gone)

    response = bob.get(address)

    assert response.status_code == (404 if "nothing" in address else 503)
    assert ("There is nothing here" if "nothing" in address else "cannot reach its data") in response.text
    assert "unable to open" not in response.text


def test_a_read_only_database_gives_the_text_back(app: Flask, people: Wiki, bob: Browser, browser: NewBrowser) -> None:
    write(people, "a", "one\n")
    base = str(newest(people, "a"))
    bob.get("/_edit/a")
    with app.extensions["lierre"].engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA query_only=ON")  # stays with the pooled connection

    response = bob.post("/_edit/a", {"text": "two & more\n", "based_on": base, "do": "save"})

    assert response.status_code == 503
    assert "two &amp; more\n</textarea>" in response.text
    assert "cannot store anything right now" in response.text
    assert text_of(people, "a") == "one\n"


def test_errors_are_said_in_the_language_of_the_reader(wiki: Wiki, eve: Browser) -> None:
    page = eve.get("/_nothing", headers={"Accept-Language": "fr"}).text

    assert '<html lang="fr"' in page
    assert "There is nothing" not in page
