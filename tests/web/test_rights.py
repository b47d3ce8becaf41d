"""The rights editor: what it shows, that nothing is stored before it was looked at, and what it refuses."""

import html
import re

import pytest
from flask import Flask

from app.domain.access import Rule
from app.services.config import save_setting
from app.services.rules import RuleChange, all_rules, change_rules
from app.wiki import Wiki
from tests.conftest import ALICE, NOW
from tests.web.conftest import Browser
from tests.web.test_security import addresses
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
        ({"at": "a\0:*", "new-kind": "all", "new-level": "1"}, "This holds signs tha"),
        ({"at": "a:*", "new-kind": "person", "new-name": "b\0b", "new-level": "1"}, "This holds signs tha"),
        ({"at": "a:*", "new-kind": "person", "new-name": "x" * 10_000, "new-level": "1"}, "too long"),
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


def test_names_are_cleaned_and_encoded_as_rules_name_them(people: Wiki, alice: Browser) -> None:
    form = {"at": ":Gärten:Öffentlich:*", "new-kind": "group", "new-name": "@Die_Gärtner", "new-level": "2"}

    alice.post("/_admin/rights", carried(alice.post("/_admin/rights/preview", form).text))

    (new,) = set(rules_of(people)) - set(START)
    assert new == Rule("gaerten:oeffentlich:*", "@die%5fgaertner", 2)


def test_rules_that_nobody_touched_stay_as_they_are(people: Wiki, alice: Browser) -> None:
    old = Rule("a:b", "@user", 8)  # more than a page's rule may give here
    with people.sessions() as session:
        change_rules(session, RuleChange(add=[old]), by=ALICE, now=NOW)

    looked = alice.post(
        "/_admin/rights/preview", {"at": "a:b", "level-@user": "8", "new-kind": "all", "new-level": "0"}
    )
    assert "lowered" not in looked.text
    alice.post("/_admin/rights", carried(looked.text))

    assert set(rules_of(people)) == {*START, old, Rule("a:b", "@ALL", 0)}


def test_a_rule_is_removed_by_choosing_none(people: Wiki, alice: Browser) -> None:
    looked = alice.post("/_admin/rights/preview", {"at": "*", "level-@user": ""})
    alice.post("/_admin/rights", carried(looked.text))

    assert rules_of(people) == START[:1]


def test_the_start_page_closed_to_strangers_is_warned_about(people: Wiki, alice: Browser) -> None:
    form = {"at": "*", "level-@ALL": "0", "level-@user": "1"}

    page = alice.post("/_admin/rights/preview", form).text

    assert "loses the start page" in page
    assert "Nobody but administrators could change pages here" in page


@pytest.mark.parametrize(
    ("asked", "shown"),
    [("", ["*", "*", "a:*"]), ("A:", ["a:*"]), ("everybody", ["*"]), ("gä", ["a:*"]), ("nothing like it", [])],
)
def test_all_rules_are_found_by_place_or_name(people: Wiki, alice: Browser, asked: str, shown: list[str]) -> None:
    with people.sessions() as session:
        change_rules(session, RuleChange(add=[Rule("a:*", "@gärtner", 2)]), by=ALICE, now=NOW)

    page = alice.get("/_admin/rights/all", query_string={"q": asked}).text

    assert re.findall(r"<tr><td><a [^>]*>([^<]*)</a>", page) == shown


@pytest.mark.parametrize("query", ["at=%00", "who=%00", "who=@%00", "after=%00", "at=a%0Ab", "at=" + "a" * 9000])
def test_nonsense_in_the_address_breaks_nothing(people: Wiki, alice: Browser, query: str) -> None:
    assert alice.get(f"/_admin/rights?{query}").status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        "",
        "[]",
        "{",
        '{"remove": [], "add": [["a:*"]]}',
        '{"remove": [], "add": [["a:*", "@ALL", 255]]}',
        '{"remove": [], "add": [["a b", "@ALL", 1]]}',
        '{"remove": [], "add": [["a:*", "@ALL", Infinity]]}',
        '{"remove": [], "add": [["a:*", "@ALL", -1]]}',
        '{"remove": [], "add": [["a:*", "", 1]]}',
        '{"remove": [], "add": [["a\\u0000:*", "@ALL", 1]]}',
        '{"remove": [], "add": [["a:*", "\\ud800", 1]]}',
        '{"remove": [], "add": [["a:*", "x\\n*\\t@ALL\\t16", 1]]}',
        '{"remove": [], "add": [["' + "a" * 10_000 + '", "@ALL", 1]]}',
        '{"remove": [], "add": [["a:*", "' + "x" * 10_000 + '", 1]]}',
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
            refused = visitor.post(address, LOCK | {"rules": "* @ALL 16", "who": "alice", "id": "1"})
            assert refused.status_code == 403
            assert "@user" not in refused.text
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


@pytest.mark.parametrize("who", ["ghost", "@", "x" * 200, "@" + "x" * 200, "@a\0b"])
def test_one_cannot_look_as_nobody_knows_whom(people: Wiki, alice: Browser, who: str) -> None:
    assert alice.post("/_admin/view-as", {"who": who}).status_code == 400

    assert "You see the wiki as" not in alice.get("/_recent").text


def test_every_form_but_the_end_is_closed_while_looking(app: Flask, people: Wiki, alice: Browser) -> None:
    write(people, "a", "words\n")
    alice.post("/_admin/view-as", {"who": "bob"})

    closed = [address for address in addresses(app, "POST") if address not in {"/_view-as/end", "/_logout"}]

    assert [address for address in closed if alice.post(address).status_code != 403] == []


def test_the_end_needs_its_token_too(people: Wiki, alice: Browser) -> None:
    alice.post("/_admin/view-as", {"who": "bob"})

    assert alice.post_bare("/_view-as/end").status_code == 400
    assert "You see the wiki as bob" in alice.get("/_recent").text


def test_who_administers_no_more_looks_with_own_eyes(people: Wiki, alice: Browser) -> None:
    alice.post("/_admin/view-as", {"who": "bob"})
    with people.sessions() as session:
        save_setting(session, "superuser", "bob", by=ALICE, now=NOW)

    page = alice.get("/_recent").text
    assert "You see the wiki as" not in page
    assert alice.get("/_admin/rights").status_code == 403


def test_a_member_cannot_look_with_a_mark_in_the_cookie(people: Wiki, bob: Browser) -> None:
    with bob.client.session_transaction() as kept:
        kept["view_as"] = "alice"

    assert "You see the wiki as" not in bob.get("/_recent").text
    assert bob.get("/_admin").status_code == 403


def test_looking_does_not_spoil_what_others_are_served(people: Wiki, alice: Browser, eve: Browser) -> None:
    write(people, "garden:rose", "words\n")
    assert "garden:rose" in eve.get("/_recent").text
    alice.post("/_admin/rights", carried(alice.post("/_admin/rights/preview", LOCK).text))
    alice.post("/_admin/view-as", {"who": ""})
    for address in ("/", "/_recent", "/garden:rose"):
        alice.get(address)

        answer = eve.get(address)
        assert "You see the wiki as" not in answer.text
        assert "garden:rose" not in answer.text or answer.status_code == 404


def test_looking_as_nobody_in_particular(people: Wiki, alice: Browser) -> None:
    write(people, "a", "words\n")
    alice.post("/_admin/view-as", {"who": ""})

    page = alice.get("/a").text
    assert "somebody who is not signed in" in page
    assert alice.post("/_logout").status_code == 303
    assert alice.sign_in("alice").status_code == 303
    assert alice.get("/_admin").status_code == 200
