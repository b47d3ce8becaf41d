"""The rights editor: what it shows, that nothing is stored before it was looked at, and what it refuses."""

import html
import re

import pytest

from app.domain.access import Rule
from app.services.rules import RuleChange, all_rules, change_rules
from app.wiki import Wiki
from tests.conftest import ALICE, NOW
from tests.web.conftest import Browser
from tests.web.writing import write

START = (Rule("*", "@ALL", 1), Rule("*", "@user", 8))
LOCK = {"at": "garden:*", "new-kind": "all", "new-level": "0"}


def rules_of(wiki: Wiki) -> tuple[Rule, ...]:
    with wiki.sessions() as session:
        return all_rules(session)


def carried(page: str) -> dict[str, str]:
    """The fields that the preview's form brings back."""
    found = re.findall(r'name="(change|key|back)" value="([^"]*)"', page)
    return {name: html.unescape(value) for name, value in found}


def test_a_namespace_is_locked_after_seeing_who_loses_what(
    people: Wiki, alice: Browser, bob: Browser, eve: Browser
) -> None:
    write(people, "garden:rose", "====== Rose ======\n")
    assert "garden:rose" in eve.get("/_recent").text

    looked = alice.post("/_admin/rights/preview", LOCK)
    assert looked.status_code == 200
    assert rules_of(people) == START
    row = re.search(r'<tr class="loses">.*?</tr>', looked.text, re.DOTALL)
    assert row is not None
    assert "somebody who is not signed in" in looked.text
    assert "@user" in looked.text

    stored = alice.post("/_admin/rights", carried(looked.text) | {"summary": "season is over"})
    assert stored.status_code == 303
    assert set(rules_of(people)) == {*START, Rule("garden:*", "@ALL", 0)}
    for visitor in (eve, bob):
        assert visitor.get("/garden:rose").status_code == 404
        assert "garden:rose" not in visitor.get("/_recent").text
    assert alice.get("/garden:rose").status_code == 200


def test_a_change_looked_at_before_another_is_shown_again(people: Wiki, alice: Browser) -> None:
    looked = alice.post("/_admin/rights/preview", LOCK)
    with people.sessions() as session:
        change_rules(session, RuleChange(add=[Rule("other:*", "@ALL", 0)]), by=ALICE, now=NOW)

    again = alice.post("/_admin/rights", carried(looked.text))

    assert again.status_code == 200
    assert "changed meanwhile" in again.text
    assert Rule("garden:*", "@ALL", 0) not in rules_of(people)
    assert alice.post("/_admin/rights", carried(again.text)).status_code == 303
    assert Rule("garden:*", "@ALL", 0) in rules_of(people)


def test_a_change_is_taken_back(people: Wiki, alice: Browser) -> None:
    alice.post("/_admin/rights", carried(alice.post("/_admin/rights/preview", LOCK).text) | {"summary": "locked"})
    page = alice.get("/_admin/rights/history").text
    number = re.search(r'name="id" value="(\d+)"', page)
    assert "locked" in page
    assert number is not None

    looked = alice.post("/_admin/rights/undo", {"id": number[1], "what": "locked"})
    assert alice.post("/_admin/rights", carried(looked.text)).status_code == 303
    assert rules_of(people) == START


def test_the_table_as_text_is_read_and_errors_name_their_line(people: Wiki, alice: Browser) -> None:
    shown = alice.get("/_admin/rights/all").text
    assert "*\t@ALL\t1" in html.unescape(shown)

    for text, word in (("* @ALL 1\nbroken", "Line 2"), ("* @ALL read", "Line 1"), ("a:* @ALL 99", "Line 1")):
        refused = alice.post("/_admin/rights/all", {"rules": text})
        assert refused.status_code == 400
        assert word in refused.text
        assert text.splitlines()[-1] in html.unescape(refused.text)
    looked = alice.post("/_admin/rights/all", {"rules": "# mine\n* @ALL 1\na:* bob 16 # why\n"})
    alice.post("/_admin/rights", carried(looked.text))
    assert rules_of(people) == (Rule("*", "@ALL", 1), Rule("a:*", "bob", 16))


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("", ["not signed in", "read"]),
        ("@user", ["upload", "@user"]),
        ("bob", ["upload"]),
        ("alice", ["everything", "superuser"]),
        ("ghost", ["nobody of this login"]),
    ],
)
def test_the_effective_right_is_explained(people: Wiki, alice: Browser, who: str, words: list[str]) -> None:
    page = alice.get(f"/_admin/rights?at=a:b&who={who}").text

    assert [word for word in words if word not in page] == []


@pytest.mark.parametrize(
    ("form", "word"),
    [
        ({"at": "", "new-kind": "all", "new-level": "1"}, "neither a page nor a namespace"),
        ({"at": "a:*", "new-kind": "group", "new-name": "", "new-level": "1"}, "Say which group"),
        ({"at": "a:*", "new-kind": "nonsense", "new-name": "x", "new-level": "1"}, "Say which group"),
        ({"at": "a:*", "new-kind": "all", "new-level": "17"}, "Choose one of the list"),
        ({"at": "a:*", "new-kind": "all", "new-level": "x"}, "Choose one of the list"),
        ({"at": "a" * 300 + ":*", "new-kind": "all", "new-level": "1"}, "too long"),
    ],
)
def test_what_cannot_be_a_rule_is_refused_with_a_reason(
    people: Wiki, alice: Browser, form: dict[str, str], word: str
) -> None:
    answer = alice.post("/_admin/rights/preview", form)

    assert answer.status_code == 400
    assert word in answer.text
    assert rules_of(people) == START


def test_rules_of_a_page_are_lowered_and_names_nobody_has_are_told(people: Wiki, alice: Browser) -> None:
    looked = alice.post(
        "/_admin/rights/preview", {"at": "a:b", "new-kind": "person", "new-name": "Ghost Writer", "new-level": "16"}
    )

    assert "lowered" in looked.text
    assert "ghost_writer" in looked.text
    alice.post("/_admin/rights", carried(looked.text))
    assert Rule("a:b", "ghost%5fwriter", 2) in rules_of(people)


@pytest.mark.parametrize(
    "change",
    [
        "",
        "[]",
        "{",
        '{"remove": [], "add": [["a:*"]]}',
        '{"remove": [], "add": [["a:*", "@ALL", 255]]}',
        '{"remove": [], "add": [["a b", "@ALL", 1]]}',
        "[" * 5000,
    ],
)
def test_a_forged_change_is_refused(people: Wiki, alice: Browser, change: str) -> None:
    assert alice.post("/_admin/rights", {"change": change, "key": ""}).status_code == 400
    assert rules_of(people) == START


def test_nobody_else_comes_near(people: Wiki, bob: Browser, eve: Browser) -> None:
    for visitor in (bob, eve):
        for address in ("/_admin/rights", "/_admin/rights/all", "/_admin/rights/history"):
            assert visitor.get(address).status_code == 403
        for address in (
            "/_admin/rights",
            "/_admin/rights/preview",
            "/_admin/rights/all",
            "/_admin/rights/undo",
            "/_admin/view-as",
        ):
            assert visitor.post(address, LOCK).status_code == 403
    assert rules_of(people) == START


def test_after_storing_one_stays_in_the_editor(people: Wiki, alice: Browser) -> None:
    fields = carried(alice.post("/_admin/rights/preview", LOCK).text)

    answer = alice.post("/_admin/rights", fields | {"back": "https://evil.example/"})

    assert answer.headers["Location"] == "/_admin/rights"


# ------------------------------------------------------------------ seen with other eyes


def test_an_administrator_sees_the_wiki_as_others_and_changes_nothing(people: Wiki, alice: Browser) -> None:
    write(people, "garden:rose", "words\n")
    alice.post("/_admin/rights", carried(alice.post("/_admin/rights/preview", LOCK).text))
    assert alice.get("/garden:rose").status_code == 200

    assert alice.post("/_admin/view-as", {"who": "bob"}).status_code == 303
    page = alice.get("/_recent")
    assert "You see the wiki as bob" in page.text
    assert alice.get("/garden:rose").status_code == 404
    assert alice.get("/_admin").status_code == 403
    assert alice.post("/_edit/start", {"text": "x", "based_on": ""}).status_code == 403
    assert alice.post("/_admin/rights", LOCK).status_code == 403

    assert alice.post("/_view-as/end").status_code == 303
    assert alice.get("/garden:rose").status_code == 200
    assert alice.get("/_admin").status_code == 200


@pytest.mark.parametrize("who", ["alice", "@admin"])
def test_other_eyes_never_administer(people: Wiki, alice: Browser, who: str) -> None:
    alice.post("/_admin/view-as", {"who": who})

    assert alice.get("/_admin/people").status_code == 403


def test_looking_as_nobody_in_particular(people: Wiki, alice: Browser) -> None:
    write(people, "a", "words\n")
    alice.post("/_admin/view-as", {"who": ""})

    page = alice.get("/a").text
    assert "somebody who is not signed in" in page
    assert alice.post("/_logout").status_code == 303
    assert alice.sign_in("alice").status_code == 303
    assert alice.get("/_admin").status_code == 200
