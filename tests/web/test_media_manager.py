"""The manager of files: what it lists and offers, to whom, and how the editor picks from it."""

import re
from html import unescape
from io import BytesIO

import pytest
from PIL import Image

from app.domain.access import Rule
from app.domain.viewer import Viewer
from app.services.config import save_settings
from app.services.media import Upload, put_media
from app.services.rules import RuleChange, change_rules
from app.wiki import Wiki
from tests.conftest import watched
from tests.web.conftest import Browser
from tests.web.writing import NOW, write

ADMIN = Viewer(login="alice", groups=frozenset({"admin", "user"}), is_admin=True)
LINK = re.compile(r'<a [^>]*href="([^"]+)"([^>]*)>')


def picture(width: int, height: int) -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), "green").save(out, "PNG")
    return out.getvalue()


def put(wiki: Wiki, *names: str, body: bytes = b"%PDF-1.4", now: int = NOW) -> None:
    for name in names:
        with wiki.sessions() as session:
            upload = Upload(name, BytesIO(body), any_type=not name.endswith(".png"))
            put_media(session, wiki.blobs, upload, viewer=ADMIN, now=now)


def listed(html: str) -> list[str]:
    return [unescape(name) for name in re.findall(r'data-file data-name="([^"]+)"', html)]


def followed(html: str) -> list[str]:
    """Addresses that a dialog follows."""
    return [unescape(address) for address, more in LINK.findall(html) if "data-follow" in more]


def test_files_of_the_namespace_lead_to_pages_about_them(eve: Browser, wiki: Wiki) -> None:
    put(wiki, "a:two.pdf", "a:ten.pdf", "a:b:deep.pdf", "top.pdf")

    html = eve.get("/_files?ns=a").text

    assert listed(html) == ["a:ten.pdf", "a:two.pdf"]
    assert 'href="/_detail/a:two.pdf"' in html
    assert 'href="/_files?ns=a:b"' in html, "the tree shows what lies below"


@pytest.mark.parametrize("view", ["grid", "list"])
def test_pictures_come_in_signed_sizes_and_small_ones_as_they_are(eve: Browser, wiki: Wiki, view: str) -> None:
    put(wiki, "large.png", body=picture(500, 400))
    put(wiki, "small.png", body=picture(40, 30))
    put(wiki, "plan.pdf")

    html = eve.get(f"/_files?view={view}").text

    sources = [unescape(found) for found in re.findall(r'<img src="([^"]+)"', html)]
    assert len(sources) == 2
    assert "w=240" in sources[0]
    assert "tok=" in sources[0]
    assert sources[1] == "/_media/small.png"
    assert {eve.get(source).status_code for source in sources} == {200}
    assert html.count("srcset=") == 1
    assert html.count('loading="lazy"') == 2


def test_a_large_namespace_comes_in_stretches(eve: Browser, wiki: Wiki) -> None:
    put(wiki, *(f"a:f{number}.pdf" for number in range(63)))

    first = eve.get("/_files?ns=a").text
    (further,) = (address for address in followed(first) if "after=" in address)
    second = eve.get(further).text

    assert [name for html in (first, second) for name in listed(html)] == [f"a:f{number}.pdf" for number in range(63)]
    assert not [address for address in followed(second) if "after=" in address and "view=" not in address]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("shown=picture", ["a:p.png"], id="one kind"),
        pytest.param("order=date", ["a:new.pdf", "a:p.png", "a:old.pdf"], id="the newest first"),
        pytest.param("order=date&dir=asc", ["a:old.pdf", "a:p.png", "a:new.pdf"], id="the oldest first"),
        pytest.param("order=size&dir=desc", ["a:p.png", "a:new.pdf", "a:old.pdf"], id="the largest first"),
        pytest.param("dir=desc", ["a:p.png", "a:old.pdf", "a:new.pdf"], id="names backwards"),
        pytest.param("q=*.pdf", ["a:b:deep.pdf", "a:new.pdf", "a:old.pdf"], id="a pattern, further down, too"),
        pytest.param("q=nothing", [], id="nothing"),
        pytest.param("order=x&dir=y&shown=z&view=w&after=", ["a:new.pdf", "a:old.pdf", "a:p.png"], id="nonsense"),
        pytest.param("after=%00&q=%00", ["a:new.pdf", "a:old.pdf", "a:p.png"], id="no text"),
    ],
)
def test_the_list_is_as_it_was_asked_for(eve: Browser, wiki: Wiki, query: str, found: list[str]) -> None:
    put(wiki, "a:old.pdf", now=NOW)
    put(wiki, "a:p.png", body=picture(30, 30), now=NOW + 1)
    put(wiki, "a:new.pdf", now=NOW + 2)
    put(wiki, "a:b:deep.pdf", now=NOW + 3)

    assert listed(eve.get(f"/_files?ns=a&{query}").text) == found


def test_the_browser_remembers_the_arrangement(eve: Browser, wiki: Wiki) -> None:
    put(wiki, "a.pdf", "b.pdf")

    eve.get("/_files?view=list&order=name&dir=desc")
    html = eve.get("/_files").text

    assert "files-table" in html
    assert listed(html) == ["b.pdf", "a.pdf"]
    eve.client.set_cookie("files", "x.y.z.<script>")
    assert listed(eve.get("/_files").text) == ["a.pdf", "b.pdf"]


def test_looking_alone_remembers_nothing(eve: Browser) -> None:
    assert "Set-Cookie" not in eve.get("/_files?ns=a&q=x").headers


# ------------------------------------------------------------------ rights


def test_whoever_may_upload_sees_the_form_and_its_limits(bob: Browser, wiki: Wiki) -> None:
    with wiki.sessions() as session:
        save_settings(session, {"mediaquota": 7}, by=ADMIN, now=NOW)

    html = bob.get("/_files?ns=a").text

    assert 'data-max-bytes="52428800"' in html
    assert "At most 50\xa0MiB each." in html
    assert "room for 7\xa0MiB more" in html
    assert re.search(r'data-endings="[^"]*\bpng\b', html)
    assert '<input type="hidden" name="ns" value="a">' in html
    assert not re.search(r'data-endings="[^"]*\bphp\b', html)


def test_others_are_told_why_they_may_not_upload(eve: Browser, bob: Browser, wiki: Wiki) -> None:
    with wiki.sessions() as session:
        change_rules(session, RuleChange(add=[Rule("a:*", "@user", 1)]), by=ADMIN, now=NOW)

    assert "Sign in to upload files." in eve.get("/_files?ns=a").text
    assert "do not include uploading" in bob.get("/_files?ns=a").text
    assert "data-upload " not in bob.get("/_files?ns=a").text
    assert "data-upload " in bob.get("/_files").text.replace("\n", " ")


def test_what_can_be_done_with_a_file_goes_as_far_as_rights(
    eve: Browser, bob: Browser, alice: Browser, wiki: Wiki
) -> None:
    put(wiki, "a:x.pdf")

    def offered(browser: Browser) -> set[str]:
        html = browser.get("/_files?ns=a").text
        return {word for word in ("#replace", "/_file-move/a:x.pdf", "/_file-delete/a:x.pdf") if word in html}

    assert offered(eve) == set()
    assert offered(bob) == {"#replace"}
    assert offered(alice) == {"#replace", "/_file-move/a:x.pdf", "/_file-delete/a:x.pdf"}


def test_a_closed_namespace_answers_as_one_that_nobody_used(eve: Browser, wiki: Wiki) -> None:
    put(wiki, "shut:secret.pdf")
    write(wiki, "shut:page", "text")
    with wiki.sessions() as session:
        rules = [Rule(f"{space}:*", "@ALL", 0) for space in ("shut", "free")]
        change_rules(session, RuleChange(add=rules), by=ADMIN, now=NOW)

    shut, free = (eve.get(f"/_files?ns={space}").text for space in ("shut", "free"))

    assert "secret" not in shut
    assert shut.replace("shut", "free") == free


def test_what_was_typed_is_shown_as_text(eve: Browser) -> None:
    typed = '"><script>alert(1)</script>'

    html = eve.get("/_files", query_string={"q": typed}).text

    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


def test_a_namespace_that_cannot_be_one_is_refused(eve: Browser) -> None:
    assert eve.get("/_files?ns=" + "a:" * 40 + "b").status_code == 400


def test_it_can_be_switched_off(eve: Browser, wiki: Wiki) -> None:
    write(wiki, "a:page", "text")
    assert 'href="/_files?ns=a"' in eve.get("/a:page").text
    with wiki.sessions() as session:
        save_settings(session, {"disableactions": "media"}, by=ADMIN, now=NOW)

    assert eve.get("/_files").status_code == 403
    assert "/_files" not in eve.get("/a:page").text


# ------------------------------------------------------------------ picking


def test_the_editor_picks_from_the_same_page(bob: Browser, wiki: Wiki) -> None:
    put(wiki, "a:p.png", body=picture(500, 400))
    put(wiki, "a:b:x.pdf")

    html = bob.get("/_files?pick=1&ns=a").text

    assert 'data-picker data-namespace="a" data-may-upload="yes"' in html
    assert re.search(r'data-name="a:p.png" data-mime="image/png" data-kind="picture" data-size="\d+" ', html)
    assert 'data-width="500" data-height="400" data-thumb="/_media/a:p.png?w=240' in unescape(html)
    assert re.search(r'<a class="file-name" href="/_detail/a:p.png"[^>]* data-choose>', html)
    assert "{{a:p.png}}" in html, "whoever has no script copies it"
    assert followed(html)
    assert all("pick=1" in address for address in followed(html))
    assert '<input type="hidden" name="pick" value="1">' in html


# ------------------------------------------------------------------ many


def test_the_number_of_files_changes_no_number_of_queries(bob: Browser, wiki: Wiki) -> None:
    engine = bob.client.application.extensions["lierre"].engine

    def asked() -> int:
        with watched(engine) as statements:
            assert bob.get("/_files?ns=a").status_code == 200
        return statements.count

    put(wiki, "a:0.pdf")
    asked()
    few = asked()
    put(wiki, *(f"a:{number}.pdf" for number in range(1, 70)), *(f"a:s{number}:x.pdf" for number in range(10)))
    asked()

    assert asked() == few


# ------------------------------------------------------------------ deleting many


def test_many_are_deleted_after_a_look_at_what_that_comes_to(alice: Browser, wiki: Wiki) -> None:
    put(wiki, "a:one.pdf", "a:two.pdf", "a:used.pdf")
    write(wiki, "p", "====== Paper ======\n{{a:used.pdf}}")
    names = {"ns": "a", "name": ["a:one.pdf", "a:used.pdf"]}

    asked = alice.post("/_files", names)
    before = listed(alice.get("/_files?ns=a").text)
    done = alice.post("/_files", names | {"sure": "yes", "summary": "old"}, follow_redirects=True)

    assert 'name="name" value="a:one.pdf"' in asked.text
    assert re.search(r'<a href="/p"[^>]*>Paper</a>', asked.text)
    assert before == ["a:one.pdf", "a:two.pdf", "a:used.pdf"]
    assert "1 file is deleted." in done.text
    assert "1 file stays" in done.text
    assert listed(done.text) == ["a:two.pdf", "a:used.pdf"]
    alice.post("/_files", names | {"sure": "yes", "although_used": "yes"})
    assert listed(alice.get("/_files?ns=a").text) == ["a:two.pdf"]


def test_nobody_deletes_what_they_may_not(eve: Browser, bob: Browser, wiki: Wiki) -> None:
    put(wiki, "a:one.pdf", "shut:two.pdf")
    with wiki.sessions() as session:
        change_rules(session, RuleChange(add=[Rule("shut:*", "@ALL", 0)]), by=ADMIN, now=NOW)

    for visitor in (eve, bob):
        for more in ({}, {"sure": "yes", "although_used": "yes"}):
            answer = visitor.post("/_files", {"name": ["a:one.pdf", "shut:two.pdf"], **more}, follow_redirects=True)
            assert "two.pdf" not in answer.text
    assert listed(eve.get("/_files?ns=a").text) == ["a:one.pdf"]
    assert "data-bulk" not in bob.get("/_files?ns=a").text


def test_nothing_ticked_is_said(alice: Browser) -> None:
    assert "Tick the files first." in alice.post("/_files", {"ns": "a"}, follow_redirects=True).text
