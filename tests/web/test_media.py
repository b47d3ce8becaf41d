"""Files: with what headers they are sent, which parts of them, and when they are not sent again."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.http import http_date

from app import create_app
from app.domain.access import Rule
from app.services.media import delete_media, revert_media
from app.services.rules import RuleChange, change_rules
from app.settings import Settings
from app.store.objects import LocalObjects
from app.web.sending import KEPT, disposition
from app.wiki import Wiki
from tests.conftest import ALICE
from tests.web.conftest import Browser
from tests.web.files import archive, fetch, picture, put, signed
from tests.web.writing import NOW, WRITER

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="9" height="9"/></svg>'
FILM = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom".ljust(256, b"\1") + bytes(range(256)) * 1023
LARGE = FILM * 20  # longer than what is handed over whole


class Elsewhere(LocalObjects):
    """A store of objects that are no files of this machine."""

    def path(self, key: str) -> Path | None:
        super().path(key)
        return None


@pytest.fixture(params=["here", "elsewhere"])
def stored(request: pytest.FixtureRequest, app: Flask, settings: Settings) -> str:
    """Where the bytes lie."""
    if request.param == "elsewhere":
        app.extensions["lierre"].blobs.objects = Elsewhere(settings.home / "media")
    return str(request.param)


# ------------------------------------------------------------------ what it is


@pytest.mark.parametrize(
    ("name", "content", "mime", "disposition"),
    [
        pytest.param("a:b.png", picture(), "image/png", "inline", id="a picture is shown"),
        pytest.param("a.svg", SVG, "image/svg+xml", "inline", id="a drawing is shown"),
        pytest.param("a.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf", "inline", id="a PDF is shown"),
        pytest.param("a.zip", archive(), "application/zip", "attachment", id="an archive is saved"),
        pytest.param("a.vtt", b"WEBVTT\n\n", "text/vtt", "inline", id="subtitles"),
        pytest.param("a.docx", archive(), None, "attachment", id="a text of an office"),
        pytest.param("a.html", b"<p>", "application/octet-stream", "attachment", id="a page is only saved"),
        pytest.param("a.js", b"alert(1)", "application/octet-stream", "attachment", id="a script is only saved"),
        pytest.param("a", b"?", "application/octet-stream", "attachment", id="no ending"),
    ],
)
def test_a_file_is_sent_by_the_type_of_its_name(
    eve: Browser, wiki: Wiki, name: str, content: bytes, mime: str | None, disposition: str
) -> None:
    put(wiki, name, content, any_type=True)

    response = fetch(eve, f"/_media/{name}")

    assert response.status_code == 200
    assert response.data == content
    assert mime is None or response.mimetype == mime
    assert response.headers["Content-Disposition"].startswith(f"{disposition}; filename=")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "frame-ancestors" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize(("name", "content"), [("a.svg", SVG), ("a.png", picture()), ("a.mp4", FILM), ("a.htm", b"")])
def test_what_is_opened_alone_runs_nothing(eve: Browser, wiki: Wiki, name: str, content: bytes) -> None:
    put(wiki, name, content, any_type=True)

    policy = fetch(eve, f"/_media/{name}").headers["Content-Security-Policy"]

    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert policy.endswith("; sandbox")
    assert "script-src" not in policy


@pytest.mark.parametrize(
    ("filename", "expected"),
    [
        ("a.png", 'inline; filename="a.png"'),
        ("été.png", "inline; filename=\"ete.png\"; filename*=UTF-8''%C3%A9t%C3%A9.png"),
        ('a"b.png', "inline; filename=\"a_b.png\"; filename*=UTF-8''a%22b.png"),
        ("a\r\nSet-Cookie: x", "inline; filename=\"a__Set-Cookie__x\"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20x"),
        ("森.png", "inline; filename=\"png\"; filename*=UTF-8''%E6%A3%AE.png"),
        ("森", "inline; filename=\"file\"; filename*=UTF-8''%E6%A3%AE"),
        ("../a", "inline; filename=\"_a\"; filename*=UTF-8''..%2Fa"),
        ("\udcff", "inline; filename=\"file\"; filename*=UTF-8''%3F"),
    ],
)
def test_any_name_fits_into_the_header(filename: str, expected: str) -> None:
    assert disposition(filename, download=False) == expected


# ------------------------------------------------------------------ whether it changed


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_known_file_is_not_sent_again(eve: Browser, bob: Browser, wiki: Wiki, method: str) -> None:
    put(wiki, "a.png", picture())
    put(wiki, "a.mp4", FILM)
    for name, reader in (("a.png", eve), ("a.mp4", eve), ("a.png", bob)):
        first = fetch(reader, f"/_media/{name}")
        for known in ({"If_None_Match": first.headers["ETag"]}, {"If_Modified_Since": first.headers["Last-Modified"]}):
            response = fetch(reader, f"/_media/{name}", method=method, **known)

            assert (response.status_code, response.data) == (304, b"")
            assert response.headers["ETag"] == first.headers["ETag"]
            assert "sandbox" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize("later", [0, 5])
def test_a_replaced_file_is_sent_at_once_even_within_a_second(eve: Browser, wiki: Wiki, later: int) -> None:
    put(wiki, "a.png", picture())
    first = fetch(eve, "/_media/a.png")
    put(wiki, "a.png", picture(colour="red"), now=NOW + later)

    by_tag = fetch(eve, "/_media/a.png", If_None_Match=first.headers["ETag"])
    by_date = fetch(eve, "/_media/a.png", If_Modified_Since=first.headers["Last-Modified"])

    assert by_tag.data == by_date.data == picture(colour="red")


@pytest.mark.parametrize("name", ["a.png", "a.mp4"])
def test_head_says_what_get_would(eve: Browser, wiki: Wiki, name: str) -> None:
    put(wiki, name, picture() if name == "a.png" else LARGE)

    head, get = fetch(eve, f"/_media/{name}", method="HEAD"), fetch(eve, f"/_media/{name}")

    assert head.data == b""
    assert int(head.headers["Content-Length"]) == len(get.data)
    assert {**head.headers, "Date": ""} == {**get.headers, "Date": ""}


# ------------------------------------------------------------------ parts of it


@pytest.mark.usefixtures("stored")
@pytest.mark.parametrize(
    ("asked", "status", "expected"),
    [
        pytest.param("bytes=1-3", 206, FILM[1:4], id="a part"),
        pytest.param("bytes=-4", 206, FILM[-4:], id="the end"),
        pytest.param("bytes=262140-", 206, FILM[262140:], id="from somewhere on"),
        pytest.param("bytes=262144-", 416, b"", id="behind the end"),
        pytest.param("bytes=3-1", 200, FILM, id="nonsense"),
        pytest.param("bytes=" + ",".join(["0-"] * 100), 200, FILM, id="the whole, many times"),
        pytest.param("pages=1-3", 200, FILM, id="another unit"),
    ],
)
def test_a_part_of_a_file_can_be_asked_for(eve: Browser, wiki: Wiki, asked: str, status: int, expected: bytes) -> None:
    put(wiki, "a.mp4", FILM)

    response = fetch(eve, "/_media/a.mp4", Range=asked)

    assert (response.status_code, response.data) == (status, expected)
    assert int(response.headers["Content-Length"]) == len(expected)
    assert response.headers["Accept-Ranges"] == "bytes"
    if status != 200:
        assert re.fullmatch(r"bytes (\d+-\d+|\*)/262144", response.headers["Content-Range"])


@pytest.mark.usefixtures("stored")
def test_several_parts_come_in_one_answer(eve: Browser, wiki: Wiki) -> None:
    put(wiki, "a.mp4", FILM)

    response = fetch(eve, "/_media/a.mp4", Range="bytes=0-1,-2")

    mime, _, boundary = response.headers["Content-Type"].partition("; boundary=")
    parts = response.data.split(b"--" + boundary.encode())
    assert (response.status_code, mime) == (206, "multipart/byteranges")
    assert int(response.headers["Content-Length"]) == len(response.data)
    assert parts[1] == b"\r\nContent-Type: video/mp4\r\nContent-Range: bytes 0-1/262144\r\n\r\n\x00\x00\r\n"
    assert parts[2].endswith(b"\r\n\r\n\xfe\xff\r\n")
    assert parts[3] == b"--\r\n"


def test_a_part_of_what_was_replaced_meanwhile_is_the_whole(eve: Browser, wiki: Wiki) -> None:
    put(wiki, "a.mp4", FILM)
    tag = fetch(eve, "/_media/a.mp4").headers["ETag"]
    date = http_date(NOW)

    def begins(known: str) -> tuple[int, bytes]:
        response = fetch(eve, "/_media/a.mp4", Range="bytes=0-2", If_Range=known)
        return response.status_code, response.data[:3]

    same = [begins(tag), begins(date), begins(f"W/{tag}")[:1], begins('"x"')[:1], begins(http_date(NOW + 1))[:1]]
    put(wiki, "a.mp4", LARGE)

    assert same == [(206, FILM[:3]), (206, FILM[:3]), (200,), (200,), (200,)]
    assert begins(tag) == begins(date) == (200, LARGE[:3])


def test_head_has_no_parts(eve: Browser, bob: Browser, wiki: Wiki) -> None:
    put(wiki, "a.mp4", FILM)

    for reader in (eve, bob):
        response = fetch(reader, "/_media/a.mp4", method="HEAD", Range="bytes=0-2")
        assert (response.data, response.headers["Accept-Ranges"]) == (b"", "bytes")


def test_a_picture_that_is_kept_can_be_asked_for_in_parts_too(eve: Browser, wiki: Wiki) -> None:
    put(wiki, "a.png", picture())
    assert len(fetch(eve, "/_media/a.png").data) < KEPT

    response = fetch(eve, "/_media/a.png", Range="bytes=1-3")

    assert (response.status_code, response.data) == (206, b"PNG")


# ------------------------------------------------------------------ who may keep it


@pytest.mark.parametrize(
    ("name", "query", "expected"),
    [
        ("a.png", "", "public, no-cache"),
        ("shut:a.png", "", "private, no-cache"),
        ("a.png", "?cache=recache", "public, no-cache"),
        ("a.png", "?cache=nocache", "no-store"),
        ("shut:a.png", "?cache=nocache", "no-store"),
    ],
)
def test_caches_may_keep_what_everybody_may_read_and_ask_again(
    alice: Browser, people: Wiki, name: str, query: str, expected: str
) -> None:
    put(people, name, picture())
    _close(people, "shut:*")

    for _ in range(2):
        assert fetch(alice, f"/_media/{name}{query}").headers["Cache-Control"] == expected


def test_a_right_taken_is_gone_at_once_also_for_whoever_has_the_file(eve: Browser, people: Wiki) -> None:
    put(people, "shut:a.png", picture())
    tag = fetch(eve, "/_media/shut:a.png").headers["ETag"]
    _close(people, "shut:*")

    assert fetch(eve, "/_media/shut:a.png", If_None_Match=tag).status_code == 404
    assert fetch(eve, "/_media/shut:a.png", Range="bytes=0-1").status_code == 404


def _close(wiki: Wiki, scope: str) -> None:
    with wiki.sessions() as session:
        change_rules(session, RuleChange(add=[Rule(scope, "@ALL", 0)]), by=ALICE, now=NOW)


# ------------------------------------------------------------------ which version, and none


def test_an_older_version_is_named_by_its_time(eve: Browser, wiki: Wiki) -> None:
    red, blue = picture(colour="red"), picture(colour="blue")
    put(wiki, "a.png", red)
    put(wiki, "a.png", blue, now=NOW + 10)
    with wiki.sessions() as session:
        delete_media(session, "a.png", viewer=ALICE, now=NOW + 20)
        gone = [fetch(eve, f"/_media/a.png{rev}").status_code for rev in ("", f"?rev={NOW + 20}")]
        old = fetch(eve, f"/_media/a.png?rev={NOW}").data
        revert_media(session, "a.png", NOW, viewer=WRITER, now=NOW + 30)

    assert (gone, old) == ([404, 404], red)
    assert fetch(eve, "/_media/a.png").data == red
    assert fetch(eve, f"/_media/a.png?rev={NOW + 10}").data == blue
    assert fetch(eve, signed(wiki, "a.png", 10, rev=NOW + 10)).status_code == 200


@pytest.mark.parametrize("rev", ["1", "-1", "x", "9" * 400, "١", "1.5"])
def test_a_version_that_is_not_there_is_not_found(eve: Browser, wiki: Wiki, rev: str) -> None:
    put(wiki, "a.png", picture())

    response = fetch(eve, f"/_media/a.png?rev={rev}")

    assert response.status_code == 404
    assert 'href="/_file-history/a.png"' in response.text


@pytest.mark.parametrize("accept", ["text/html,*/*;q=0.8", "image/avif,image/webp,*/*;q=0.8", ""])
def test_a_file_that_is_not_there_is_not_found(eve: Browser, accept: str) -> None:
    assert fetch(eve, "/_media/none.png", Accept=accept).status_code == 404


def test_whoever_follows_a_link_to_a_missing_file_may_upload_it(bob: Browser) -> None:
    assert 'action="/_upload' in fetch(bob, "/_media/none.png", Accept="text/html").text


def test_without_a_name_nothing_is_meant(eve: Browser) -> None:
    assert fetch(eve, "/_media/").status_code == 400


def test_bytes_that_are_gone_are_said_to_be(eve: Browser, wiki: Wiki) -> None:
    wiki.blobs.remove(put(wiki, "a.png", picture()).sha256)

    assert fetch(eve, "/_media/a.png").status_code == 503


# ------------------------------------------------------------------ sent by the server in front


@pytest.fixture
def fronted(settings: Settings, request: pytest.FixtureRequest) -> Iterator[Browser]:
    app = create_app(Settings(settings.home, settings.database_url, secret=settings.secret, sendfile=request.param))
    yield Browser(app.test_client())
    app.extensions["lierre"].engine.dispose()


@pytest.mark.parametrize(
    ("fronted", "place"),
    [("X-Accel-Redirect", "/_bytes/{}"), ("X-Sendfile", "{home}/media/{}")],
    indirect=["fronted"],
)
def test_the_server_in_front_is_told_where_a_file_lies(
    fronted: Browser, wiki: Wiki, request: pytest.FixtureRequest, place: str
) -> None:
    film = put(wiki, "a.mp4", FILM)
    put(wiki, "shut:a.mp4", FILM)
    _close(wiki, "shut:*")
    sha256 = film.sha256

    response = fetch(fronted, "/_media/a.mp4", Range="bytes=0-1")
    header = request.node.callspec.params["fronted"]

    told = place.format(f"{sha256[:2]}/{sha256[2:4]}/{sha256}", home=wiki.settings.home)
    assert (response.status_code, response.data, response.headers[header]) == (200, b"", told)
    assert response.headers["Content-Type"] == "video/mp4"
    assert header not in fetch(fronted, "/_media/shut:a.mp4").headers
    assert fetch(fronted, "/_media/a.mp4", If_None_Match=response.headers["ETag"]).status_code == 304
