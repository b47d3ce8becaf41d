"""Administration of people. Charlie must not; the last administrator stays."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from sqlalchemy import select

from app.services.accounts import AccountInfo, NewAccount, add_account, find_account
from app.store.accounts import Account, Audit
from app.wiki import Wiki
from tests.conftest import ALICE, NOW, watched
from tests.web.conftest import PASSWORDS, Browser

NewBrowser = Callable[[], Browser]
PASSWORD = "a fern beside the path"
CARLA = {"login": "carla", "name": "Carla", "mail": "c@example.org", "groups": "user, Editors", "password": PASSWORD}
ROUTES = [
    ("GET", "/_admin"),
    ("GET", "/_admin/people"),
    ("POST", "/_admin/people"),
    ("GET", "/_admin/add-person"),
    ("POST", "/_admin/add-person"),
    ("GET", "/_admin/people/bob"),
    ("POST", "/_admin/people/bob"),
    ("GET", "/_admin/people/bob/delete"),
    ("POST", "/_admin/people/bob/delete"),
    ("POST", "/_admin/people/bob/second-step"),
    ("POST", "/_admin/people/bob/sign-out"),
    ("GET", "/_admin/people.csv"),
    ("GET", "/_admin/bring-people"),
    ("POST", "/_admin/bring-people"),
    ("GET", "/_admin/groups"),
    ("POST", "/_admin/groups"),
    ("GET", "/_admin/group?name=user"),
    ("POST", "/_admin/group?name=user"),
    ("POST", "/_admin/group/name?name=user"),
    ("GET", "/_admin/group/delete?name=nobodys"),
    ("POST", "/_admin/group/delete?name=user"),
    ("GET", "/_admin/people/nobody"),
    ("POST", "/_admin/people/nobody/delete"),
]


def person(wiki: Wiki, login: str) -> AccountInfo:
    with wiki.sessions() as session:
        return find_account(session, login)


def logins(wiki: Wiki) -> set[str]:
    with wiki.sessions() as session:
        return set(session.execute(select(Account.login)).scalars())


def acts(wiki: Wiki) -> list[str]:
    with wiki.sessions() as session:
        return list(session.execute(select(Audit.action).order_by(Audit.id)).scalars())


def shown(page: str) -> list[str]:
    return re.findall(r'name="login" value="([^"]+)"', page)


def add_many(wiki: Wiki, *names: str, groups: tuple[str, ...] = ()) -> None:
    with wiki.sessions() as session:
        for name in names:
            new = NewAccount(name, name.title(), f"{name}@example.org", groups, PASSWORD)
            add_account(session, new, by=ALICE, now=NOW)


@pytest.mark.parametrize(("method", "address"), ROUTES)
def test_nobody_but_administrators_gets_in(people: Wiki, bob: Browser, eve: Browser, method: str, address: str) -> None:
    """What exists and what does not look the same to them, and a signed form changes nothing."""
    form = CARLA | {"do": "delete", "sure": "yes", "name": "Mallory"}
    for visitor in (bob, eve):
        response = visitor.get(address) if method == "GET" else visitor.post(address, form)
        assert response.status_code == 403
        assert "bob@example.org" not in response.text

    assert logins(people) == {"alice", "bob"}
    assert person(people, "bob").name == "Bob Brown"
    assert acts(people) == []


def test_the_overview_counts_people_and_tells_what_was_done(people: Wiki, alice: Browser) -> None:
    alice.post("/_admin/add-person", CARLA | {"repeated": PASSWORD})

    page = alice.get("/_admin").text
    assert "3 people, 1 administrator" in page
    assert "added a person" in page


def test_an_administrator_adds_a_person_who_signs_in(people: Wiki, alice: Browser, browser: NewBrowser) -> None:
    response = alice.post("/_admin/add-person", CARLA | {"login": "Carla ", "repeated": PASSWORD})

    assert (response.status_code, response.location) == (303, "/_admin/people")
    carla = person(people, "carla")
    assert (carla.name, carla.mail, carla.is_admin) == ("Carla", "c@example.org", False)
    assert set(carla.groups) == {"user", "editors"}
    assert acts(people) == ["account.add"]
    assert browser().sign_in("carla", PASSWORD).status_code == 303
    assert "“carla” is added" in alice.get("/_admin/people").text


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"login": "bob"}, "login", id="a login that is taken"),
        pytest.param({"login": "BOB"}, "login", id="the same in capitals"),
        pytest.param({"login": ""}, "login", id="no login"),
        pytest.param({"login": "a\nb"}, "login", id="two lines"),
        pytest.param({"mail": "nowhere"}, "mail", id="no mail address"),
        pytest.param({"groups": "a|b"}, "groups", id="a group of odd signs"),
        pytest.param({"password": "short"}, "repeated", id="passwords that differ"),
        pytest.param({"password": "short", "repeated": "short"}, "password", id="a short password"),
    ],
)
def test_a_mistake_in_a_new_person_is_said_beside_its_field(
    people: Wiki, alice: Browser, change: dict[str, str], field: str
) -> None:
    response = alice.post("/_admin/add-person", CARLA | {"repeated": PASSWORD} | change)

    assert response.status_code in {400, 409}
    assert f'id="error-{field}"' in response.text
    assert 'value="Carla"' in response.text, "what was typed comes back"
    assert PASSWORD not in response.text
    assert logins(people) == {"alice", "bob"}


def test_an_administrator_edits_a_person(people: Wiki, alice: Browser, bob: Browser, browser: NewBrowser) -> None:
    page = alice.get("/_admin/people/bob").text
    assert 'value="bob@example.org"' in page
    form = {"name": "Robert", "mail": "", "groups": "user, admin", "active": "yes", "password": "", "repeated": ""}

    assert alice.post("/_admin/people/bob", form).status_code == 303

    after = person(people, "bob")
    assert (after.name, after.mail, after.is_admin) == ("Robert", "", True)
    assert bob.get("/_admin").status_code == 200, "rights hold from the next request on"
    assert browser().sign_in("bob").status_code == 303, "an empty field keeps the password"


def test_a_new_password_from_the_administrator_signs_the_person_out(
    people: Wiki, alice: Browser, bob: Browser, browser: NewBrowser
) -> None:
    form = {"name": "Bob", "groups": "user", "active": "yes", "password": PASSWORD, "repeated": PASSWORD}

    alice.post("/_admin/people/bob", form)

    assert bob.get("/_account").status_code == 302
    assert browser().sign_in("bob", PASSWORD).status_code == 303


def test_a_bad_password_changes_nothing_else_either(people: Wiki, alice: Browser) -> None:
    before = person(people, "bob")

    response = alice.post("/_admin/people/bob", {"name": "X", "active": "yes", "password": "ivy", "repeated": "ivy"})

    assert response.status_code == 400
    assert 'id="error-password"' in response.text
    assert person(people, "bob") == before


def test_disabling_signs_out_and_enabling_lets_in_again(
    people: Wiki, alice: Browser, bob: Browser, browser: NewBrowser
) -> None:
    alice.post("/_admin/people", {"login": "bob", "do": "disable"})
    assert bob.get("/_account").status_code == 200, "it is looked at first"
    alice.post("/_admin/people", {"login": "bob", "do": "disable", "sure": "yes"})
    assert bob.get("/_account").status_code == 302
    assert browser().sign_in("bob").status_code == 401
    assert shown(alice.get("/_admin/people?state=disabled").text) == ["bob"]

    alice.post("/_admin/people", {"login": "bob", "do": "enable", "sure": "yes"})
    assert browser().sign_in("bob").status_code == 303


def test_many_are_deleted_in_one_step_that_is_asked_back(people: Wiki, alice: Browser) -> None:
    add_many(people, "dan", "dora", "emil")
    ticked = {"login": ["dan", "dora"], "do": "delete"}

    asked = alice.post("/_admin/people?q=d", ticked)
    assert asked.status_code == 200
    assert shown(asked.text) == ["dan", "dora"]
    assert logins(people) == {"alice", "bob", "dan", "dora", "emil"}

    done = alice.post("/_admin/people?q=d", ticked | {"sure": "yes"})
    assert (done.status_code, done.location) == (303, "/_admin/people?q=d")
    assert logins(people) == {"alice", "bob", "emil"}
    assert "2 people are deleted" in alice.get("/_admin/people").text


def test_one_person_is_deleted_after_a_page_that_says_what_happens(people: Wiki, alice: Browser, bob: Browser) -> None:
    page = alice.get("/_admin/people/bob/delete").text
    assert "gone for good" in page
    assert 'action="/_admin/people/bob/delete"' in page

    assert alice.post("/_admin/people/bob/delete").status_code == 303

    assert logins(people) == {"alice"}
    assert bob.get("/_account").status_code == 302
    assert alice.get("/_admin/people/bob").status_code == 404


@pytest.mark.parametrize(
    ("address", "form"),
    [
        pytest.param("/_admin/people/alice/delete", {}, id="deleted by herself"),
        pytest.param("/_admin/people", {"login": ["bob", "alice"], "do": "delete", "sure": "yes"}, id="among others"),
        pytest.param("/_admin/people", {"login": "alice", "do": "disable"}, id="disabled"),
        pytest.param("/_admin/people/alice", {"groups": "admin"}, id="disabled in her form"),
        pytest.param("/_admin/people/alice", {"groups": "user", "active": "yes"}, id="taken out of the group"),
    ],
)
def test_the_last_administrator_stays(people: Wiki, alice: Browser, address: str, form: dict[str, str]) -> None:
    response = alice.post(address, form)

    assert response.status_code in {400, 409}
    assert logins(people) == {"alice", "bob"}
    assert person(people, "alice").is_admin
    assert person(people, "alice").active
    assert alice.get("/_admin").status_code == 200


def test_an_administrator_may_step_back_when_another_one_stays(people: Wiki, alice: Browser) -> None:
    add_many(people, "zoe", groups=("admin",))

    assert alice.post("/_admin/people/alice", {"groups": "user", "active": "yes"}).status_code == 303
    assert alice.get("/_admin").status_code == 403


# ------------------------------------------------------------------ the list


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("", ["alice", "bob", "dan", "dora"], id="everybody by login"),
        pytest.param("?sort=-login", ["dora", "dan", "bob", "alice"], id="the other way round"),
        pytest.param("?sort=name", ["alice", "bob", "dan", "dora"], id="by name"),
        pytest.param("?q=D%25", [], id="a percent sign is a percent sign"),
        pytest.param("?q=dor", ["dora"], id="part of a login"),
        pytest.param("?q=BROWN", ["bob"], id="part of a name in capitals"),
        pytest.param("?q=alice%40ex", ["alice"], id="part of a mail address"),
        pytest.param("?group=green", ["dan", "dora"], id="a group"),
        pytest.param("?group=green&q=dan", ["dan"], id="both"),
        pytest.param("?state=disabled", [], id="disabled ones"),
        pytest.param("?state=nonsense&sort=password&start=-1", ["alice", "bob", "dan", "dora"], id="nonsense"),
        pytest.param("?start=99", [], id="behind the end"),
        pytest.param("?login=do", ["dora"], id="part of a login alone"),
        pytest.param("?name=brown&mail=bob", ["bob"], id="name and mail"),
        pytest.param("?state=waiting", [], id="those who wait"),
        pytest.param("?step=yes", [], id="with a second step"),
        pytest.param("?step=no&q=d", ["alice", "dan", "dora"], id="without one"),
        pytest.param("?door=ldap", [], id="made by a directory"),
        pytest.param("?door=here&group=green", ["dan", "dora"], id="made here"),
        pytest.param("?seen=no", ["bob", "dan", "dora"], id="never signed in"),
        pytest.param("?seen_from=2000-01-01", ["alice"], id="signed in since"),
        pytest.param("?seen_to=2000-01-01", [], id="not since"),
        pytest.param("?since=2025-06-01&until=2025-06-30", ["alice", "bob", "dan", "dora"], id="made in a month"),
        pytest.param("?until=2025-05-31", [], id="made before"),
        pytest.param("?since=tomorrow&step=maybe&door=window", ["alice", "bob", "dan", "dora"], id="nonsense in all"),
        pytest.param("?start=" + "9" * 40, ["alice", "bob", "dan", "dora"], id="a number that no list has"),
    ],
)
def test_the_list_shows_whom_one_looks_for(people: Wiki, alice: Browser, query: str, expected: list[str]) -> None:
    add_many(people, "dan", "dora", groups=("green",))

    response = alice.get(f"/_admin/people{query}")

    assert response.status_code == 200
    assert shown(response.text) == expected


def test_a_long_list_comes_in_stretches_and_costs_the_same(people: Wiki, alice: Browser) -> None:
    with people.sessions() as session:
        session.add_all(
            Account(login=f"many{number:03}", name="P", password="", created_at=NOW) for number in range(120)
        )
        session.commit()
    engine = alice.client.application.extensions["lierre"].engine
    with watched(engine) as long:
        first = alice.get("/_admin/people?q=many")
    with watched(engine) as short:
        alice.get("/_admin/people?q=alice")

    (further,) = re.findall(r'rel="next" href="([^"]+)"', first.text)
    second = alice.get(unescape(further))
    assert shown(first.text) == [f"many{number:03}" for number in range(50)]
    assert shown(second.text) == [f"many{number:03}" for number in range(50, 100)]
    assert long.count == short.count


def test_names_are_shown_as_text(people: Wiki, alice: Browser) -> None:
    form = {"name": "<script>alert(1)</script>", "mail": '"><img@example.org', "groups": "<b>", "active": "yes"}
    alice.post("/_admin/people/bob", form)

    for address in ("/_admin/people", "/_admin/people/bob", "/_admin/people/bob/delete", "/_admin", "/_recent"):
        page = alice.get(address).text
        assert "<script>alert" not in page
        assert "<img@" not in page


def test_no_password_stands_in_the_record_of_acts(people: Wiki, alice: Browser) -> None:
    alice.post("/_admin/add-person", CARLA | {"repeated": PASSWORD})
    alice.post("/_admin/people/bob", {"name": "B", "active": "yes", "password": PASSWORD, "repeated": PASSWORD})

    with people.sessions() as session:
        rows = session.execute(select(Audit.before, Audit.after)).all()
    assert len(rows) == 3
    assert PASSWORD not in repr(rows)
    assert "argon2" not in repr(rows)


def test_doing_something_to_nobody_says_so(people: Wiki, alice: Browser) -> None:
    assert alice.post("/_admin/people", {"do": "disable"}).status_code == 303
    assert "Nobody was ticked" in alice.get("/_admin/people").text


@pytest.mark.parametrize("act", ["", "DELETE", "delete ", "grant", "__class__"])
def test_only_the_three_acts_are_known(people: Wiki, alice: Browser, act: str) -> None:
    assert alice.post("/_admin/people", {"login": "bob", "do": act, "sure": "yes"}).status_code == 400
    assert person(people, "bob").active


def test_the_cast_signs_in_as_written(people: Wiki, browser: NewBrowser) -> None:
    for login in PASSWORDS:
        assert browser().sign_in(login).status_code == 303


def test_a_refusal_for_many_comes_with_the_list_and_its_ticks(people: Wiki, alice: Browser) -> None:
    response = alice.post("/_admin/people", {"login": ["alice", "bob"], "do": "disable"})

    assert response.status_code == 400
    assert "You cannot disable or delete your own account here" in response.text
    assert len(re.findall(r'name="login" value="(?:alice|bob)" checked', response.text)) == 2
    assert person(people, "bob").active
