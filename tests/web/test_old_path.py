"""Addresses of a wiki that lay below a path of its host, or whose history came with it: at most one redirect."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select, update

from app import create_app
from app.domain.access import Rule
from app.domain.viewer import Viewer
from app.services.rules import RuleChange, change_rules
from app.settings import Settings
from app.store.database import transaction
from app.store.pages import Page, Revision
from app.wiki import Wiki
from tests.web.conftest import Browser
from tests.web.writing import NOW, write

THEN = 1_600_000_000
ALICE = Viewer(login="alice", groups=frozenset({"admin"}), is_admin=True)

MOVED = [
    ("/dw", "/"),
    ("/dw/", "/"),
    ("/dw/doku.php?id=Wiki:Syntax", "/wiki:syntax"),
    ("/dw/doku.php/wiki/syntax?do=edit", "/_edit/wiki:syntax"),
    ("/dw/index.php", "/"),
    ("/dw/Wiki/Some%20Page", "/wiki:some_page"),
    ("/dw/wiki:syntax?rev=1600000000", "/wiki:syntax?rev=1600000000"),
    ("/dw/wiki:syntax?do=revisions", "/_history/wiki:syntax"),
    ("/dw/start?idx=wiki", "/_index?ns=wiki"),
    ("/dw/_media/Wiki/Logo.png?w=100&tok=abcdef", "/_media/wiki:logo.png"),
    ("/dw/_detail/wiki:logo.png?id=a%3Ab", "/_detail/wiki:logo.png?id=a:b"),
    ("/dw/_export/raw/a:b?rev=5", "/_export/raw/a:b?rev=5"),
    ("/dw/_export/xhtml/A:b", "/_export/xhtml/a:b"),
    ("/dw/lib/exe/fetch.php?media=wiki:logo.png", "/_media/wiki:logo.png"),
    ("/dw/lib/exe/detail.php/wiki:logo.png", "/_detail/wiki:logo.png"),
    ("/dw/feed.php?ns=wiki", "/_feed?ns=wiki"),
    ("/dw?id=a:b", "/a:b"),
    ("/dw/?do=recent", "/_recent"),
    ("/dw/_detail/wiki:logo.png?rev=7", "/_detail/wiki:logo.png?rev=7"),
    ("/dw/_export/raw/", "/_export/raw/start"),
]


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    app = create_app(replace(settings, old_path="/dw"))
    app.testing = True
    yield app
    app.extensions["lierre"].engine.dispose()


@pytest.mark.parametrize(("old", "new"), MOVED, ids=[old for old, _ in MOVED])
def test_addresses_below_the_old_path_lead_to_the_new_ones(eve: Browser, old: str, new: str) -> None:
    response = eve.get(old)

    assert (response.status_code, response.location) == (301, new)


@pytest.mark.parametrize(
    "old", ["/dw//evil.example", "/dw/%5Cevil.example", "/dw/http:%2F%2Fevil.example", "/dw/%0d%0aX:1"]
)
def test_no_address_below_the_old_path_leads_out_of_the_wiki(eve: Browser, old: str) -> None:
    location = eve.get(old).headers.get("Location", "/").removeprefix("http://localhost")

    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))
    assert "\r" not in location


@pytest.mark.parametrize("old", ["/dw/lib/exe/xmlrpc.php", "/dw/sitemap.xml.gz", "/dw/lib/tpl/x.png"])
def test_what_has_no_successor_says_so(eve: Browser, old: str) -> None:
    assert eve.get(old).status_code == 404


def test_pages_at_the_new_place_stay_where_they_are(eve: Browser, wiki: Wiki) -> None:
    write(wiki, "dw", "a page with the name of the old path's last part")

    assert eve.get("/dw:x").status_code == 404
    assert eve.get("/other").status_code == 404


@pytest.fixture
def imported(wiki: Wiki) -> Wiki:
    """A page with a history of its own times: two changes in one second, and an older one."""
    for text in ("oldest", "first of two", "second of two", "newest"):
        write(wiki, "old:page", text)
    with wiki.sessions() as session, transaction(session):
        page = session.scalars(select(Page).where(Page.name == "old:page")).one()
        rows = session.scalars(select(Revision.id).where(Revision.page_id == page.id).order_by(Revision.id)).all()
        times = [(THEN, 0), (THEN + 5, 0), (THEN + 5, 1), (THEN + 9, 0)]
        for row, (time, seq) in zip(rows, times, strict=True):
            session.execute(update(Revision).where(Revision.id == row).values(time=time, seq=seq))
        page.changed_at = THEN + 9
    return wiki


@pytest.mark.parametrize(
    ("at", "rev"),
    [
        (str(THEN), THEN),
        (str(THEN + 4), THEN),
        (str(THEN + 10), THEN + 9),
        ("2020-09-13T12:26:46Z", THEN + 5),
        ("2030-01-01", THEN + 9),
        ("2000-01-01", None),
        ("whenever", None),
        ("0001-01-01", None),
        ("9" * 15, THEN + 9),
    ],
)
def test_a_moment_leads_to_what_was_there_then(imported: Wiki, eve: Browser, at: str, rev: int | None) -> None:
    del imported
    wanted = f"/old:page?rev={rev}" if rev else None

    assert eve.get(f"/old:page?at={at}").location == wanted
    assert eve.get(f"/doku.php?id=old:page&at={at}").location == (wanted or "/old:page")


_FORMS = """/{} /{}?at=T /doku.php?id={} /doku.php?id={}&at=T /doku.php?id={}&rev=T /dw/{}?at=T /dw/{}/ /{}:
/doku.php/{}/ /?id={}: /{}?do=diff&at=T /{}?do=diff&rev2[]=T /{}?do=revisions /{}?do=edit /{}?do=source&rev=T
/{}?do=backlink /{}?do=export_raw /_export/raw/{}?at=T /_export/xhtml/{}: /_export/code/{}?codeblock=0
/lib/exe/fetch.php?media={} /lib/exe/detail.php?media={} /lib/exe/fetch.php?media={}&rev=T /{}?do=media&image={}
/{}?do=media&image={}&tab_details=history /{}?do=recent /feed.php?ns={} /feed.php?mode=list&ns={} /{}?idx={}"""


def test_what_may_not_be_read_answers_as_what_is_not_there(imported: Wiki, eve: Browser) -> None:
    """At each old address, and wherever it leads."""
    with imported.sessions() as session:
        change_rules(session, RuleChange(add=[Rule("old:*", "@ALL", 0)]), by=ALICE, now=NOW)
    told = []
    for form in _FORMS.split():
        hidden, missing = (_walked(eve, form.replace("{}", name)) for name in ("old:page", "old:none"))
        if hidden.replace("page", "none") != missing:
            told.append((form, hidden, missing))

    assert told == []


def _walked(eve: Browser, form: str) -> str:
    """Status and address of each step."""
    steps, address = "", form.replace("=T", f"={THEN + 6}")
    for _ in range(3):
        answer = eve.get(address)
        steps += f" {answer.status_code} {answer.location or ''}"
        if not answer.location:
            break
        address = answer.location
    return steps


@pytest.mark.parametrize(
    ("old", "shown"),
    [
        (f"/doku.php?id=old:page&rev={THEN}", "oldest"),
        (f"/dw/old/page?rev={THEN}", "oldest"),
        (f"/doku.php?id=old:page&rev={THEN + 5}", "second of two"),
        (f"/doku.php?id=old:page&rev={THEN + 9}", "newest"),
        (f"/old:page?do=export_raw&rev={THEN + 5}", "second of two"),
        (f"/dw/old:page?do=diff&rev2[0]={THEN}&rev2[1]={THEN + 5}", "second of two"),
        ("/doku.php?id=old:page&do=diff", "newest"),
        ("/dw/old:page?do=revisions", "old:page"),
        ("/doku.php?id=OLD/Page", "newest"),
    ],
)
def test_the_times_of_an_imported_history_go_on_working(imported: Wiki, eve: Browser, old: str, shown: str) -> None:
    del imported
    response = eve.get(old)
    assert response.status_code == 301
    found = eve.get(response.location or "")

    assert found.status_code == 200
    assert shown in found.text


def test_a_time_that_the_history_does_not_have_is_told(imported: Wiki, eve: Browser) -> None:
    del imported
    response = eve.get(f"/doku.php?id=old:page&rev={THEN + 1}")

    assert eve.get(response.location or "").status_code == 404


def test_a_namespace_leads_to_its_start_page_at_once(imported: Wiki, eve: Browser) -> None:
    write(imported, "old:start", "the beginning of it")

    for old in ("/doku.php?id=old:", "/dw/old/", "/dw/old:", "/old:"):
        response = eve.get(old)
        assert (response.status_code, response.location) == (302, "/old:start")
