"""Reading pages: addresses, what stands around them, missing and deleted ones, old revisions."""

import pytest

from app.services.config import save_setting
from app.wiki import Wiki
from tests.conftest import ALICE, watched
from tests.web.conftest import Browser
from tests.web.writing import NOW, write


@pytest.mark.parametrize(
    ("address", "target"),
    [
        pytest.param("/wiki/syntax", "/wiki:syntax", id="slashes are read as colons"),
        pytest.param("/Wiki:Syntax", "/wiki:syntax", id="capitals are made small"),
        pytest.param("/some%20page", "/some_page", id="a blank becomes an underscore"),
        pytest.param("/:a:b", "/a:b", id="a leading colon goes"),
        pytest.param("/a;b", "/a:b", id="semicolons are colons"),
        pytest.param("/%C3%89t%C3%A9?rev=5", "/ete?rev=5", id="accents go and the query stays"),
        pytest.param("/_history/A:B", "/_history/a:b", id="addresses about a page too"),
        pytest.param("/_media/A/B.PNG", "/_media/a:b.png", id="files too"),
        pytest.param("/a%00b", "/a_b", id="NUL is a sign like others that no name holds"),
    ],
)
def test_other_spellings_lead_to_the_clean_name_for_good(eve: Browser, address: str, target: str) -> None:
    response = eve.get(address)

    assert (response.status_code, response.location) == (301, target)


@pytest.mark.parametrize(
    ("address", "says"),
    [
        pytest.param("/@@@", "letter or digit", id="nothing is left"),
        pytest.param("/" + "a" * 251, "longer than 250", id="too long"),
        pytest.param("/" + "a:" * 33 + "b", "deeper than 32", id="too deep"),
        pytest.param("/_edit/@@@", "letter or digit", id="of a page to be edited"),
        pytest.param("/_edit/lib:x", "uses this address itself", id="taken by the wiki"),
    ],
)
def test_names_that_cannot_be_are_refused_in_words(eve: Browser, address: str, says: str) -> None:
    response = eve.get(address)

    assert response.status_code == 400
    assert says in response.text


@pytest.mark.parametrize("address", ["/caf%E9%FF", "/_edit/caf%E9%FF", "/_edit/%ED%A0%80"])
def test_bytes_that_are_no_text_in_an_address_name_no_page(eve: Browser, address: str) -> None:
    assert eve.get(address).status_code == 400


def test_the_root_shows_the_start_page(eve: Browser, wiki: Wiki) -> None:
    write(wiki, "start", "====== Welcome ======\n\nHello.")

    response = eve.get("/")

    assert response.status_code == 200
    assert "Hello." in response.text
    assert '<link rel="canonical" href="/">' in response.text


@pytest.mark.parametrize(
    ("pages", "target"),
    [
        pytest.param(["a:start", "a:a"], "/a:start", id="its start page"),
        pytest.param(["a:a"], "/a:a", id="the page called as the namespace in it"),
        pytest.param(["a"], "/a", id="the page called as the namespace beside it"),
        pytest.param([], "/a:start", id="the start page to be written"),
    ],
)
@pytest.mark.parametrize("address", ["/a:", "/a/"], ids=["colon", "slash"])
def test_a_namespace_leads_to_its_page_of_today(
    eve: Browser, wiki: Wiki, pages: list[str], target: str, address: str
) -> None:
    for name in pages:
        write(wiki, name, "text")

    response = eve.get(address)

    assert (response.status_code, response.location) == (302, target)


def test_a_page_shows_text_contents_and_last_change(eve: Browser, wiki: Wiki) -> None:
    write(wiki, "a", "====== Garden ======\n\n===== Soil =====\n\ndark\n\n===== Rain =====\n\nwet", summary="first <b>")

    page = eve.get("/a").text

    assert "<title>Garden" in page
    assert 'href="#soil"' in page
    assert "first &lt;b&gt;" in page
    assert 'href="/a?rev=1750000000"' in page


def test_sections_can_be_edited_by_those_who_may(bob: Browser, eve: Browser, wiki: Wiki) -> None:
    write(wiki, "a", "====== Garden ======\n\n===== Soil & <sand> =====\n\ndark")
    address = f"/_edit/a?section=soil_sand&amp;rev={NOW}"

    page = bob.get("/a").text

    assert f'href="{address}"' in page
    assert "Edit the section “Soil &amp; &lt;sand&gt;”" in page
    assert "section=" not in eve.get("/a").text
    assert "section=" not in bob.get("/_source/a").text


def test_a_page_says_who_links_to_it(eve: Browser, wiki: Wiki) -> None:
    write(wiki, "a", "target")
    for number in range(7):
        write(wiki, f"from{number}", f"====== Source {number} ======\n\n[[a]]")

    page = eve.get("/a").text.partition('class="linked-from"')[2]

    assert "Source 0" in page
    assert "Source 6" not in page
    assert '<span class="count">7</span>' in page
    assert 'href="/_backlinks/a"' in page


def test_what_shared_caches_keep_holds_no_token_and_nobodys_name(eve: Browser, bob: Browser, wiki: Wiki) -> None:
    write(wiki, "a", "text [[b]]")
    places = ["/_index", "/_recent", "/_backlinks/a", "/_history/a", "/_source/a", "/_diff/a"]
    bob.get("/a")

    for address in ["/a", f"/a?rev={NOW}", *places]:
        response = eve.get(address)

        assert response.status_code == 200, address
        assert "csrf" not in response.text, address
        assert "Set-Cookie" not in response.headers, address


@pytest.mark.parametrize(
    "rev", ["1", "-5", "abc", "99999999999999999999", "%F0%9F%98%80", "1750000000.0"], ids=lambda value: value[:12]
)
@pytest.mark.parametrize("address", ["/a", "/_source/a", "/_export/raw/a"])
def test_a_revision_that_never_was_is_not_found(eve: Browser, wiki: Wiki, address: str, rev: str) -> None:
    write(wiki, "a", "text")

    assert eve.get(f"{address}?rev={rev}").status_code == 404


@pytest.mark.parametrize("address", ["/{}?rev=1", "/_source/{}?rev=1", "/_diff/{}?from=1", "/_diff/{}?to=1"])
def test_only_a_page_that_is_there_says_that_it_lacks_a_version(eve: Browser, wiki: Wiki, address: str) -> None:
    write(wiki, "a", "text")

    page = eve.get(address.format("a"))
    assert (page.status_code, "has no version of that time" in page.text) == (404, True)
    assert 'href="/_history/a"' in page.text

    page = eve.get(address.format("nowhere"))
    assert (page.status_code, "There is nothing called “nowhere”" in page.text) == (404, True)
    assert "/_history/" not in page.text


def test_an_old_revision_says_so_and_offers_what_to_do(bob: Browser, wiki: Wiki) -> None:
    write(wiki, "a", "the old words")
    write(wiki, "a", "the new words", now=NOW + 60)

    page = bob.get(f"/a?rev={NOW}").text

    assert "the old words" in page
    assert "This is the page as it was" in page
    assert f'href="/_revert/a?rev={NOW}"' in page
    assert "noindex" in page


def test_the_newest_revision_by_its_time_is_the_page(eve: Browser, wiki: Wiki) -> None:
    write(wiki, "a", "words")

    assert "This is the page as it was" not in eve.get(f"/a?rev={NOW}").text


def test_a_missing_page_offers_to_write_it_and_what_may_be_meant(bob: Browser, wiki: Wiki) -> None:
    write(wiki, "garden:rose", "====== Roses ======\n")
    write(wiki, "start", "[[garden:roses]]")

    response = bob.get("/garden:roses")

    assert response.status_code == 404
    assert 'href="/_edit/garden:roses"' in response.text
    assert 'href="/garden:rose"' in response.text
    assert 'href="/start"' in response.text


def test_a_missing_page_offers_strangers_to_sign_in(eve: Browser) -> None:
    page = eve.get("/nowhere").text

    assert 'href="/_edit/nowhere"' not in page
    assert "/_login?next=/_edit/nowhere" in page


def test_a_deleted_page_says_by_whom_and_keeps_its_history(eve: Browser, wiki: Wiki) -> None:
    write(wiki, "a", "words")
    write(wiki, "a", "", now=NOW + 60, summary="no use")

    response = eve.get("/a")

    assert response.status_code == 404
    assert "This page was deleted" in response.text
    assert "no use" in response.text
    assert "bob" in response.text.lower()
    assert 'href="/_history/a"' in response.text


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        pytest.param("a:b:page", "inner sidebar", id="of the nearest namespace"),
        pytest.param("a:page", "outer sidebar", id="of one further up"),
    ],
)
def test_the_sidebar_page_stands_beside_the_text(eve: Browser, wiki: Wiki, name: str, wanted: str) -> None:
    write(wiki, "sidebar", "outer sidebar")
    write(wiki, "a:b:sidebar", "inner sidebar")
    write(wiki, name, "text")

    assert wanted in eve.get(f"/{name}").text


def test_source_gives_the_text_back_as_it_is(eve: Browser, wiki: Wiki) -> None:
    write(wiki, "a", "\n</textarea><script>alert(1)</script> & **bold**\n")

    page = eve.get("/_source/a").text

    assert "&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp; **bold**" in page
    assert "<script>alert" not in page
    assert "readonly" in page


HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(1)>'"


@pytest.mark.parametrize(
    "address",
    [
        "/_search?q={}",
        "/_index?ns={}",
        "/_recent?ns={}",
        "/_recent?before={}",
        "/_history/a?before={}",
        "/_diff/a?view={}",
        "/_backlinks/a?after={}",
        "/_new?name={}",
        "/a?do={}",
        "/_edit/a?section={}",
        "/{}",
    ],
)
def test_nothing_in_an_address_becomes_markup(bob: Browser, wiki: Wiki, address: str) -> None:
    write(wiki, "a", "text")

    page = bob.get(address.format(HOSTILE), follow_redirects=True).text

    assert "<script>alert" not in page
    assert "<img src=x" not in page


@pytest.mark.parametrize(
    "address",
    ["/a", "/_history/a", "/_backlinks/a", "/_index?ns=n", "/_recent", "/_search?q=n", "/n:missing", "/_edit/a"],
)
def test_a_view_asks_no_more_questions_however_much_there_is(bob: Browser, wiki: Wiki, address: str) -> None:
    engine = bob.client.application.extensions["lierre"].engine
    counts = []
    for first, last in ((0, 3), (3, 30)):
        for number in range(first, last):
            write(wiki, "a", f"text {number}", now=NOW + number)
            write(wiki, f"n:p{number}", f"[[a]] [[n:missing]] {number}")
        bob.get(address)  # renderings are kept from here on
        with watched(engine) as statements:
            assert bob.get(address).status_code in {200, 404}
        counts.append(statements.count)

    assert counts[0] == counts[1]
    assert counts[0] < 20


def test_a_page_kept_out_of_lists_asks_search_engines_to_leave_it_out(people: Wiki, eve: Browser) -> None:
    write(people, "a", "words\n")
    write(people, "a:draft", "words\n")
    with people.sessions() as session:
        save_setting(session, "hidepages", ":draft$", by=ALICE, now=NOW)

    assert 'name="robots"' not in eve.get("/a").text
    assert '<meta name="robots" content="noindex' in eve.get("/a:draft").text
