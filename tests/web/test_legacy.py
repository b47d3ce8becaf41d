"""The old wiki's addresses lead to ours, for good."""

import random
import re
from urllib.parse import quote

import pytest

from tests.web.conftest import Browser

MOVED = [
    ("/doku.php", "/"),
    ("/doku.php?id=wiki:syntax", "/wiki:syntax"),
    ("/doku.php/wiki:syntax", "/wiki:syntax"),
    ("/doku.php/wiki/syntax", "/wiki:syntax"),
    ("/index.php", "/"),
    ("/doku.php?id=Wiki%3ASome%20Page", "/wiki:some_page"),
    ("/doku.php?id=so%C2%ADft", "/soft"),
    ("/doku.php?id=a:b&rev=1733580000", "/a:b?rev=1733580000"),
    ("/doku.php?id=a:b&do=edit", "/_edit/a:b"),
    ("/doku.php?id=a:b&do=edit&rev=12", "/_edit/a:b?rev=12"),
    ("/doku.php?id=a:b&do=revisions", "/_history/a:b"),
    ("/doku.php?id=a:b&do=history", "/_history/a:b"),
    ("/doku.php?id=a:b&do=backlink", "/_backlinks/a:b"),
    ("/doku.php?id=a:b&do=source", "/_source/a:b"),
    ("/doku.php?id=a:b&do=recent", "/_recent?ns=a"),
    ("/doku.php?id=start&do=recent", "/_recent"),
    ("/doku.php?id=a:b&do=index", "/_index?ns=a"),
    ("/doku.php?id=a:b&do=login", "/_login?next=/a:b"),
    ("/doku.php?id=a:b&do=register", "/_register"),
    ("/doku.php?do=resendpwd", "/_reset"),
    ("/doku.php?id=a:b&do=admin", "/_admin"),
    ("/doku.php?id=a:b&do=admin&page=usermanager&start=5", "/_admin/people"),
    ("/doku.php?id=a:b&do=admin&page=acl&ns=a", "/_admin/rights"),
    ("/doku.php?id=a:b&do=admin&page=config", "/_admin/wiki"),
    ("/doku.php?id=a:b&do=admin&page=revert", "/_admin/edits"),
    ("/doku.php?id=a:b&do=admin&page=of_theirs", "/_admin"),
    ("/?id=a:b", "/a:b"),
    ("/?id=A/B&do=revisions", "/_history/a:b"),
    ("/?id=a:b&rev=5", "/a:b?rev=5"),
    ("/doku.php/", "/"),
    ("/doku.php?rev=5", "/start?rev=5"),
    ("/index.php/a:b", "/a:b"),
    ("/index.php?id=a:b&do=edit", "/_edit/a:b"),
    ("/doku.php?id=a:b&rev=0", "/a:b"),
    ("/doku.php?id=a:b&do=preview", "/_edit/a:b"),
    ("/doku.php?id=a:b&do=recent&show_changes=mediafiles&first[20]=x", "/_recent?ns=a&show=files"),
    ("/start?do=search&q=", "/start"),
    ("/a:b?do=diff&rev2[]=5&rev2[]=0", "/_diff/a:b?from=5"),
    ("/a:b?do=media&tab_files=search&q=rose", "/_files?ns=a&q=rose"),
    ("/a:b?do=media&tab_files=files&q=rose", "/_files?ns=a"),
    ("/lib/exe/mediamanager.php?ns=wiki&image=wiki:logo.png", "/_detail/wiki:logo.png"),
    ("/lib/exe/detail.php?media=a:b.png&rev=5", "/_detail/a:b.png?rev=5"),
    ("/_export/pdf/", "/start"),
    ("/_export/raw/", "/_export/raw/start"),
    ("/doku.php?id=a:b&do=search&q=two+words", "/_search?q=two%20words"),
    ("/doku.php?do=search&id=words", "/_search?q=words"),
    ("/doku.php?id=a:b&do=export_raw", "/_export/raw/a:b"),
    ("/doku.php?id=a:b&do=export_xhtml&rev=5", "/_export/xhtml/a:b?rev=5"),
    ("/doku.php?id=a:b&do=export_code&codeblock=2", "/_export/code/a:b?codeblock=2"),
    ("/doku.php?id=a:b&do=diff", "/_diff/a:b"),
    ("/doku.php?id=a:b&do=diff&rev=5", "/_diff/a:b?from=5"),
    ("/doku.php?id=a:b&do=diff&rev2%5B0%5D=9&rev2%5B1%5D=5", "/_diff/a:b?from=5&to=9"),
    ("/doku.php?id=a:b&do=diff&rev2[]=5&rev2[]=9", "/_diff/a:b?from=5&to=9"),
    ("/doku.php?id=a:b&do=show", "/a:b"),
    ("/doku.php?id=a:b&do[edit]=Edit", "/_edit/a:b"),
    ("/doku.php?id=a:b&do=EDIT", "/_edit/a:b"),
    ("/doku.php?id=a:b&do=plugin_of_theirs", "/a:b"),
    ("/doku.php?id=a:b&idx=wiki:inner", "/_index?ns=wiki:inner"),
    ("/a:b?do=edit", "/_edit/a:b"),
    ("/a:b?do=revisions", "/_history/a:b"),
    ("/a:b?do=diff&rev2[0]=5&rev2[1]=9", "/_diff/a:b?from=5&to=9"),
    ("/a:b?do=export_raw", "/_export/raw/a:b"),
    ("/start?idx=wiki", "/_index?ns=wiki"),
    ("/start?do=search&q=rose", "/_search?q=rose"),
    ("/Wiki/Some%20Page?do=edit", "/_edit/wiki:some_page"),
    ("/Wiki/Some%20Page?idx=Wiki", "/_index?ns=wiki"),
    ("/A:b?do=diff&rev2[]=5&rev2[]=9&difftype=inline", "/_diff/a:b?from=5&to=9&view=inline"),
    ("/a:b?do=diff&difftype=sidebyside", "/_diff/a:b?view=side"),
    ("/a:b?do=revert&rev=5", "/_revert/a:b?rev=5"),
    ("/a:b?do=revert", "/a:b"),
    ("/a:b:?do=edit", "/_edit/a:b:start"),
    ("/a:b:?do=index", "/_index?ns=a:b"),
    ("/doku.php?id=a:b:&do=revisions", "/_history/a:b:start"),
    ("/doku.php?id=A/B&do=diff&rev=7&difftype=inline", "/_diff/a:b?from=7&view=inline"),
    ("/_export/html/A:b?rev=5", "/_export/xhtml/a:b?rev=5"),
    ("/_export/htmlbody/a/b", "/_export/xhtmlbody/a:b"),
    ("/_export/pdf/a:b", "/a:b"),
    ("/feed.php", "/_feed"),
    ("/feed.php?type=rss2&ns=Wiki&linkto=current&num=5", "/_feed?type=rss&ns=wiki&linkto=current&num=5"),
    ("/feed.php?mode=list&ns=Wiki&sort=date&minor=1", "/_feed?ns=wiki&mode=list&sort=date"),
    ("/feed.php?mode=search&q=two+words&num=3", "/_feed?mode=search&num=3&q=two%20words"),
    ("/a:b?do=media", "/_files?ns=a"),
    ("/a:b?do=media&ns=wiki:pics", "/_files?ns=wiki:pics"),
    ("/a:b?do=media&ns=wiki&image=wiki:logo.png&tab_details=view", "/_detail/wiki:logo.png"),
    ("/a:b?do=media&image=wiki:logo.png&tab_details=history", "/_file-history/wiki:logo.png"),
    ("/a:b?do=media&image=wiki:logo.png&mediado=diff&rev2[]=9&rev2[]=5", "/_file-diff/wiki:logo.png?from=5&to=9"),
    ("/lib/exe/mediamanager.php?ns=wiki&edid=wiki__text", "/_files?ns=wiki"),
    ("/lib/exe/fetch.php?media=wiki:logo.png", "/_media/wiki:logo.png"),
    ("/lib/exe/fetch.php/wiki:logo.png", "/_media/wiki:logo.png"),
    ("/lib/exe/fetch.php?w=100&tok=abc&media=wiki:logo.png", "/_media/wiki:logo.png"),
    ("/_media/wiki:logo.png?w=100&h=9&tok=ab12cd", "/_media/wiki:logo.png"),
    ("/_media/wiki:logo.png?rev=5&w=100&tok=ab12cd", "/_media/wiki:logo.png?rev=5"),
    ("/lib/exe/detail.php?id=x%3Ay&media=a:b.png", "/_detail/a:b.png?id=x:y"),
]


@pytest.mark.parametrize(("old", "new"), MOVED, ids=[old for old, _ in MOVED])
def test_old_addresses_lead_to_the_new_ones(eve: Browser, old: str, new: str) -> None:
    response = eve.get(old)

    assert (response.status_code, response.location) == (301, new)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        pytest.param("/feed.php?mode=other", 404, id="feeds of other things"),
        pytest.param("/sitemap.xml", 404, id="so does the list for search engines"),
        pytest.param("/sitemap.xml.gz", 404, id="packed, too"),
        pytest.param("/start?do=sitemap", 404, id="asked for at a page"),
        pytest.param("/lib/exe/jsonrpc.php", 404, id="the newer remote API"),
        pytest.param("/lib/exe/xmlrpc.php", 404, id="so does the remote API"),
        pytest.param("/lib/exe/fetch.php?media=https%3A%2F%2Fevil.example%2Fa.png", 404, id="no other host"),
        pytest.param("/lib/exe/fetch.php", 400, id="a file without a name"),
        pytest.param("/lib/tpl/dokuwiki/images/logo.png", 404, id="parts of the old program"),
        pytest.param("/doku.php?id=" + "a" * 300, 400, id="a name too long"),
    ],
)
def test_what_has_no_successor_says_so(eve: Browser, address: str, status: int) -> None:
    assert eve.get(address).status_code == status


@pytest.mark.parametrize(
    "old",
    ["/doku.php?id=//evil.example", "/doku.php?id=https://evil.example", "/doku.php?id=%5Cevil.example",
     "/doku.php?id=http%3A%2F%2Fevil.example%2F", "/doku.php?id=/%5Cevil.example:&do=",
     "/doku.php?id=%2F%2Fevil.example%3A",
     "/_export/pdf//evil.example", "/a?do=login&next=//evil.example", "/doku.php?do=media&image=//evil.example/x.png",
     "/a?do=diff&rev2[]=5%0d%0aX:1&rev2[]=//evil", "/lib/exe/detail.php?media=//evil.example/x.png&id=//evil.example",
     "/lib/exe/mediamanager.php?ns=//evil.example", "/?id=//evil.example", "/?id=//evil.example:",
     "/index.php//evil.example",
     "/_export/raw//evil.example/", "/doku.php/%5C%5Cevil.example", "/lib/exe/mediamanager.php?image=//evil.example",
     "/a?do=media&q=//evil&tab_files=search&ns=%5C%5Cevil", "/doku.php?at=//evil.example",
     "/feed.php?ns=//evil.example&linkto=//evil.example",
     "/doku.php?id=a%0D%0ASet-Cookie:x", "/a?do=login&id=//evil.example", "/doku.php//evil.example/a"],
)  # fmt: skip
def test_no_old_address_leads_out_of_the_wiki(eve: Browser, old: str) -> None:
    response = eve.get(old)

    assert response.status_code in {301, 302, 308, 400, 404}
    location = response.headers.get("Location", "/")
    assert "\r" not in location
    assert location.removeprefix("http://localhost").startswith("/")
    assert not location.removeprefix("http://localhost").startswith(("//", "/\\"))


@pytest.mark.parametrize(
    ("old", "guest", "member"),
    [
        ("/doku.php?id=a:b&do=profile", "/_login?next=/_account", "/_account"),
        ("/a:b?do=profile_delete", "/_login?next=/_account/delete", "/_account/delete"),
        ("/a:b?do=logout&sectok=x", "/a:b", "/_account"),
    ],
)
def test_what_is_ones_own_is_reached_at_once(eve: Browser, bob: Browser, old: str, guest: str, member: str) -> None:
    assert [(answer.status_code, answer.location) for answer in (eve.get(old), bob.get(old))] == [
        (302, guest),
        (302, member),
    ]


@pytest.mark.parametrize("address", ["/doku.php", "/doku.php?id=a&do=save", "/a?do=edit", "/?id=a", "/feed.php",
                                     "/lib/exe/fetch.php?media=a.png", "/lib/exe/ajax.php"])  # fmt: skip
def test_nothing_that_is_sent_is_sent_on(alice: Browser, address: str) -> None:
    """Old forms, and whoever forges one, get no redirect that a browser follows with what was typed."""
    answer = alice.client.post(address, data={"wikitext": "text", "do": "save", "id": "a"})

    assert answer.status_code in {400, 403, 404, 405}
    assert answer.location is None


PLACES = ("/doku.php", "/doku.php/{}", "/index.php", "/", "/{}", "/_export/{}/{}", "/_export/raw/{}", "/feed.php",
          "/lib/exe/fetch.php", "/lib/exe/fetch.php/{}", "/lib/exe/detail.php/{}", "/lib/exe/mediamanager.php",
          "/_media/{}", "/_detail/{}", "/lib/exe/{}")  # fmt: skip
_ARGUMENTS = """id do do[{}] rev rev2[] rev2[0] rev2[1] at idx q ns image media page tab_details mediado difftype
codeblock mode type num view show_changes w h tok cache first s[] next"""
_WORDS = """a:b A/B: //evil.example \\\\evil.example javascript:alert(1) : :::: 0 -1 1e5 ٣ diff show media search
export_raw index admin history 2020-01-01 9999-12-31T23:59:59+23:59 0001-01-01 %2f%2fevil.example ..
<script> {} % ' x.png"""
ARGUMENTS = _ARGUMENTS.split()
VALUES = [
    *_WORDS.split(),
    "",
    "a\r\nX-Bad: 1",
    "\0",
    "\u2028",
    "é" * 90,
    "\N{SOFT HYPHEN}",
    "a:" * 60,
    "9" * 40,
    "9" * 15,
]


def test_no_nonsense_in_an_old_address_breaks_anything(eve: Browser) -> None:
    """Seeded: the same addresses in each run."""
    dice = random.Random(6)
    for _ in range(250):
        place = dice.choice(PLACES).replace("{}", quote(dice.choice(VALUES), safe=":/"))
        names = [name.replace("{}", dice.choice(VALUES)) for name in dice.sample(ARGUMENTS, dice.randint(0, 4))]
        query = "&".join(f"{quote(name)}={quote(dice.choice(VALUES))}" for name in names)
        answer = eve.get(f"{place}?{query}")

        assert answer.status_code < 500, f"{place}?{query}"
        assert "X-Bad" not in answer.headers
        if answer.location:
            assert re.fullmatch(r"(http://localhost)?/([^/\\].*)?", answer.location), answer.location
