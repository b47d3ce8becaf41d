"""Addresses and forms made to hurt, on both databases: a clean answer, in little time and memory."""

import time
import tracemalloc
from pathlib import Path
from urllib.parse import urlencode

import pytest

from app.settings import Settings
from app.web.i18n import negotiate
from app.wiki import Wiki
from tests.web.conftest import Browser
from tests.web.writing import write

HUGE = "9" * 20
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, database_url=database_url, secret="for tests only, and long")


@pytest.mark.parametrize(
    ("address", "status"),
    [
        pytest.param(f"/a?rev={HUGE}", 404, id="a time beyond all numbers"),
        pytest.param(f"/_diff/a?from={HUGE}&to={HUGE}", 404, id="two times beyond all numbers"),
        pytest.param("/_history/a?before=1-9999999999", 200, id="a number longer than its column"),
        pytest.param("/_history/a?before=999999999999999-999999999999999", 200, id="a time and a number too long"),
        pytest.param("/_recent?before=999999999999999-999999999999999", 200, id="the same in recent changes"),
        pytest.param("/_backlinks/a?after=%00", 200, id="a zero byte as the end of a list"),
        pytest.param("/_backlinks/a?after=a%00b", 200, id="a zero byte in a name"),
        pytest.param("/_index?ns=%00&after=%00", 200, id="a zero byte as a namespace"),
        pytest.param("/_search?q=%00%ED%A0%80", 200, id="a zero byte and half a character searched"),
        pytest.param("/_detail/a?id=%00", 404, id="a zero byte as the page to go back to"),
        pytest.param("/_admin/people?q=%00&group=a%00b", 200, id="zero bytes in a filter"),
        pytest.param(f"/_admin/people?start={HUGE}", 200, id="a list begun beyond all numbers"),
        pytest.param("/_admin/people/a%00b", 404, id="a zero byte in a login"),
    ],
)
def test_an_address_nobody_means_has_a_clean_answer(people: Wiki, alice: Browser, address: str, status: int) -> None:
    write(people, "a", "words\n")

    assert alice.get(address).status_code == status


@pytest.mark.parametrize(
    ("address", "form", "status"),
    [
        pytest.param("/_account/sessions", {"id": "a\0b"}, 303, id="a device"),
        pytest.param("/_admin/people", {"login": "a\0b", "do": "enable"}, 400, id="somebody in a list"),
    ],
)
def test_a_zero_byte_in_a_form_names_nothing(
    people: Wiki, alice: Browser, address: str, form: dict[str, str], status: int
) -> None:
    assert alice.post(address, form).status_code == status


@pytest.mark.parametrize("address", ["/_index?ns=", "/_recent?ns="])
def test_a_namespace_deeper_than_any_page_costs_nothing(wiki: Wiki, eve: Browser, address: str) -> None:
    """Each level costs a question and a name: thousands of them would stop the wiki."""
    eve.get("/_index")

    began = time.process_time()
    response = eve.get(address + "a:" * 8000)

    assert response.status_code == 400
    assert "longer than 250 bytes" in response.text
    assert time.process_time() - began < 1


def test_a_form_of_a_million_empty_fields_is_refused_unread(wiki: Wiki, eve: Browser) -> None:
    tracemalloc.start()
    response = eve.client.post("/_login", data="a&" * 1_000_000, content_type=FORM)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert response.status_code == 413
    assert "larger than this wiki takes" in response.text
    assert most < 20_000_000


def test_a_form_of_some_hundred_fields_is_read(people: Wiki, bob: Browser) -> None:
    bob.get("/_account")
    form = {f"field{number}": "x" for number in range(900)} | {"text": "words", "csrf_token": bob.token}

    response = bob.client.post("/_edit/b", data=urlencode(form), content_type=FORM)

    assert response.status_code == 303


def test_endless_headers_are_not_remembered() -> None:
    negotiate("", "fr")
    tracemalloc.start()
    for number in range(50):
        assert negotiate(f"{number}" * 50_000, f"x{number}," * 50_000) == ""
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()

    assert kept < 500_000
