"""Files sent by a form, a script or a program: stored each on its own, or refused with words and nothing kept."""

import getopt
import json
import shlex
import threading
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from app import create_app
from app.domain.access import Rule
from app.services import throttle
from app.services.accounts import NewAccount, write_account
from app.services.config import save_setting
from app.services.media import find_media
from app.services.media_history import media_history
from app.services.media_list import all_media
from app.services.rules import RuleChange, change_rules
from app.services.tokens import NewToken, make_token
from app.settings import Settings
from app.store.accounts import Rate
from app.store.database import transaction
from app.web.upload_limits import MOST_FILES, STEP, request_bytes
from app.wiki import Wiki
from tests.conftest import ALICE, NOW
from tests.services.test_media import picture
from tests.web.conftest import Browser

JSON = {"Accept": "application/json"}
PDF = b"%PDF-1.4 words"
Files = list[tuple[BytesIO, str]]


def files(*named: tuple[str, bytes]) -> Files:
    return [(BytesIO(body), name) for name, body in named]


def send(browser: Browser, named: Files, *, as_json: bool = True, **fields: Any) -> TestResponse:
    return browser.post("/_upload", {"file": named, **fields}, headers=JSON if as_json else {})


def send_raw(browser: Browser, *named: tuple[str, bytes]) -> TestResponse:
    """The same for long ones, which the test client would put into a file that it never closes."""
    browser.get("/_preferences")
    body = _part('name="csrf_token"', browser.token.encode())
    body += b"".join(_part(f'name="file"; filename="{name}"', content) for name, content in named)
    return browser.client.post(
        "/_upload", data=body + b"--x--\r\n", content_type="multipart/form-data; boundary=x", headers=JSON
    )


def _part(about: str, body: bytes) -> bytes:
    return f"--x\r\nContent-Disposition: form-data; {about}\r\n\r\n".encode() + body + b"\r\n"


def names(wiki: Wiki) -> list[str]:
    with wiki.sessions() as session:
        return [file.name for file in all_media(session, viewer=ALICE)]


# ------------------------------------------------------------------ whole files


def test_files_are_stored_below_the_namespace(people: Wiki, bob: Browser) -> None:
    answer = send(bob, files(("Ivy Leaf.PNG", picture()), ("b.pdf", PDF)), ns="plants", summary="from the wall")

    assert answer.status_code == 200
    first, second = answer.get_json()["files"]
    assert first == {
        "name": "plants:ivy_leaf.png",
        "stored": True,
        "url": "/_media/plants:ivy_leaf.png",
        "detail": "/_detail/plants:ivy_leaf.png",
        "mime": "image/png",
        "width": 30,
        "height": 20,
        "size": len(picture()),
        "note": "",
    }
    assert second["name"] == "plants:b.pdf"
    with people.sessions() as session:
        assert find_media(session, "plants:b.pdf", viewer=ALICE).summary == "from the wall"


def test_each_file_is_judged_on_its_own(people: Wiki, bob: Browser) -> None:
    answer = send(bob, files(("a.exe", b"MZ"), ("b.pdf", PDF), ("c.png", b"no picture")))

    assert answer.status_code == 207
    assert [file["stored"] for file in answer.get_json()["files"]] == [False, True, False]
    assert "not taken" in answer.get_json()["files"][0]["error"]
    assert names(people) == ["b.pdf"]


def test_nothing_is_taken_where_files_are_switched_off(people: Wiki, bob: Browser, alice: Browser) -> None:
    with people.sessions() as session:
        save_setting(session, "disableactions", "media", by=ALICE, now=NOW)

    for browser in (bob, alice):
        assert send(browser, files(("a.pdf", PDF))).status_code == 403
        assert post_json(browser, "/_upload/parts", {"ns": "", "file": "a.pdf", "size": 5}).status_code == 403
    assert names(people) == []


def test_a_form_that_went_well_leads_to_the_files(people: Wiki, bob: Browser) -> None:
    answer = send(bob, files(("a.pdf", PDF)), as_json=False, ns="plants")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/_files?ns=plants")
    assert "Stored: a.pdf." in bob.get("/_preferences").text


def test_a_form_that_failed_comes_back_with_what_was_typed(people: Wiki, bob: Browser) -> None:
    answer = send(
        bob,
        files(("<b>.exe", b"MZ")),
        as_json=False,
        ns="plants",
        name="leaf",
        summary="from the <wall>",
        replace="yes",
    )

    assert answer.status_code == 422
    assert "Nothing was stored." in answer.text
    assert "&lt;b&gt;.exe" in answer.text
    assert 'value="from the &lt;wall&gt;"' in answer.text
    assert 'value="leaf"' in answer.text
    assert 'name="ns" value="plants"' in answer.text
    assert "checked" in answer.text


def test_what_is_stored_of_a_form_is_told_beside_what_is_not(people: Wiki, bob: Browser) -> None:
    answer = send(bob, files(("a.pdf", PDF), ("b.exe", b"MZ")), as_json=False)

    assert answer.status_code == 207
    assert "/_detail/a.pdf" in answer.text
    assert "b.exe" in answer.text


@pytest.mark.parametrize(
    ("form", "words"),
    [
        pytest.param({}, "Choose a file first.", id="no file"),
        pytest.param({"file": files(("", b""))}, "Choose a file first.", id="an empty field"),
        pytest.param(
            {"file": files(*((f"{number}.pdf", PDF) for number in range(MOST_FILES + 1)))},
            "At most 50 files",
            id="too many at once",
        ),
        pytest.param(
            {"file": files(("a.pdf", PDF), ("b.pdf", PDF)), "name": "c"}, "one file only", id="one name for two"
        ),
        pytest.param({"file": files(("a.pdf", PDF)), "summary": "x" * 256}, "too long", id="a summary without end"),
    ],
)
@pytest.mark.parametrize("headers", [JSON, {}], ids=["script", "form"])
def test_a_request_that_makes_no_sense_stores_nothing(
    people: Wiki, bob: Browser, form: dict[str, Any], words: str, headers: dict[str, str]
) -> None:
    again = {
        key: [(BytesIO(f.getvalue()), n) for f, n in value] if key == "file" else value for key, value in form.items()
    }
    answer = bob.post("/_upload", again, headers=headers, content_type="multipart/form-data")

    assert answer.status_code == 400
    assert words in (answer.get_json()["error"] if headers else answer.text)
    assert names(people) == []


def test_a_name_that_is_taken_is_told_with_one_that_is_free(people: Wiki, bob: Browser) -> None:
    send(bob, files(("a.png", picture())), ns="n")

    answer = send(bob, files(("a.png", picture(size=(9, 9)))), ns="n")

    assert answer.status_code == 422
    (file,) = answer.get_json()["files"]
    assert (file["taken"], file["free"]) == ("n:a.png", "n:a_2.png")
    assert "already" in file["error"]


def test_the_same_name_twice_in_one_request_replaces_only_where_that_was_said(people: Wiki, bob: Browser) -> None:
    twice = [("a.png", picture()), ("A.png", picture(size=(9, 9)))]

    refused = send(bob, files(*twice), ns="n")
    replaced = send(bob, files(*twice), ns="m", replace="yes")

    assert [file["stored"] for file in refused.get_json()["files"]] == [True, False]
    assert [file["stored"] for file in replaced.get_json()["files"]] == [True, True]
    with people.sessions() as session:
        assert len(media_history(session, "m:a.png", viewer=ALICE).items) == 2


@pytest.mark.parametrize(
    ("fields", "sent", "name"),
    [
        pytest.param({"name": "leaf"}, "ivy.png", "plants:leaf.png", id="the ending of the file is kept"),
        pytest.param({"name": "old:leaf.png"}, "ivy.png", "plants:old:leaf.png", id="a namespace below"),
        pytest.param({}, "../../secret/x.png", "plants:x.png", id="a path says nothing"),
        pytest.param({}, "secret:x.png", "plants:secret_x.png", id="a colon in the name of a file"),
        pytest.param({"name": "::..:secret:x.png"}, "ivy.png", "plants:secret:x.png", id="nothing leads out"),
    ],
)
def test_where_a_file_lies(people: Wiki, bob: Browser, fields: dict[str, Any], sent: str, name: str) -> None:
    answer = send(bob, files((sent, picture())), ns="plants", **fields)

    assert [file["name"] for file in answer.get_json()["files"]] == [name]


def test_another_ending_is_pointed_out(people: Wiki, bob: Browser) -> None:
    answer = send(bob, files(("a.odt", b"PK\3\4")), name="a.pdf")

    (file,) = answer.get_json()["files"]
    assert "another type" in file.get("note", "") or not file["stored"]


def test_a_form_on_the_page_about_a_file_leads_back_there(people: Wiki, bob: Browser) -> None:
    stored = send(bob, files(("x.png", picture())), as_json=False, ns="n", name="a.png", back="detail")
    refused = send(bob, files(("x.png", b"no")), as_json=False, ns="n", name="a.png", replace="yes", back="detail")

    assert [answer.headers["Location"] for answer in (stored, refused)] == ["/_detail/n:a.png"] * 2
    assert "notice-error" in bob.get("/_preferences").text


# ------------------------------------------------------------------ rights


@pytest.fixture
def closed(people: Wiki) -> Wiki:
    """``open`` takes files of members, ``shut`` of nobody, ``secret`` is read by nobody."""
    with people.sessions() as session:
        rules = [Rule("shut:*", "@user", 1), Rule("secret:*", "@user", 0), Rule("secret:*", "@ALL", 0)]
        change_rules(session, RuleChange(add=rules), by=ALICE, now=NOW)
    return people


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"ns": "shut"}, id="by the namespace"),
        pytest.param({"ns": "", "name": "shut:a.pdf"}, id="by the name, below another"),
        pytest.param({"ns": "secret"}, id="where nothing may be read"),
    ],
)
def test_the_right_is_asked_for_the_name_that_comes_out(closed: Wiki, bob: Browser, fields: dict[str, Any]) -> None:
    whole = send(bob, files(("a.pdf", PDF)), **fields)
    parts = begin(bob, name=fields.get("name", "a.pdf"), ns=fields["ns"])

    assert (whole.status_code, parts.status_code in {403, 404}) == (422, True)
    assert names(closed) == []


def test_nobody_unknown_sends_anything(people: Wiki, eve: Browser) -> None:
    eve.get("/_login")

    assert send(eve, files(("a.pdf", PDF))).status_code == 403
    assert send(eve, files(("a.pdf", PDF)), as_json=False).status_code == 403
    assert begin(eve).status_code == 403
    assert names(people) == []


def test_a_long_body_is_refused_before_it_is_read(people: Wiki, app: Flask, eve: Browser) -> None:
    """Whoever may not upload fills no disk."""
    eve.get("/_login")

    class Unread(BytesIO):
        def read(self, *_: object) -> bytes:
            raise AssertionError("it was read")

    answer = eve.client.post(
        "/_upload",
        content_type="multipart/form-data; boundary=x",
        headers=JSON,
        environ_overrides={"wsgi.input": Unread(), "CONTENT_LENGTH": str(200 * 1024 * 1024)},
    )

    assert answer.status_code == 403


@pytest.mark.parametrize("address", ["/_upload", "/_upload/parts", "/_upload/parts/x", "/_upload/parts/x/finish"])
def test_another_site_sends_nothing_in_ones_name(people: Wiki, bob: Browser, address: str) -> None:
    answer = bob.post_bare(address, {"file": files(("a.pdf", PDF))}, headers=JSON)

    assert answer.status_code == 400
    assert "older than your session" in answer.get_json()["error"]
    assert names(people) == []


# ------------------------------------------------------------------ limits


def test_a_request_beyond_all_bounds_is_refused_with_words(people: Wiki, bob: Browser, settings: Settings) -> None:
    bob.get("/_preferences")
    answer = bob.client.post(
        "/_upload",
        content_type="multipart/form-data; boundary=x",
        headers=JSON,
        environ_overrides={"wsgi.input": BytesIO(), "CONTENT_LENGTH": str(request_bytes(settings) + 1)},
    )

    assert answer.status_code == 413
    assert "larger than 257 MiB" in answer.get_json()["error"]


def test_a_form_of_countless_fields_is_refused(people: Wiki, bob: Browser) -> None:
    part = '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    answer = bob.client.post(
        "/_upload", data=part * 300 + "--x--\r\n", content_type="multipart/form-data; boundary=x", headers=JSON
    )

    assert answer.status_code == 413


def test_an_hour_holds_so_many_files_and_no_more(people: Wiki, bob: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(throttle.HOURLY, "upload", 2)
    send(bob, files(("a.pdf", PDF), ("b.pdf", PDF)))

    answer = send(bob, files(("c.pdf", PDF)))

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) <= 3600
    assert "Too many tries" in answer.get_json()["error"]


def test_a_file_that_is_too_large_is_refused_by_itself(people: Wiki, bob: Browser, app: Flask) -> None:
    object.__setattr__(app.extensions["lierre"].settings, "max_upload_bytes", 1024 * 1024)

    answer = send_raw(bob, ("a.pdf", b"%PDF" + b"x" * 1024 * 1024), ("b.pdf", PDF))

    assert [file["stored"] for file in answer.get_json()["files"]] == [False, True]
    assert "larger than 1 MiB" in answer.get_json()["files"][0]["error"]


def test_what_waits_on_the_disk_is_gone_afterwards(people: Wiki, bob: Browser) -> None:
    answer = send_raw(bob, ("a.pdf", PDF * 200_000), ("b.exe", PDF * 200_000))

    assert [file["stored"] for file in answer.get_json()["files"]] == [True, False]
    assert list((people.settings.home / "media" / "incoming").iterdir()) == []


# ------------------------------------------------------------------ parts


def begin(browser: Browser, **given: Any) -> TestResponse:
    return post_json(browser, "/_upload/parts", {"ns": "n", "name": "a.pdf", "size": len(PDF), **given})


def post_json(browser: Browser, address: str, given: Any = None) -> TestResponse:
    if not browser.token:
        browser.get("/_preferences")
    headers = {"X-CSRFToken": browser.token}
    return browser.client.post(address, data=json.dumps(given or {}), content_type="application/json", headers=headers)


def post_bytes(browser: Browser, upload: str, start: int, body: bytes, **more: Any) -> TestResponse:
    headers = {"X-CSRFToken": browser.token, "Content-Type": "application/octet-stream", **more}
    return browser.client.post(f"/_upload/parts/{upload}?start={start}", data=body, headers=headers)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.uploads.LEAST", 1)


def test_a_file_in_parts_becomes_a_file(people: Wiki, bob: Browser) -> None:
    begun = begin(bob)
    upload = begun.get_json()["id"]
    assert (begun.status_code, begun.get_json()["received"], begun.get_json()["step"]) == (201, 0, STEP)

    first = post_bytes(bob, upload, 0, PDF[:5])
    asked = bob.get(f"/_upload/parts/{upload}")
    post_bytes(bob, upload, 5, PDF[5:])
    end = post_json(bob, f"/_upload/parts/{upload}/finish", {"summary": "in parts"})

    assert first.get_json() == asked.get_json() == {"name": "n:a.pdf", "received": 5, "size": len(PDF)}
    assert end.get_json()["stored"] is True
    assert bob.get(end.get_json()["url"]).data == PDF


def test_what_is_cancelled_is_known_no_more(people: Wiki, bob: Browser) -> None:
    upload = begin(bob).get_json()["id"]

    assert post_json(bob, f"/_upload/parts/{upload}/cancel").status_code == 204
    assert post_bytes(bob, upload, 0, PDF).status_code == 404
    assert "Send the file again" in post_json(bob, f"/_upload/parts/{upload}/finish").get_json()["error"]


def test_somebody_else_cannot_go_on_with_it(people: Wiki, bob: Browser, alice: Browser) -> None:
    upload = begin(bob).get_json()["id"]
    alice.get("/_preferences")

    assert alice.get(f"/_upload/parts/{upload}").status_code == 404
    assert post_bytes(alice, upload, 0, PDF).status_code == 404
    assert post_json(alice, f"/_upload/parts/{upload}/finish").status_code == 404
    assert post_json(alice, f"/_upload/parts/{upload}/cancel").status_code == 404
    assert bob.get(f"/_upload/parts/{upload}").get_json()["received"] == 0


@pytest.mark.parametrize(
    ("given", "status"),
    [
        pytest.param([], 400, id="no object"),
        pytest.param({"size": "many", "name": "a.pdf"}, 400, id="no number"),
        pytest.param({"size": -1, "name": "a.pdf"}, 400, id="a negative one"),
        pytest.param({"size": True, "name": "a.pdf"}, 400, id="a truth is no number"),
        pytest.param({"size": 10**400, "name": "a.pdf"}, 400, id="a number without end"),
        pytest.param({"size": 5, "name": ["a.pdf"]}, 400, id="a name that is no text"),
        pytest.param({"size": 5, "name": "a.pdf" * 99}, 400, id="a name that is too long"),
        pytest.param({"size": 5, "name": "a\x00.pdf"}, 400, id="a name with signs that are none"),
        pytest.param({"size": 5, "name": "a.exe"}, 400, id="a type that is not taken"),
        pytest.param({"size": 10**10, "name": "a.pdf"}, 400, id="too large"),
    ],
)
def test_nonsense_begins_nothing(people: Wiki, bob: Browser, given: Any, status: int) -> None:
    answer = post_json(bob, "/_upload/parts", given)

    assert (answer.status_code, bool(answer.get_json()["error"])) == (status, True)


def test_brackets_without_end_are_no_object(people: Wiki, bob: Browser) -> None:
    headers = {"X-CSRFToken": bob.token, "Content-Type": "application/json"}

    assert bob.client.post("/_upload/parts", data=b"[" * 200_000, headers=headers).status_code == 400


def test_what_is_refused_counts_where_it_was_long(people: Wiki, bob: Browser) -> None:
    for size, spent in ((2000, 0), (2_000_000, 1)):
        body = _part('name="csrf_token"', bob.token.encode()) + _part('name="x"; filename="a.pdf"', b"x" * size)
        form = {"data": body + b"--x--\r\n", "content_type": "multipart/form-data; boundary=x"}

        assert bob.client.post("/_upload", **form).status_code == 400
        with people.sessions() as session:
            counts = session.execute(select(Rate.count).where(Rate.key.startswith("upload:bob"))).scalars().all()
        assert sum(counts) == spent


def test_a_part_is_plain_bytes_at_a_number(people: Wiki, bob: Browser) -> None:
    upload = begin(bob).get_json()["id"]

    assert post_bytes(bob, upload, 0, PDF, **{"Content-Type": "text/plain"}).status_code == 400
    assert post_bytes(bob, upload, "x", PDF).status_code == 400  # type: ignore[arg-type]  # nonsense on purpose
    assert post_bytes(bob, upload, 0, b"x" * (9 * 1024 * 1024)).status_code == 413


def test_a_name_that_is_taken_is_told_before_the_bytes_come(people: Wiki, bob: Browser) -> None:
    send(bob, files(("a.pdf", PDF)), ns="n")

    answer = begin(bob)

    assert (answer.status_code, answer.get_json()["taken"], answer.get_json()["free"]) == (409, "n:a.pdf", "n:a_2.pdf")
    assert begin(bob, replace=True).status_code == 201


# ------------------------------------------------------------------ programs


def bearing(wiki: Wiki, *, may_write: bool = True, namespaces: tuple[str, ...] = ()) -> dict[str, str]:
    with wiki.sessions() as session:
        token, _info = make_token(session, "bob", NewToken("uploads", may_write, namespaces), now=NOW)
    return {"Authorization": f"Bearer {token}", **JSON}


def test_a_program_uploads_as_the_documents_say(people: Wiki, eve: Browser) -> None:
    """The example of docs/programs.md, word by word."""
    text = (Path(__file__).parents[2] / "docs" / "programs.md").read_text(encoding="utf-8")
    command = next(line for line in text.replace("\\\n", " ").splitlines() if "/_upload" in line and "curl" in line)
    options, _ = getopt.gnu_getopt(shlex.split(command)[1:], "H:F:")
    fields = dict(value.split("=", 1) for option, value in options if option == "-F")
    sent = fields.pop("file")
    given = dict(value.split(": ", 1) for option, value in options if option == "-H")
    assert sent.startswith("@")
    assert given.keys() == {"Authorization", "Accept"}

    answer = eve.client.post(
        "/_upload",
        data={"file": (BytesIO(picture()), sent[1:]), **fields},
        headers=given | bearing(people),
    )

    assert answer.status_code == 200
    assert answer.get_json()["files"][0]["name"] == "projects:garden:ivy.png"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("limits", "status"),
    [
        pytest.param({"may_write": False}, 403, id="one that reads"),
        pytest.param({"namespaces": ("yours",)}, 422, id="one for another namespace"),
    ],
)
def test_a_token_that_is_too_narrow_uploads_nothing(
    people: Wiki, eve: Browser, limits: dict[str, Any], status: int
) -> None:
    form = {"file": (BytesIO(PDF), "a.pdf"), "ns": "n"}

    answer = eve.client.post("/_upload", data=form, headers=bearing(people, **limits))

    assert answer.status_code == status
    assert names(people) == []


# ------------------------------------------------------------------ at once


@pytest.fixture
def shared(database_url: str, tmp_path: Path, password_hashes: dict[str, str]) -> Iterator[Flask]:
    """A wiki with bob and carol in each kind of database."""
    app = create_app(Settings(home=tmp_path, database_url=database_url, secret="for tests only, and long"))
    app.testing = True
    wiki: Wiki = app.extensions["lierre"]
    with wiki.sessions() as session, transaction(session):
        for login in ("bob", "alice"):
            write_account(
                session, NewAccount(login, login, f"{login}@example.org", (), ""), password_hashes[login], now=NOW
            )
    yield app
    wiki.engine.dispose()


def test_two_uploads_of_the_same_name_at_once_are_both_kept(shared: Flask) -> None:
    wiki: Wiki = shared.extensions["lierre"]
    together = threading.Barrier(2, timeout=60)
    answers: dict[str, int] = {}

    def upload(login: str, body: bytes) -> None:
        browser = Browser(shared.test_client())
        browser.sign_in(login)
        browser.get("/_preferences")
        together.wait(30)
        answers[login] = send(browser, files(("a.png", body)), ns="n", replace="yes").status_code

    bodies = {"bob": picture(size=(7, 7)), "alice": picture(size=(9, 9))}
    threads = [threading.Thread(target=upload, args=one) for one in bodies.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == {"bob": 200, "alice": 200}
    with wiki.sessions() as session:
        changes = media_history(session, "n:a.png", viewer=ALICE).items
        assert {change.author: b"".join(wiki.blobs.read(change.sha256)) for change in changes} == bodies
