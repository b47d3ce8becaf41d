"""Groups in the browser, and the file of people."""

import io
import re
from html import unescape

import pytest

from app.domain.access import Rule
from app.services.accounts import find_account
from app.services.groups import find_group
from app.services.rules import RuleChange, all_rules, change_rules
from app.web import people_csv
from app.wiki import Wiki
from tests.conftest import ALICE, NOW
from tests.web.conftest import Browser


def groups_of(wiki: Wiki, login: str) -> tuple[str, ...]:
    with wiki.sessions() as session:
        return find_account(session, login).groups


def hidden(page: str, name: str) -> str:
    (value,) = re.findall(rf'name="{name}" value="([^"]*)"', page)
    return unescape(value)


def text_of_form(page: str) -> str:
    (text,) = re.findall(r'<textarea name="text" hidden>\n(.*?)</textarea>', page, re.DOTALL)
    return unescape(text)


def test_a_group_is_made_filled_renamed_and_deleted(people: Wiki, alice: Browser) -> None:
    made = alice.post("/_admin/groups", {"name": "Bird Watch/1", "note": "they watch"})
    assert made.status_code == 303
    page = alice.get(made.location).text
    assert "they watch" in page

    join = {"of": "bird watch/1", "group": "bird watch/1", "logins": "bob, alice", "do": "join"}
    seen = alice.post("/_admin/people", join)
    assert "Add these 2 people" in seen.text
    assert groups_of(people, "bob") == ("user",)
    sure = {"of": "bird watch/1", "group": "bird watch/1", "login": ["bob", "alice"], "do": "join", "sure": "yes"}
    assert alice.post("/_admin/people", sure).location == made.location
    assert groups_of(people, "bob") == ("bird watch/1", "user")

    with people.sessions() as session:
        rule = Rule("a:*", "@bird%5fwatch%5f1", 4)
        change_rules(session, RuleChange(add=(rule,)), by=ALICE, now=NOW)
    seen = alice.post("/_admin/group/name?name=bird watch/1", {"new": "birders"})
    assert "@bird%5fwatch%5f1" in seen.text
    assert "@birders" in seen.text
    assert groups_of(people, "bob") == ("bird watch/1", "user")
    alice.post("/_admin/group/name?name=bird watch/1", {"new": "birders", "sure": "yes"})
    assert groups_of(people, "bob") == ("birders", "user")

    assert "Delete the group" in alice.get("/_admin/group/delete?name=birders").text
    assert alice.post("/_admin/group/delete?name=birders").status_code == 303
    assert groups_of(people, "bob") == ("user",)
    with people.sessions() as session:
        assert [rule for rule in all_rules(session) if rule.scope == "a:*"] == []


def test_a_group_says_what_it_is_for_and_demands_a_second_step(people: Wiki, alice: Browser) -> None:
    alice.post("/_admin/group?name=user", {"note": "<b>all</b>", "second_step": "yes"})

    with people.sessions() as session:
        group = find_group(session, "user", by=ALICE)
    assert (group.note, group.second_step) == ("<b>all</b>", True)


def test_notes_are_shown_as_text(people: Wiki, alice: Browser) -> None:
    alice.post("/_admin/groups", {"name": "<i>x", "note": "<script>alert(1)</script>"})

    for address in ("/_admin/groups", "/_admin/group?name=<i>x", "/_admin/group/delete?name=<i>x", "/_admin/people"):
        page = alice.get(address).text
        assert "<script>alert" not in page
        assert "<i>x" not in page


@pytest.mark.parametrize(
    ("address", "form", "field"),
    [
        pytest.param("/_admin/groups", {"name": "user", "note": "typed"}, "name", id="a name that is taken"),
        pytest.param("/_admin/groups", {"name": "a,b", "note": "typed"}, "name", id="a name of odd signs"),
        pytest.param("/_admin/group/name?name=user", {"new": "a|typed"}, "new", id="a new name of odd signs"),
        pytest.param("/_admin/group?name=user", {"note": "typed" * 99}, "note", id="an endless note"),
        pytest.param(
            "/_admin/people",
            {"of": "user", "group": "user", "do": "join", "logins": "bob, typed"},
            "logins",
            id="nobody",
        ),
    ],
)
def test_a_mistake_is_said_beside_its_field(
    people: Wiki, alice: Browser, address: str, form: dict[str, str], field: str
) -> None:
    response = alice.post(address, form)

    assert response.status_code == 400
    assert f'id="error-{field}"' in response.text
    assert "typed" in response.text, "what was typed comes back"


def test_whoever_would_come_to_administer_is_said_before(people: Wiki, alice: Browser) -> None:
    warning = "Members of this group administer the wiki"
    alice.post("/_admin/groups", {"name": "birds"})

    assert warning in alice.post("/_admin/people", {"login": "bob", "do": "join", "group": "admin"}).text
    refused = alice.post("/_admin/group/name?name=birds", {"new": "admin"})
    assert (refused.status_code, "all members would administer" in refused.text) == (400, True)
    assert warning not in alice.post("/_admin/people", {"login": "bob", "do": "join", "group": "birds"}).text


@pytest.mark.parametrize(
    ("address", "form"),
    [
        pytest.param("/_admin/group/delete?name=user", {}, id="the default group"),
        pytest.param("/_admin/group/delete?name=admin", {}, id="that of administrators"),
        pytest.param("/_admin/group/name?name=admin", {"new": "user", "sure": "yes"}, id="merged into everybody"),
        pytest.param(
            "/_admin/people", {"login": "alice", "do": "leave", "group": "admin", "sure": "yes"}, id="left by herself"
        ),
        pytest.param("/_admin/bring-people", {"text": "alice,A,,user", "store": "yes"}, id="left by a file"),
    ],
)
def test_administrators_stay(people: Wiki, alice: Browser, address: str, form: dict[str, str]) -> None:
    assert alice.post(address, form).status_code == 400
    assert groups_of(people, "alice") == ("admin", "user")


def test_a_file_is_looked_at_then_stored(people: Wiki, alice: Browser) -> None:
    file = "login,name,mail,groups,password\r\n"
    file += 'carla,\'=Carla,c@b.org,"user,birds",a fern beside the path\r\nbob,Bob B.,,,\r\n'
    sent = {"file": (io.BytesIO(file.encode()), "people.csv")}

    seen = alice.post("/_admin/bring-people", sent, content_type="multipart/form-data")
    assert seen.status_code == 200
    assert "Store all of it" in seen.text
    assert seen.headers["Cache-Control"] == "no-store"
    form = {"store": "yes", "key": hidden(seen.text, "key"), "text": text_of_form(seen.text)}
    assert alice.post("/_admin/bring-people", form | {"key": "other"}).status_code == 400
    done = alice.post("/_admin/bring-people", form)

    assert done.status_code == 303
    assert groups_of(people, "carla") == ("birds", "user")
    assert "1 added, 1 changed" in alice.get("/_admin/people").text
    taken = alice.get("/_admin/people.csv?q=carla")
    assert taken.text == 'login,name,mail,groups\r\ncarla,\'=Carla,c@b.org,"birds,user"\r\n'
    assert taken.headers["Content-Disposition"] == "attachment; filename=people.csv"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        pytest.param(b"login\nb\xf6b", "UTF-8", id="another encoding"),
        pytest.param(b"login\nb\0b", "no CSV", id="a zero byte"),
        pytest.param(b"", "Choose a file", id="an empty file"),
        pytest.param(b"login,name\ncarla,<script>,x\n", "Line 2", id="a line too long"),
        pytest.param(b"login,name\n" + b"x" * 200, "2 MiB", id="too big"),
    ],
)
def test_a_file_that_cannot_be_taken_says_why(
    people: Wiki, alice: Browser, monkeypatch: pytest.MonkeyPatch, content: bytes, words: str
) -> None:
    monkeypatch.setattr(people_csv, "LONGEST_FILE", 150)
    sent = {"file": (io.BytesIO(content), "people.csv")}

    response = alice.post("/_admin/bring-people", sent, content_type="multipart/form-data")

    assert response.status_code in {400, 413}
    assert words in response.text
    assert "<script>," not in response.text


def test_what_was_pasted_comes_back(people: Wiki, alice: Browser) -> None:
    response = alice.post("/_admin/bring-people", {"text": "login,name\n***,typed\n"})

    assert response.status_code == 400
    assert "***,typed" in response.text


def test_a_second_step_is_reset_and_sessions_end(people: Wiki, alice: Browser, bob: Browser) -> None:
    assert alice.post("/_admin/people/bob/second-step").location == "/_admin/people/bob"
    assert "had no second step" in alice.get("/_admin/people/bob").text

    assert alice.post("/_admin/people/bob/sign-out").location == "/_admin/people/bob"
    assert bob.get("/_account").status_code == 302
    assert alice.post("/_admin/people/nobody/sign-out").status_code == 404
