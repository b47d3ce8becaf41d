"""The record of administrative acts in the browser: read, filtered, taken along."""

import ast
import csv
import io
import json
import re
from html import unescape

import pytest
from flask import Flask

from app.services import audit
from app.services.audit import ActFilter, Change, all_acts
from app.store.database import transaction
from app.web.admin import ACTS
from app.wiki import Wiki
from tests.conftest import ALICE, NOW
from tests.web.conftest import PASSWORDS, Browser
from tests.web.sentences import ROOT
from tests.web.test_security import addresses

DAY = 24 * 3600
FORMULA = '=HYPERLINK("https://evil.example")'


@pytest.fixture
def acts(people: Wiki) -> None:
    with people.sessions() as session, transaction(session):
        change = Change({"mail": "old@example.org"}, {"mail": "<b>new</b>", "groups": ["editors"]})
        audit.record(session, ALICE, "account:bob", "account.edit", change, now=NOW + 1)
        change = Change("Lierre", FORMULA)
        audit.record(session, ALICE, "setting:title", "setting.change", change, now=NOW + DAY)
        for number in range(60):
            audit.record(session, ALICE, f"account:p{number}", "account.add", Change(), now=NOW - DAY * number)


@pytest.mark.usefixtures("acts")
def test_an_act_says_who_did_what_and_what_it_changed(alice: Browser) -> None:
    page = alice.get("/_admin/audit?what=account.edit").text

    for words in ("changed a person", "192.0.2.1", "<del>old@example.org</del>", "<ins>editors</ins>"):
        assert words in page
    assert "<ins>&lt;b&gt;new&lt;/b&gt;</ins>" in page


@pytest.mark.usefixtures("acts")
@pytest.mark.parametrize(
    ("query", "there", "not_there"),
    [
        pytest.param("who=alice&what=setting.change", "about=setting%3Atitle", "about=account", id="one kind"),
        pytest.param("about=bob", "about=account%3Abob", "about=setting", id="one object"),
        pytest.param("about=account:bob", "about=account%3Abob", "about=setting", id="one object with its kind"),
        pytest.param("who=bob", "Nothing fits", "setting%3Atitle", id="somebody who did nothing"),
        pytest.param("from=2025-06-16", "setting%3Atitle", "account%3Abob", id="from a day on"),
        pytest.param("to=2025-06-15", "account%3Abob", "setting%3Atitle", id="to a day, that day included"),
        pytest.param("from=soon&to=%00&what=x&who=%00&before=1-x", "setting%3Atitle", "Nothing fits", id="nonsense"),
    ],
)
def test_acts_are_found(alice: Browser, query: str, there: str, not_there: str) -> None:
    page = alice.get(f"/_admin/audit?{query}").text.replace("account:", "account%3A").replace("setting:", "setting%3A")

    assert there in page
    assert not_there not in page


@pytest.mark.usefixtures("acts")
def test_older_acts_are_further_on(alice: Browser) -> None:
    first = alice.get("/_admin/audit?who=alice").text
    older = unescape(re.findall(r'href="([^"]*before=[^"]*)"', first)[0])
    second = alice.get(older).text

    assert "who=alice" in older
    assert "p10<" in first
    assert "p59<" not in first
    assert "p59<" in second


@pytest.mark.usefixtures("acts")
def test_the_whole_record_is_taken_along_as_a_table(alice: Browser) -> None:
    response = alice.get("/_admin/audit.csv?from=2025-06-15")

    assert response.headers["Content-Disposition"] == "attachment; filename=audit.csv"
    assert response.headers["Cache-Control"] == "no-store"
    rows = list(csv.DictReader(io.StringIO(response.text, newline="")))
    assert [row["object"] for row in rows] == ["setting:title", "account:bob", "account:p0"]
    assert rows[0]["time"] == "2025-06-16T15:06:40Z"
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


@pytest.mark.usefixtures("acts")
def test_the_whole_record_is_taken_along_line_by_line(alice: Browser) -> None:
    lines = [json.loads(line) for line in alice.get("/_admin/audit.jsonl").text.splitlines()]

    assert len(lines) == 62
    assert lines[0]["after"] == FORMULA
    assert lines[1] == {
        "time": "2025-06-15T15:06:41Z",
        "actor": "alice",
        "address": "192.0.2.1",
        "action": "account.edit",
        "object": "account:bob",
        "before": {"mail": "old@example.org"},
        "after": {"mail": "<b>new</b>", "groups": ["editors"]},
    }


def test_what_is_done_in_the_browser_leaves_no_secret_in_the_record(people: Wiki, alice: Browser) -> None:
    secret = "nobody guesses these words"
    person = {"login": "dan", "name": "Dan", "mail": "d@example.org", "groups": "", "password": secret}
    assert alice.post("/_admin/add-person", person | {"repeated": secret}).status_code == 303
    change = {"name": "Dan", "mail": "", "groups": "x", "active": "yes", "password": secret, "repeated": secret}
    assert alice.post("/_admin/people/dan", change).status_code == 303
    assert alice.post("/_admin/wiki", {"title": "Ivy"}).status_code == 303
    assert alice.post("/_admin/people", {"do": "delete", "sure": "yes", "login": "dan"}).status_code == 303

    record = alice.get("/_admin/audit.jsonl").text
    assert {json.loads(line)["action"] for line in record.splitlines()} >= {
        "account.add",
        "account.edit",
        "account.password",
        "account.delete",
        "setting.change",
    }
    for word in (secret, "argon2", PASSWORDS["alice"], alice.cookie("session") or "?"):
        assert word not in record


def test_no_form_of_administration_or_of_an_account_writes_a_secret_down(
    app: Flask, people: Wiki, alice: Browser
) -> None:
    """Every form is sent with secrets in all the fields that take one, by an administrator and by themselves."""
    secrets = ("nobody guesses these words", "another one, longer still", "314159")
    form = {"password": secrets[0], "repeated": secrets[0], "present": PASSWORDS["alice"], "old": PASSWORDS["alice"]}
    form |= {"new": secrets[1], "code": secrets[2], "login": "bob", "name": "x", "mail": "x@example.org"}
    form |= {
        "do": "disable",
        "sure": "yes",
        "active": "yes",
        "groups": "admin",
        "token": secrets[1],
        "secret": secrets[1],
    }
    places = [place for place in addresses(app, "POST") if place.startswith(("/_admin", "/_account"))]
    assert len(places) > 10

    for place in places:
        alice.post(place, form)

    with people.sessions() as session:
        record = " ".join(
            f"{act.before} {act.after} {act.target}" for act in all_acts(session, ActFilter(), viewer=ALICE)
        )
    assert "account" in record
    for word in (*secrets, *PASSWORDS.values(), "argon2"):
        assert word not in record, word


@pytest.mark.parametrize("address", ["/_admin/audit", "/_admin/audit.csv", "/_admin/audit.jsonl"])
def test_nobody_else_reads_it(people: Wiki, bob: Browser, eve: Browser, address: str) -> None:
    assert (bob.get(address).status_code, eve.get(address).status_code) == (403, 403)


def recorded_acts() -> set[str]:
    """The acts that the program writes down, from its source."""
    found: set[str] = set()
    for path in sorted((ROOT / "app").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record":
                found |= {str(part.value) for part in ast.walk(node.args[3]) if isinstance(part, ast.Constant)}
    return found


def test_every_act_is_told_in_words() -> None:
    acts = recorded_acts()

    assert {"account.add", "setting.change"} <= acts, "the source is read rightly"
    assert acts - ACTS.keys() == set()
