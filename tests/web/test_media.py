"""Files: how they are sent, that they cannot act as pages, and the page about a file."""

import io
from typing import Any

import pytest
from PIL import Image
from werkzeug.test import TestResponse

from app.services.media import Upload, put_media
from app.wiki import Wiki
from tests.web.conftest import Browser
from tests.web.writing import NOW, WRITER

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def put(wiki: Wiki, name: str, content: bytes) -> None:
    with wiki.sessions() as session:
        put_media(session, wiki.blobs, Upload(name, io.BytesIO(content)), viewer=WRITER, now=NOW)


def picture() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(stream, "PNG")
    return stream.getvalue()


def fetch(browser: Browser, address: str, **more: Any) -> TestResponse:
    """The whole answer; the file behind it is closed again."""
    response = browser.get(address, **more)
    response.get_data()
    response.close()
    return response


@pytest.mark.parametrize(
    ("name", "content", "mime", "disposition"),
    [
        pytest.param("a:b.png", picture(), "image/png", "inline", id="a picture is shown"),
        pytest.param("a.svg", SVG, "image/svg+xml", "inline", id="a drawing is shown"),
        pytest.param("a.pdf", b"%PDF-1.4", "application/pdf", "inline", id="a PDF is shown"),
        pytest.param("a.zip", b"PK", "application/zip", "attachment", id="an archive is saved"),
    ],
)
def test_a_file_is_sent_by_the_type_of_its_name(
    eve: Browser, wiki: Wiki, name: str, content: bytes, mime: str, disposition: str
) -> None:
    put(wiki, name, content)

    response = fetch(eve, f"/_media/{name}")

    assert response.status_code == 200
    assert response.data == content
    assert response.mimetype == mime
    assert response.headers["Content-Disposition"].startswith(disposition)
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_drawing_cannot_run_scripts_of_its_own(eve: Browser, wiki: Wiki) -> None:
    put(wiki, "a.svg", SVG)

    policy = fetch(eve, "/_media/a.svg").headers["Content-Security-Policy"]

    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy


def test_a_known_file_is_not_sent_again(eve: Browser, wiki: Wiki) -> None:
    put(wiki, "a.png", picture())
    etag = fetch(eve, "/_media/a.png").headers["ETag"]

    response = fetch(eve, "/_media/a.png", headers={"If-None-Match": etag})

    assert (response.status_code, response.data) == (304, b"")


def test_a_part_of_a_file_can_be_asked_for(eve: Browser, wiki: Wiki) -> None:
    put(wiki, "a.png", picture())

    response = fetch(eve, "/_media/a.png", headers={"Range": "bytes=1-3"})

    assert (response.status_code, response.data) == (206, b"PNG")


def test_sizes_in_the_address_still_give_the_file(eve: Browser, wiki: Wiki) -> None:
    put(wiki, "a.png", picture())

    assert fetch(eve, "/_media/a.png?w=10&h=-5&tok=zzz").status_code == 200


@pytest.mark.parametrize("address", ["/_media/none.png", "/_detail/none.png"])
def test_a_file_that_is_not_there_is_not_found(eve: Browser, address: str) -> None:
    assert eve.get(address).status_code == 404
