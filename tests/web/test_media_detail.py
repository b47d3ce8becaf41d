"""The page about a file: what it shows, to whom it offers what, and what stands there for a missing one."""

import io
import re

import pytest
from PIL import Image

from app.domain.access import Rule
from app.domain.picture_fields import EDITABLE
from app.services.config import save_settings
from app.services.media import Upload, delete_media, find_media, put_media
from app.services.media_fields import FieldsEdit, edit_fields
from app.services.rules import RuleChange, change_rules
from app.services.throttle import HOURLY
from app.wiki import Wiki
from tests.conftest import ALICE
from tests.web.conftest import Browser
from tests.web.writing import NOW, WRITER, write

PLACE = {1: "N", 2: (48.0, 51.0, 30.0), 3: "E", 4: (2.0, 17.0, 40.0)}
ATTACK = "\"'><svg/onload=alert(1)><script>alert(1)</script>"


def picture(color: str = "green", kind: str = "JPEG", size: tuple[int, int] = (40, 30)) -> bytes:
    made = Image.new("RGB", size, color)
    held = made.getexif()
    held.get_ifd(0x8825).update(PLACE)
    stream = io.BytesIO()
    made.save(stream, kind, exif=held)
    return stream.getvalue()


def put(wiki: Wiki, name: str = "a:b.jpg", content: bytes = b"", now: int = NOW) -> int:
    """The id of the version."""
    with wiki.sessions() as session:
        upload = Upload(name, io.BytesIO(content or picture()))
        return put_media(session, wiki.blobs, upload, viewer=WRITER, now=now).revision.id


def say(wiki: Wiki, changes: dict[str, str], name: str = "a:b.jpg", now: int = NOW + 5) -> None:
    with wiki.sessions() as session:
        edit_fields(session, wiki.blobs, FieldsEdit(name, changes), limit=10**6, viewer=WRITER, now=now)


def fields_of(wiki: Wiki, name: str = "a:b.jpg") -> dict[str, str]:
    with wiki.sessions() as session:
        return dict(find_media(session, name, viewer=WRITER).revision.fields)


def lock(wiki: Wiki, space: str = "a") -> None:
    rules = [Rule(f"{space}:*", "@ALL", 0), Rule(f"{space}:*", "@user", 0)]
    with wiki.sessions() as session:
        change_rules(session, RuleChange(add=rules), by=ALICE, now=NOW)


def offered(page: str) -> set[str]:
    """What of a file's acts the page leads to."""
    acts = {"/_file-fields/", "/_file-move/", "/_file-delete/", "/_file-history/", 'action="/_upload"'}
    return {act for act in acts if act in page}


# ------------------------------------------------------------------ what it shows


def test_the_page_says_what_a_file_is_and_where_it_is_used(eve: Browser, wiki: Wiki) -> None:
    put(wiki, size_of := "a:b.jpg", picture(size=(2400, 1200)))
    say(wiki, {"title": "Ivy", "caption": "On the\nwall", "keywords": "leaf, wall"})
    write(wiki, "gallery", "====== Pictures ======\n\n{{a:b.jpg}}")

    page = eve.get(f"/_detail/{size_of}?id=gallery").text

    for words in ("2400 × 1200", "image/jpeg", "Pictures", "<h1>Ivy</h1>", "On the\nwall", "leaf, wall", "48.85833"):
        assert words in page, words
    assert re.search(
        r'src="/_media/a:b.jpg\?w=900&amp;h=700&amp;fit=1&amp;tok=\w+" alt="Ivy" width="900" height="450"', page
    )
    assert "w=1800&amp;h=1400" in page
    assert 'href="/gallery"' in page
    assert "{{a:b.jpg}}" in page
    assert "![](a:b.jpg)" in page
    assert '<meta name="robots"' not in page


def test_a_picture_of_the_page_is_sent_at_its_size(eve: Browser, wiki: Wiki) -> None:
    put(wiki, content=picture(size=(2400, 1200)))
    address = re.search(r'src="(/_media/[^"]+)"', eve.get("/_detail/a:b.jpg").text)
    assert address is not None

    response = eve.get(address[1].replace("&amp;", "&"))

    with Image.open(io.BytesIO(response.data)) as shown:
        assert shown.size == (900, 450)
    response.close()


def test_neighbours_lead_on_and_keep_the_way_back(eve: Browser, wiki: Wiki) -> None:
    for number in ("9", "10", "11"):
        put(wiki, f"a:{number}.jpg")
    put(wiki, "b:1.jpg")

    page = eve.get("/_detail/a:10.jpg?id=home").text

    assert 'rel="prev" href="/_detail/a:9.jpg?id=home"' in page
    assert 'rel="next" href="/_detail/a:11.jpg?id=home"' in page
    assert 'rel="next"' not in eve.get("/_detail/a:11.jpg").text


@pytest.mark.parametrize(
    ("name", "content", "sign"),
    [
        pytest.param("a.pdf", b"%PDF-1.4\n%%EOF\n", "Open the file", id="a document is opened"),
        pytest.param("a.zip", b"PK\5\6" + bytes(18), "Download the file", id="an archive is downloaded"),
    ],
)
def test_other_files_are_led_to(eve: Browser, wiki: Wiki, name: str, content: bytes, sign: str) -> None:
    put(wiki, name, content)

    page = eve.get(f"/_detail/{name}").text

    assert sign in page
    assert "<img" not in page.partition("<main")[2].partition("</main>")[0]


def test_an_old_version_says_so(eve: Browser, wiki: Wiki) -> None:
    put(wiki, content=picture("red"))
    put(wiki, content=picture("blue", size=(50, 20)), now=NOW + 5)

    page = eve.get(f"/_detail/a:b.jpg?rev={NOW}").text

    assert "This is the version of" in page
    assert f"rev={NOW}" in page
    assert "40 × 30" in page
    assert 'content="noindex,nofollow"' in page
    assert eve.get("/_detail/a:b.jpg?rev=5").status_code == 404


def test_pages_that_use_it_come_in_stretches(eve: Browser, wiki: Wiki) -> None:
    put(wiki)
    for number in range(52):
        write(wiki, f"p{number}", "{{a:b.jpg}}")

    first = eve.get("/_detail/a:b.jpg").text

    assert first.count('class="wikilink1"') == 50
    assert "after=p49#used" in first
    assert eve.get("/_detail/a:b.jpg?after=p49").text.count('class="wikilink1"') == 2


# ------------------------------------------------------------------ who is offered what


def test_tools_reach_as_far_as_rights(people: Wiki, eve: Browser, bob: Browser, alice: Browser) -> None:
    put(people)
    read = {"/_file-history/"}
    change = read | {"/_file-fields/", 'action="/_upload"'}

    assert offered(eve.get("/_detail/a:b.jpg").text) == read
    assert offered(bob.get("/_detail/a:b.jpg").text) == change
    assert offered(alice.get("/_detail/a:b.jpg").text) == change | {"/_file-move/", "/_file-delete/"}


@pytest.mark.parametrize(
    ("action", "closed"),
    [
        (
            "media",
            ["file-history/a:b.jpg", "file-diff/a:b.jpg", f"file-revert/a:b.jpg?rev={NOW}", "file-fields/a:b.jpg"],
        ),
        ("revisions", ["file-history/a:b.jpg"]),
        ("revert", [f"file-revert/a:b.jpg?rev={NOW}"]),
        ("diff", ["file-diff/a:b.jpg"]),
    ],
)
def test_what_is_switched_off_refuses_and_is_not_offered(
    people: Wiki, alice: Browser, action: str, closed: list[str]
) -> None:
    put(people)
    with people.sessions() as session:
        save_settings(session, {"disableactions": action}, by=ALICE, now=NOW)

    page = alice.get("/_detail/a:b.jpg")

    assert page.status_code == 200
    assert (action == "media") == ("/_files?ns=" not in page.text)
    for address in closed:
        assert alice.get(f"/_{address}").status_code == 403
        assert address.partition("?")[0] not in page.text


# ------------------------------------------------------------------ what is missing


def test_a_missing_file_is_offered_to_whoever_may_upload(people: Wiki, eve: Browser, bob: Browser) -> None:
    write(people, "page", "{{a:none.png}}")

    seen, offered_to_bob = eve.get("/_detail/a:none.png"), bob.get("/_detail/a:none.png")

    assert (seen.status_code, offered_to_bob.status_code) == (404, 404)
    assert 'action="/_upload"' not in seen.text
    assert "Sign in to upload it" in seen.text
    assert 'action="/_upload"' in offered_to_bob.text
    assert 'name="name" value="none.png"' in offered_to_bob.text
    assert 'href="/page"' in seen.text


def test_a_deleted_file_says_by_whom_and_leads_to_its_history(people: Wiki, eve: Browser) -> None:
    put(people)
    with people.sessions() as session:
        delete_media(session, "a:b.jpg", summary="not ours", viewer=ALICE, now=NOW + 5)

    page = eve.get("/_detail/a:b.jpg")

    assert page.status_code == 404
    for words in ("This file was deleted", "Alice Adams", "not ours", "/_file-history/a:b.jpg"):
        assert words in page.text


def test_a_closed_file_answers_as_one_that_never_was(people: Wiki, eve: Browser, bob: Browser) -> None:
    put(people)
    put(people, "a:c.jpg")
    with people.sessions() as session:
        delete_media(session, "a:c.jpg", viewer=ALICE, now=NOW + 5)
    write(people, "page", "{{a:b.jpg}} {{a:c.jpg}} {{a:d.jpg}}")
    lock(people)

    for visitor in (eve, bob):
        answers = [visitor.get(f"/_detail/a:{leaf}.jpg") for leaf in "bcd"]
        texts = {
            answer.text.replace(f"a:{leaf}.jpg", "X").replace(f"{leaf}.jpg", "X")
            for answer, leaf in zip(answers, "bcd", strict=True)
        }
        assert {answer.status_code for answer in answers} == {404}
        assert len(texts) == 1


# ------------------------------------------------------------------ what files say is text


def test_what_a_file_says_cannot_act(people: Wiki, alice: Browser, bob: Browser, eve: Browser) -> None:
    put(people)
    say(people, {key: ATTACK for key in EDITABLE if key != "date"})
    write(people, "page", "{{a:b.jpg}} {{a:b.jpg|x}}\n")
    write(people, "marked", "![](a:b.jpg)\n", markup="markdown")
    assert fields_of(people)["title"] == ATTACK

    pages = [
        "/_detail/a:b.jpg",
        f"/_detail/a:b.jpg?rev={NOW + 5}",
        "/_file-history/a:b.jpg",
        "/_file-diff/a:b.jpg",
        "/_file-fields/a:b.jpg",
        f"/_file-revert/a:b.jpg?rev={NOW + 5}",
        "/page",
        "/marked",
        "/_export/xhtml/page",
        "/_files?ns=a",
        "/_recent",
        "/_feed",
    ]
    for address in pages:
        for visitor in (alice, bob, eve):
            text = visitor.get(address).text
            assert "<svg/onload" not in text, address
            assert "<script>alert" not in text, address


# ------------------------------------------------------------------ changing it


def test_fields_are_changed_in_a_form(people: Wiki, bob: Browser) -> None:
    put(people)
    form = bob.get("/_file-fields/a:b.jpg").text
    based_on = re.search(r'name="based_on" value="(\d+)"', form)
    assert based_on is not None
    typed = {"title": "Ivy", "caption": "a\r\nb", "keywords": "x, y", "date": "2024-05-31", "based_on": based_on[1]}

    response = bob.post("/_file-fields/a:b.jpg", typed)

    assert (response.status_code, response.location) == (303, "/_detail/a:b.jpg")
    assert fields_of(people) == {
        "title": "Ivy",
        "caption": "a\nb",
        "keywords": "x, y",
        "date": "2024-05-31",
        "place": "48.85833, 2.29444",
    }
    assert "what the file says of itself" in bob.get("/_file-history/a:b.jpg").text


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [("date", "some day", "Write a day as"), ("title", "x" * 300, "too long"), ("caption", "y" * 2001, "too long")],
)
def test_what_cannot_be_taken_comes_back(people: Wiki, bob: Browser, field: str, typed: str, said: str) -> None:
    put(people)

    response = bob.post("/_file-fields/a:b.jpg", {"author": "Somebody Else", field: typed})

    assert response.status_code == 400
    assert said in response.text
    assert typed in response.text
    assert "Somebody Else" in response.text
    assert "title" not in fields_of(people)


def test_a_form_of_an_older_version_comes_back(people: Wiki, bob: Browser) -> None:
    old = put(people)
    put(people, content=picture("red"), now=NOW + 1)

    response = bob.post("/_file-fields/a:b.jpg", {"title": "Mine", "based_on": str(old)})

    assert response.status_code == 409
    assert "replaced meanwhile" in response.text
    assert 'value="Mine"' in response.text
    assert "title" not in fields_of(people)


def test_the_form_of_the_page_replaces_the_file_and_comes_back(people: Wiki, bob: Browser) -> None:
    put(people)
    page = bob.get("/_detail/a:b.jpg").text
    form = dict(
        re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.partition('action="/_upload"')[2])
    )
    form = {name: form[name] for name in ("ns", "name", "back", "replace")}

    sent = ((picture(size=(50, 20)), 50, "Stored: b.jpg"), (b"no picture", 50, "The name ends in"))
    for content, width, words in sent:
        response = bob.post("/_upload", form | {"file": (io.BytesIO(content), "mine.jpg")})
        assert (response.status_code, response.location) == (303, "/_detail/a:b.jpg")
        shown = bob.get("/_detail/a:b.jpg").text
        assert f"{width} × 20" in shown
        assert words in shown


def test_nobody_makes_versions_without_end(people: Wiki, bob: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    put(people)
    monkeypatch.setitem(HOURLY, "upload", 1)

    assert bob.post("/_file-fields/a:b.jpg", {"title": "one"}).status_code == 303
    response = bob.post("/_file-fields/a:b.jpg", {"title": "two"})

    assert response.status_code == 429
    assert 'value="two"' in response.text
    assert fields_of(people)["title"] == "one"


def test_where_it_was_taken_is_removed_by_a_button(people: Wiki, bob: Browser) -> None:
    put(people)
    say(people, {"title": "Ivy"})
    assert "Remove where it was taken" in bob.get("/_file-fields/a:b.jpg").text

    assert bob.post("/_file-fields/a:b.jpg", {"placeless": "yes", "title": "ignored"}).status_code == 303

    assert fields_of(people) == {"title": "Ivy"}


@pytest.mark.parametrize("address", ["/_file-fields/a:b.jpg", f"/_file-revert/a:b.jpg?rev={NOW}"])
def test_whoever_may_not_upload_changes_nothing(people: Wiki, eve: Browser, bob: Browser, address: str) -> None:
    put(people)
    eve.get("/_login")

    assert eve.get(address).status_code == 403
    assert eve.post(address, {"title": "x"}).status_code == 403
    lock(people)
    assert bob.get(address).status_code == 404
    assert bob.post(address, {"title": "x"}).status_code == 404
    assert bob.get("/_file-fields/a:none.jpg").status_code == 404


def test_only_photographs_hold_fields(people: Wiki, bob: Browser) -> None:
    put(people, "a:b.png", picture(kind="PNG"))

    assert bob.get("/_file-fields/a:b.png").status_code == 400
    assert "/_file-fields/" not in bob.get("/_detail/a:b.png").text
