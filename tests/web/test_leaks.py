"""Whoever may not read a page learns neither its text, nor its title, nor that it exists, from any route.

Every route of the wiki stands in ``ROUTES`` with the addresses it is asked by. What may not be read must answer as a
name that nobody used; those who may read it must find it there, or the test would see nothing at all.
"""

import re
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from app import create_app
from app.domain.access import Rule
from app.domain.markups import MARKUPS, Markup
from app.services.rules import RuleChange, change_rules
from app.settings import Settings
from app.wiki import Wiki, open_wiki
from tests.conftest import watched
from tests.web.conftest import PASSWORDS, Browser
from tests.web.files import fetch, signed
from tests.web.leaking import ADMIN, NOW, PAGES, TWINS, WORDS, add_rows, furnish, plain, secrets_in, write_links

NewBrowser = Callable[[], Browser]
FILE = "shut:belladone.png"
REV = f"rev={NOW}"

# What each route is asked: {page} and {file} become each secret, and its twin. ``True``: who may read sees a secret.
ABOUT: dict[str, tuple[tuple[str, bool], ...]] = {
    "/<page_name:name>": (
        ("/{page}", True),
        (f"/{{page}}?{REV}", True),
        ("/{page}?rev=1", False),
        ("/{page}:", False),
        ("/{page}?do=edit", False),
        ("/{page}?do=export_raw", False),
        ("/{page}?do=diff", False),
    ),
    "/_backlinks/<any_name:name>": (("/_backlinks/{page}", False),),
    "/_delete/<any_name:name>": (("/_delete/{page}", False),),
    "/_detail/<any_name:name>": (
        ("/_detail/{file}", True),
        (f"/_detail/{{file}}?{REV}", True),
        ("/_detail/{page}", False),
    ),
    "/_diff/<any_name:name>": (("/_diff/{page}", True), (f"/_diff/{{page}}?from={NOW}&to={NOW}", True)),
    "/_edit/<any_name:name>": (
        ("/_edit/{page}", True),
        (f"/_edit/{{page}}?{REV}", True),
        ("/_edit/{page}?section=part", True),
    ),
    "/_export/code/<any_name:name>": (("/_export/code/{page}?codeblock=0", True),),
    "/_export/raw/<any_name:name>": (("/_export/raw/{page}", True), (f"/_export/raw/{{page}}?{REV}", True)),
    "/_export/xhtml/<any_name:name>": (("/_export/xhtml/{page}", True),),
    "/_export/xhtmlbody/<any_name:name>": (("/_export/xhtmlbody/{page}", True),),
    "/_file-diff/<any_name:name>": (("/_file-diff/{file}", True), (f"/_file-diff/{{file}}?to={NOW}", True)),
    "/_file-fields/<any_name:name>": (("/_file-fields/{file}", False),),
    "/_file-history/<any_name:name>": (("/_file-history/{file}", True),),
    "/_file-revert/<any_name:name>": ((f"/_file-revert/{{file}}?{REV}", False),),
    "/_file-delete/<any_name:name>": (("/_file-delete/{file}", False), ("/_file-delete/{page}", False)),
    "/_file-syntax/read": (
        ("/_file-syntax/read?text={{{{:{file}|words}}}}", False),
        ("/_file-syntax/read?text={{{{.:deep:x.png}}}}&page={page}", False),
    ),
    "/_file-move/<any_name:name>": (("/_file-move/{file}", False), ("/_file-move/{page}", False)),
    "/_history/<any_name:name>": (("/_history/{page}", True),),
    "/_markup/<any_name:name>": (("/_markup/{page}", True),),
    "/_media/<any_name:name>": (
        ("/_media/{file}", False),
        ("/_media/{file}?w=10", False),
        (f"/_media/{{file}}?{REV}", False),
        ("/_media/{file}?rev=1", False),
        ("/_media/{file}?cache=nocache", False),
        ("/_media/{page}", False),
    ),
    "/_revert/<any_name:name>": ((f"/_revert/{{page}}?{REV}", False),),
    "/_source/<any_name:name>": (("/_source/{page}", True), (f"/_source/{{page}}?{REV}", True)),
    "/doku.php": (("/doku.php?id={page}", False), ("/doku.php?id={page}&do=export_raw", False)),
    "/doku.php/<path:path>": (("/doku.php/{page}", False),),
    "/index.php/<path:path>": (("/index.php/{page}", False),),
    "/_export/<kind>/<path:path>": (("/_export/html/{page}", False),),
    "/lib/exe/detail.php": (("/lib/exe/detail.php?media={file}", False),),
    "/lib/exe/detail.php/<path:path>": (("/lib/exe/detail.php/{file}", False),),
    "/lib/exe/fetch.php": (("/lib/exe/fetch.php?media={file}", False),),
    "/lib/exe/fetch.php/<path:path>": (("/lib/exe/fetch.php/{file}", False),),
    "/_new": (("/_new?name={page}", False),),
    "/_login": (("/_login?next=/{page}", False),),
}
# Lists: what they show of the secrets to those who may read them, and never to others.
LISTS: dict[str, tuple[tuple[str, bool], ...]] = {
    "/": (("/", False), ("/_backlinks/open:hub", True)),
    "/_files": (
        ("/_files", False),
        ("/_files?ns=shut", True),
        ("/_files?ns=vault", False),
        ("/_files?pick=1&ns=shut&view=list", True),
        ("/_files?q=*.png", True),
        ("/_files?ns=shut&order=date&after=9999999999-9", True),
    ),
    "/_index": (
        ("/_index", False),
        ("/_index?ns=shut", True),
        ("/_index?ns=vault", False),
        ("/_index?ns=shut&after=shut:a", True),
    ),
    "/_recent": (("/_recent", True), ("/_recent?ns=shut", True), ("/_recent?show=files", True)),
    # Not of everything: open pages say here what their authors typed, names of the secrets among it.
    "/_feed": (
        ("/_feed?ns=shut", True),
        ("/_feed?ns=shut&type=rss", True),
        ("/_feed?view=media", True),
        ("/_feed?mode=list&ns=shut", True),
        ("/_feed?mode=search&q=a", False),
    ),
    "/_search": tuple((f"/_search?q={word}", word in ("mandragore", "belladone", "datura")) for word in WORDS),
    "/_syntax": (("/_syntax", False),),
}
NOTHING = {  # of pages they show nothing; they are walked all the same
    "/_style/<token>.css",
    "/_file-syntax/write",
    "/_account",
    "/_account/delete",
    "/_account/doors",
    "/_account/password",
    "/_account/sessions",
    "/_account/tokens",
    "/_account/second-step",
    "/_admin",
    "/_admin/add-person",
    "/_admin/bring-people",
    "/_admin/group",
    "/_admin/group/delete",
    "/_admin/groups",
    "/_admin/invitations",
    "/_admin/people.csv",
    "/_admin/waiting",
    "/_admin/people",
    "/_admin/people/<login>",
    "/_admin/people/<login>/delete",
    "/_admin/audit",
    "/_admin/audit.csv",
    "/_admin/audit.jsonl",
    "/_admin/rights",
    "/_admin/rights/all",
    "/_admin/rights/history",
    "/_admin/import",
    "/_admin/import/report.<any(txt, json):ending>",
    "/_admin/system",
    "/_admin/tables",
    "/_admin/wiki",
    "/_confirm/<token>",
    "/_health",
    "/_invitation/<token>",
    "/_login/code",
    "/_login/oidc",
    "/_login/oidc/callback",
    "/_mail/<token>",
    "/_preferences",
    "/_register",
    "/_reset",
    "/_reset/<token>",
    "/_setup/<token>",
    "/_upload/parts/<token>",
    "/favicon.ico",
    "/feed.php",
    "/index.php",
    "/doku.php/",
    "/_export/<kind>/",
    "/lib/<path:path>",
    "/lib/exe/mediamanager.php",
    "/_media/",
    "/_fetch",
    "/robots.txt",
    "/sitemap.xml",
    "/sitemap.xml.gz",
}
# Shown to managers and administrators, who undo what one person did; a manager sees what they may read.
FOR_MANAGERS: dict[str, tuple[tuple[str, bool], ...]] = {
    "/_admin/edits": (("/_admin/edits?login=alice", True), ("/_admin/edits?address=127.0.0.1", False)),
}
FORMS = {  # what a POST about a page may carry
    "text": "changed",
    "to": "markdown",
    "sure": "yes",
    "do": "save",
    "rev": str(NOW),
    "based_on": "1",
    "summary": "s",
}


@pytest.fixture
def settings(settings: Settings, database_url: str) -> Settings:
    """The wiki in each database."""
    return Settings(home=settings.home, database_url=database_url, secret=settings.secret)


@pytest.fixture
def wiki(settings: Settings, password_hashes: dict[str, str]) -> Iterator[Wiki]:
    wiki = open_wiki(settings)
    furnish(wiki, password_hashes["bob"])
    yield wiki
    wiki.engine.dispose()


@pytest.fixture
def app(wiki: Wiki, settings: Settings) -> Iterator[Flask]:
    del wiki
    app = create_app(settings)
    app.testing = True
    yield app
    app.extensions["lierre"].engine.dispose()


@pytest.fixture
def cast(browser: NewBrowser) -> dict[str, Browser]:
    cast = {"eve": browser()}
    for login in ("bob", "carol", "mia", "alice"):
        cast[login] = browser()
        assert cast[login].sign_in(login, PASSWORDS["bob"]).status_code == 303
    return cast


def asked(template: str) -> Iterator[tuple[str, str]]:
    """Addresses of ``template`` with the secret it asks for: every page, or the file."""
    if "{page}" in template:
        for page in PAGES:
            yield template.format(page=page), page
    elif "{file}" in template:
        yield template.format(file=FILE), FILE
    else:
        yield template, ""


def twin(address: str, name: str) -> str:
    return address.replace(name, TWINS[name])


def told(response: TestResponse, name: str) -> tuple[int, str, str, str]:
    place = response.headers.get("Location", "")
    return response.status_code, response.mimetype or "", plain(place, name), plain(response.text, name)


# ------------------------------------------------------------------ every route


def test_every_route_stands_in_the_table(app: Flask) -> None:
    routes = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}

    assert routes == {*ABOUT, *LISTS, *NOTHING, *FOR_MANAGERS}


def test_what_may_not_be_read_answers_as_what_does_not_exist(cast: dict[str, Browser]) -> None:
    differ = []
    for template, _ in (row for rows in ABOUT.values() for row in rows):
        for address, name in asked(template):
            blind = ["eve", "bob", "mia"] + (["carol"] if name.startswith("vault") else [])
            for who in blind:
                answer = told(cast[who].get(address), name)
                if answer != told(cast[who].get(twin(address, name)), name) or secrets_in(answer[3]):
                    differ.append((who, address, answer[0]))
                assert answer[0] != 200 or not address.startswith(f"/{name}"), address

    assert differ == []


def test_a_file_that_may_not_be_read_answers_as_none_however_it_is_asked_for(
    wiki: Wiki, cast: dict[str, Browser]
) -> None:
    """Also by the address of a page that shows it: a signature says nothing about rights."""
    sizes: tuple[dict[str, Any], ...]
    sizes = ({}, {"width": 10}, {"width": 10, "height": 10, "fit": True}, {"width": 10, "rev": NOW}, {"rev": NOW})
    headers: tuple[dict[str, str], ...]
    headers = ({}, {"Range": "bytes=0-1"}, {"If_None_Match": "*"}, {"Accept": "text/html"}, {"Accept": "image/webp"})
    differ = []
    for size, asked, method in product(sizes, headers, ("GET", "HEAD")):
        there, twin_of_it = (signed(wiki, name, **size) for name in (FILE, TWINS[FILE]))
        for who in ("eve", "bob", "mia"):
            answers = [fetch(cast[who], address, method=method, **asked) for address in (there, twin_of_it)]
            for answer in answers:
                answer.headers.pop("Set-Cookie", None)  # of a session that is the same
            texts = [re.sub(r"(tok(?:=|%3D))[0-9a-f]{16}", r"\1", plain(one.text, FILE)) for one in answers]
            seen = [(one.status_code, [*one.headers], text) for one, text in zip(answers, texts, strict=True)]
            if seen[0] != seen[1] or seen[0][0] != 404:
                differ.append((who, method, size, asked, seen[0][0]))
        assert fetch(cast["carol"], there, method=method, **asked).status_code in {200, 206, 304}

    assert differ == []


def test_who_may_read_finds_it_there(cast: dict[str, Browser]) -> None:
    unseen = []
    for template, shows in (row for rows in (ABOUT | LISTS).values() for row in rows):
        for address, name in asked(template):
            if not shows or "digitale" in name:  # it was deleted: what is left of it is its history
                continue
            for who in ("carol", "alice"):
                if who == "carol" and "vault" in address:
                    continue
                if not secrets_in(plain(cast[who].get(address).text, name)):
                    unseen.append((who, address))

    assert unseen == []
    assert [cast[who].get(f"/_media/{FILE}").status_code for who in ("carol", "alice", "bob")] == [200, 200, 404]


def test_lists_hold_nothing_that_may_not_be_read(app: Flask, cast: dict[str, Browser]) -> None:
    others = [
        (
            route.replace("<login>", "alice")
            .replace("<token>", "x")
            .replace("<path:path>", "x")
            .replace("<kind>", "html"),
            False,
        )
        for route in NOTHING
    ]
    leaks = []
    for address, _ in [row for rows in (LISTS | FOR_MANAGERS).values() for row in rows] + others:
        for who in ("eve", "bob", "mia"):
            asked_for = address.partition("?q=")[2]
            found = [word for word in secrets_in(cast[who].get(address).text) if word != asked_for]
            if found:
                leaks.append((who, address, found))
        if "vault" in address and secrets_in(cast["carol"].get(address).text):
            leaks.append(("carol", address, ["of the vault"]))

    assert leaks == []


def test_writing_what_may_not_be_read_answers_as_writing_what_does_not_exist(
    app: Flask, cast: dict[str, Browser]
) -> None:
    routes = [rule.rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ()) and "name>" in rule.rule]
    assert len(routes) > 3
    for route in routes:
        for page in PAGES:
            address = route.replace("<any_name:name>", page)
            for who in ("eve", "bob", "mia"):
                answer = told(cast[who].post(address, FORMS), page)
                assert answer == told(cast[who].post(twin(address, page), FORMS), page), (who, address)
                assert answer[0] in {403, 404}, (who, address)
                assert not secrets_in(answer[3])


# ------------------------------------------------------------------ inside what may be read


@pytest.mark.parametrize("markup", MARKUPS)
def test_links_to_what_may_not_be_read_look_like_links_to_nothing(
    wiki: Wiki, cast: dict[str, Browser], markup: Markup
) -> None:
    write_links(wiki, markup)
    for view in ("/_export/xhtmlbody/open:list1", "/_export/xhtml/open:list1"):
        for who in ("eve", "bob", "mia"):
            shown = _alike(plain(cast[who].get(view).text, "shut:belladone"))
            ghost = _alike(plain(cast[who].get(view.replace("list1", "list2")).text, "shut:belladone"))
            assert shown == ghost, (who, view)
            assert not secrets_in(shown)
        for who in ("carol", "alice"):
            assert "mandragore" in cast[who].get(view).text.lower()


def _alike(html: str) -> str:
    return html.replace("open:list1", "open:list2").replace("open%3Alist1", "open%3Alist2")


def test_a_body_made_for_one_is_not_shown_to_another(wiki: Wiki, cast: dict[str, Browser]) -> None:
    """In every order: whoever comes first, the others get their own."""
    write_links(wiki, "dokuwiki")
    for order in (("carol", "eve", "alice", "bob"), ("eve", "carol", "bob", "alice")):
        for who in order:
            found = secrets_in(plain(cast[who].get("/open:list1").text, "shut:belladone"))
            assert bool(found) == (who in ("carol", "alice")), (order, who)


def test_a_preview_shows_no_more_than_the_page_would(cast: dict[str, Browser]) -> None:
    form = {"text": "[[shut:belladone]] {{backlinks>open:hub}} {{shut:belladone.png}}", "do": "preview", "based_on": ""}
    for who in ("eve", "bob", "mia"):
        assert "mandragore" not in cast[who].post("/_edit/open:own", form).text.lower()
    assert "mandragore" in cast["carol"].post("/_edit/open:own", form).text.lower()


def test_the_sidebar_is_the_nearest_that_may_be_read(cast: dict[str, Browser]) -> None:
    assert "hellebore" in cast["carol"].get("/shut:sidebar").text
    assert "hellebore" not in cast["bob"].get("/shut:sidebar").text


def test_a_right_taken_is_gone_from_the_next_request(wiki: Wiki, cast: dict[str, Browser]) -> None:
    assert cast["eve"].get("/open:hub").status_code == 200
    with wiki.sessions() as session:
        change_rules(session, RuleChange(add=[Rule("open:*", "@ALL", 0)]), by=ADMIN, now=NOW)

    for address in ("/open:hub", "/_source/open:hub", "/_export/raw/open:hub"):
        assert cast["eve"].get(address).status_code == 404
    for address in ("/_recent", "/_index", "/_search?q=hub", "/_index?ns=open"):
        assert "open:hub" not in cast["eve"].get(address).text, address


# ------------------------------------------------------------------ many


def test_a_thousand_unreadable_rows_change_no_count_no_page_and_no_query(
    wiki: Wiki, app: Flask, cast: dict[str, Browser]
) -> None:
    addresses = (
        "/_recent",
        "/_index",
        "/_index?ns=open",
        "/_backlinks/open:hub",
        "/_search?q=hub",
        "/open:hub",
        "/_search?q=a",
    )
    engine = app.extensions["lierre"].engine
    before = {who: [_measured(engine, cast[who], address) for address in addresses] for who in ("eve", "bob")}
    with wiki.sessions() as session:
        add_rows(session, 1000)

    for who in ("eve", "bob"):
        assert [_measured(engine, cast[who], address) for address in addresses] == before[who]
    assert "aaa" in cast["alice"].get("/_recent").text


def _measured(engine: Engine, visitor: Browser, address: str) -> tuple[int, str]:
    """How many statements an address takes the second time, and what it says."""
    visitor.get(address)
    with watched(engine) as statements:
        text = visitor.get(address).text
    return statements.count, plain(text, "")
