"""Addresses and files that mean harm: never a broken answer, never bytes of anything else, never a page of the wiki."""

from pathlib import Path

import pytest

from app.domain.errors import BadInput
from app.domain.wiki_tables import is_shown, sent_as
from app.settings import Settings
from app.wiki import Wiki
from tests.services.attack_files import ATTACKS, Attack
from tests.web.conftest import Browser
from tests.web.files import fetch, picture, put, signed

SECRETS = ("secret.key", "wiki.db", "x/inside")
PATHS = (
    "../secret.key",
    "../../secret.key",
    "..:..:secret.key",
    ":..:secret.key",
    "..\\secret.key",
    "..%5csecret.key",
    "..%255csecret.key",
    "%2e%2e/secret.key",
    "%2e%2e%2fsecret.key",
    "%252e%252e%252fsecret.key",
    "..%c0%afsecret.key",
    "..%u2215secret.key",
    "....//secret.key",
    "..;/secret.key",
    "/secret.key",
    "//secret.key",
    "%2fsecret.key",
    "/etc/passwd",
    "etc:passwd",
    "file:///etc/passwd",
    "file:%2f%2f/etc/passwd",
    "\\\\host\\share\\secret.key",
    "%5c%5chost%5cshare%5csecret.key",
    "%5c%5c?%5cC:%5csecret.key",
    "C:secret.key",
    "C:%5csecret.key",
    "secret.key%00.png",
    "%00",
    "a%00b.png",
    "secret.key%0d%0aX-Evil:%201",
    "a.png%0a",
    "con",
    "con.png",
    "aux:nul.png",
    "lpt1.png",
    "nul",
    "a.png::$DATA",
    "a.png:",
    "a.png.",
    "a.png%20",
    ".htaccess",
    "..",
    ".",
    ":",
    "::::",
    "_",
    "%ff%fe",
    "%ed%a0%80",
    "%e2%80%ae.png",
    "x" * 3000,
    "a:" * 1500 + "b",
    "%2e" * 1000,
    "é" * 2000,
    "incoming:x",
    "derived:x",
    "a?x.png",
    "*",
    "|id",
    "$(id)",
    "'%20or%201=1--",
    "%25s%25n",
    "<script>alert(1)</script>",
)
QUERIES = ("", "?w=10&tok=../../etc/passwd", "?rev=../../x", "?cache=%00", "?w=%00&h=%ff", "?tok=" + "a" * 3000)


@pytest.fixture
def furnished(wiki: Wiki, settings: Settings) -> Path:
    """The data folder with things that nobody may fetch."""
    put(wiki, "a.png", picture())
    for name in SECRETS:
        file = settings.home / "media" / name if "/" in name else settings.home / name
        file.parent.mkdir(exist_ok=True)
        if not file.exists():
            file.write_bytes(b"lierre-hidden")
    return settings.home


@pytest.mark.parametrize("path", PATHS)
def test_no_path_leads_out_of_the_wiki(eve: Browser, alice: Browser, furnished: Path, path: str) -> None:
    del furnished
    for browser in (eve, alice):
        for query in QUERIES:
            response = fetch(browser, f"/_media/{path}{query}")
            for _ in range(3):
                if response.status_code != 301:
                    break
                response = fetch(browser, response.headers["Location"])

            assert response.status_code in {400, 404, 412} or response.data == picture(), (path, query)
            assert b"lierre-hidden" not in response.data
            assert b"root:" not in response.data
            assert "X-Evil" not in response.headers


RANGES = ("bytes=" + "0-0," * 100_000, "bytes=" + "9" * 100_000, "bytes=-" + "9" * 30, "=" * 9000, "\xa0bytes=0-1")
ODD = {
    "If-None-Match": ('"' * 5000, "W/" * 5000, 'W/"' + "x" * 5000, ",", "*"),
    "If-Modified-Since": ("x", "9" * 5000, "Mon, 99 Foo 99999 99:99:99 GMT", "Thu, 01 Jan 0000 00:00:00 GMT"),
    "If-Range": ("x", '"', "W/", "9" * 5000, "Thu, 01 Jan 99999 00:00:00 GMT"),
    "Range": RANGES,
    "Accept": ("image/webp;q=" + "9" * 5000, "," * 10_000, ";" * 10_000, "image/webp;;;q", "*" * 5000),
}


@pytest.mark.parametrize("header", ODD)
def test_no_header_breaks_an_answer(eve: Browser, wiki: Wiki, header: str) -> None:
    put(wiki, "a.png", picture())
    put(wiki, "a.vtt", b"WEBVTT\n\n")
    for value in ODD[header]:
        for address in ("/_media/a.png", "/_media/a.vtt", signed(wiki, "a.png", 10)):
            more = {"Range": "bytes=0-1"} if header == "If-Range" else {}
            response = eve.client.get(address, headers={header: value, **more})
            response.get_data()
            response.close()
            assert response.status_code in {200, 206, 304, 412, 416}, (address, value[:50])


@pytest.mark.parametrize(
    ("mime", "expected"),
    [
        ("text/html", None),
        ("application/xhtml+xml", None),
        ("text/xml", None),
        ("application/xml", None),
        ("application/rss+xml", None),
        ("application/xml-dtd", None),
        ("text/javascript", None),
        ("application/x-javascript", None),
        ("text/ecmascript", None),
        ("text/jscript", None),
        ("text/livescript", None),
        ("text/css", None),
        ("application/wasm", None),
        ("image/svg+xml", "image/svg+xml"),
        ("image/png", "image/png"),
        ("application/pdf", "application/pdf"),
        ("text/plain", "text/plain"),
        (docx := "application/vnd.openxmlformats-officedocument.wordprocessingml.document", docx),
    ],
)
def test_what_a_page_could_run_is_sent_as_bytes_only(mime: str, expected: str | None) -> None:
    assert sent_as(mime) == (expected or "application/octet-stream")


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.label)
def test_whatever_an_operator_brings_in_cannot_act_as_a_page(eve: Browser, wiki: Wiki, attack: Attack) -> None:
    """Files that nobody may upload come by import and by command: they are sent so that nothing in them runs."""
    try:
        file = put(wiki, attack.name, attack.body, any_type=True)
    except BadInput:
        return
    response = fetch(eve, f"/_media/{file.name}", Accept="text/html,*/*")

    mime, disposition = response.mimetype, response.headers["Content-Disposition"]
    policy = response.headers["Content-Security-Policy"]
    assert response.status_code == 200
    assert response.data == attack.body
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert policy.endswith("sandbox") or mime == "application/pdf"
    assert disposition.startswith("attachment; ") or is_shown(mime or "")
    assert mime == sent_as(mime or "")
    sized = fetch(eve, signed(wiki, file.name, 10), Accept="image/webp")
    assert sized.status_code == 200
    assert sized.mimetype in {mime, "image/webp"}
