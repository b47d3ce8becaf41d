"""The pages on which all of a person's changes are seen and undone."""

import io
import re
from dataclasses import replace

import pytest
from sqlalchemy import update

from app.domain.viewer import Viewer
from app.services.config import save_setting
from app.services.media import Upload, put_media
from app.services.pages import PageEdit, read_page, save_page
from app.store.accounts import Account
from app.store.database import transaction
from app.wiki import Wiki
from tests.conftest import ALICE, BOB
from tests.web.conftest import NOW, Browser
from tests.web.writing import text_of

VANDAL = Viewer(login="vandal", groups=frozenset({"user"}), address="192.0.2.66")
AT = re.compile(r'name="at" value="(\d+)"')
HIS = "/_admin/edits?login=vandal"


@pytest.fixture(autouse=True)
def pages(people: Wiki) -> None:
    for name, text, viewer, time in (
        ("a", "good", BOB, 0),
        ("a", "<b>bad</b>", VANDAL, 60),
        ("b", "====== Spam ======", VANDAL, 120),
        ("c", "spam", VANDAL, 120),
        ("c", "mended", BOB, 180),
    ):
        save(people, name, text, viewer, NOW + time)


def save(wiki: Wiki, name: str, text: str, viewer: Viewer, now: int = NOW + 500) -> None:
    with wiki.sessions() as session:
        page = read_page(session, name, viewer=ALICE)
        edit = PageEdit(name, text, based_on=page.revision.id if page.revision else None)
        save_page(session, edit, viewer=viewer, now=now)


def query(address: str, to: str) -> str:
    return address.replace("/_admin/edits", f"/_admin/edits/{to}")


def preview(browser: Browser, address: str = HIS, **form: object) -> list[str]:
    """The newest revisions that the preview of all names."""
    response = browser.post(query(address, "preview"), {"do": "all"} | form)
    assert response.status_code == 200, response.text
    return AT.findall(response.text)


def test_his_changes_are_listed_looked_at_and_undone(people: Wiki, alice: Browser) -> None:
    listed = alice.get(HIS)
    assert listed.status_code == 200
    assert listed.text.count('name="page"') == 3

    shown = alice.post(query(HIS, "preview"), {"do": "all"})
    assert "2 pages and files become again" in shown.text
    assert "1 page or file is left alone" in shown.text
    assert "somebody else changed it since" in shown.text
    assert text_of(people, "b") == "====== Spam ======"

    done = alice.post(query(HIS, "undo"), {"at": AT.findall(shown.text), "summary": "vandalism"})
    assert done.status_code == 200
    assert "The changes of 2 pages and files are undone." in done.text
    assert [text_of(people, name) for name in "ac"] == ["good", "mended"]
    assert alice.get("/b").status_code == 404
    assert "vandalism" in alice.get("/_history/a").text
    assert "undid the changes of somebody" in alice.get("/_admin").text


def test_his_files_are_taken_along(people: Wiki, alice: Browser) -> None:
    with people.sessions() as session:
        for name in ("x.pdf", "y.pdf"):
            upload = Upload(name, io.BytesIO(b"%PDF-1.4 spam " + name.encode()))
            put_media(session, people.blobs, upload, viewer=VANDAL, now=NOW)
    assert alice.get(HIS).text.count('name="file"') == 2

    shown = alice.post(query(HIS, "preview"), {"do": "ticked", "file": ["x.pdf"]})
    assert "x.pdf" in shown.text
    assert "y.pdf" not in shown.text
    done = alice.post(query(HIS, "undo"), {"file_at": re.findall(r'name="file_at" value="(\d+)"', shown.text)})

    assert "The changes of 1 page or file are undone." in done.text
    assert [alice.get(f"/_media/{name}").status_code for name in ("x.pdf", "y.pdf")] == [404, 200]


def test_only_what_was_ticked(people: Wiki, alice: Browser) -> None:
    shown = alice.post(query(HIS, "preview"), {"do": "ticked", "page": ["b", "c"]})
    alice.post(query(HIS, "undo"), {"at": AT.findall(shown.text)})

    assert text_of(people, "a") == "<b>bad</b>"
    assert alice.get("/b").status_code == 404

    nothing = alice.post(query(HIS, "preview"), {"do": "ticked"})
    assert nothing.status_code == 400
    assert "No change was ticked" in nothing.text


def test_by_time_in_the_zone_of_whoever_asks(people: Wiki, alice: Browser) -> None:
    with people.sessions() as session, transaction(session):
        session.execute(update(Account).where(Account.login == "alice").values(timezone="Europe/Paris"))
    later = f"{HIS}&since=2025-06-15T17:08"  # NOW is 17:06:40 there

    assert alice.get(later).text.count('name="page"') == 2
    assert alice.get(f"{HIS}&until=2025-06-15T17:07").text.count('name="page"') == 1

    alice.post(query(later, "undo"), {"at": preview(alice, later)})
    assert text_of(people, "a") == "<b>bad</b>"
    assert alice.get("/b").status_code == 404


def test_what_cannot_be_read_is_said_and_undoes_nothing(people: Wiki, alice: Browser) -> None:
    everything = preview(alice)
    for odd, field in (
        ("&since=yesterday", "since"),
        ("&until=99999-01-01", "until"),
        ("&address=192.0.2.1", "login"),
        ("&ns=" + "x" * 260, "ns"),
        ("&ns=" + "x:" * 50, "ns"),
    ):
        assert alice.get(HIS + odd).status_code == 400
        for to in ("preview", "undo"):
            response = alice.post(query(HIS + odd, to), {"do": "all", "at": everything})
            assert response.status_code == 400
            assert f'id="error-{field}"' in response.text
    assert alice.post("/_admin/edits/undo", {"at": everything}).status_code == 400
    assert text_of(people, "b") == "====== Spam ======"


def test_what_changed_since_the_preview_is_left_alone_and_told(people: Wiki, alice: Browser) -> None:
    at = preview(alice)
    save(people, "b", "mended meanwhile", BOB)

    done = alice.post(query(HIS, "undo"), {"at": at})

    assert "it changed while you looked at this list" in done.text
    assert text_of(people, "b") == "mended meanwhile"
    assert text_of(people, "a") == "good"


def test_an_address_stands_for_whoever_was_not_signed_in(people: Wiki, alice: Browser) -> None:
    save(people, "d", "anonymous spam", replace(VANDAL, login=None, is_admin=True))
    somewhere = "/_admin/edits?address=192.0.2.66"

    assert alice.get(somewhere).text.count('name="page"') == 1
    alice.post(query(somewhere, "undo"), {"at": preview(alice, somewhere)})

    assert alice.get("/d").status_code == 404
    assert text_of(people, "a") == "<b>bad</b>"


def test_managers_may_and_members_may_not(people: Wiki, alice: Browser, bob: Browser, eve: Browser) -> None:
    at = preview(alice)
    for browser in (bob, eve):
        assert browser.get(HIS).status_code == 403
        assert browser.post(query(HIS, "preview"), {"do": "all"}).status_code == 403
        assert browser.post(query(HIS, "undo"), {"at": at}).status_code == 403
    assert text_of(people, "a") == "<b>bad</b>"

    with people.sessions() as session:
        save_setting(session, "manager", "bob", by=ALICE, now=NOW)

    assert bob.get(HIS).status_code == 200
    assert bob.post(query(HIS, "undo"), {"at": preview(bob)}).status_code == 200
    assert text_of(people, "a") == "good"
    assert bob.get("/_admin/people").status_code == 403


def test_histories_lead_there_whoever_may_go(people: Wiki, alice: Browser, bob: Browser, eve: Browser) -> None:
    save(people, "d", "anonymous", replace(VANDAL, login=None, is_admin=True))

    assert 'href="/_admin/edits?login=vandal"' in alice.get("/_history/a").text
    assert 'href="/_admin/edits?address=192.0.2.66"' in alice.get("/_history/d").text
    for browser in (bob, eve):
        assert "/_admin/edits" not in browser.get("/_history/a").text + browser.get("/_recent").text


@pytest.mark.parametrize(
    "address",
    [
        "/_admin/edits?login=%00",
        "/_admin/edits?login=nobody",
        "/_admin/edits?login=" + "x" * 300,
        "/_admin/edits?login=vandal&before=9-9",
        "/_admin/edits?login=vandal&before=x",
        "/_admin/edits?login=vandal&since=2025-06-15",
        "/_admin/edits?login=vandal&since=0001-01-01T00:00",
        "/_admin/edits?login=vandal&until=9999-12-31T23:59",
        "/_admin/edits?login=<script>alert(1)</script>",
    ],
)
def test_odd_questions_are_answered(alice: Browser, address: str) -> None:
    response = alice.get(address)

    assert response.status_code in {200, 400, 404}
    assert "<script>alert" not in response.text


def test_forged_numbers_do_nothing(people: Wiki, alice: Browser) -> None:
    done = alice.post(query(HIS, "undo"), {"at": ["0", "-1", "x", "9" * 18, "9" * 40, "1", "1"]})

    assert done.status_code == 200
    assert "Nothing was undone." in done.text
