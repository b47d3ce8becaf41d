"""Pictures of other sizes: only those that the wiki asked for itself, in what the browser takes, made once."""

import re
import threading
from typing import Any

import pytest
from flask import Flask

from app.markup.addresses import size_token
from app.services import pictures, thumbnails
from app.store.database import transaction
from app.store.media import Media, MediaRedirect
from app.web.pictures import takes_webp
from app.wiki import Wiki
from tests.web.conftest import Browser
from tests.web.files import fetch, picture, put, signed, size_of
from tests.web.writing import NOW, write

WEBP = "image/avif,image/webp,image/*,*/*;q=0.8"


@pytest.mark.parametrize(
    ("width", "height", "more", "expected"),
    [
        pytest.param(100, 0, {}, (100, 75), id="a width"),
        pytest.param(0, 150, {}, (200, 150), id="a height"),
        pytest.param(100, 100, {}, (100, 100), id="both: cut to shape"),
        pytest.param(100, 100, {"fit": True}, (100, 75), id="both: fit inside"),
        pytest.param(100, 0, {"cache": "recache"}, (100, 75), id="made anew"),
        pytest.param(500, 0, {}, (400, 300), id="larger than it is"),
        pytest.param(2001, 0, {}, (400, 300), id="larger than is made"),
        pytest.param(10**17, 1, {}, (400, 300), id="larger than any screen"),
    ],
)
def test_a_signed_size_is_made(
    eve: Browser, wiki: Wiki, width: int, height: int, more: dict[str, Any], expected: tuple[int, int]
) -> None:
    put(wiki, "a:b.jpg", picture(400, 300, kind="JPEG"))

    response = fetch(eve, signed(wiki, "a:b.jpg", width, height, **more))

    assert (response.status_code, response.mimetype, size_of(response.data)) == (200, "image/jpeg", expected)
    assert response.headers["Content-Disposition"] == 'inline; filename="b.jpg"'
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert "Accept" in response.headers["Vary"]


def test_the_pictures_of_a_page_come_in_their_sizes_from_one_upload(eve: Browser, wiki: Wiki) -> None:
    put(wiki, "a.png", picture(400, 300))
    write(wiki, "gallery", "{{a.png?50}} {{a.png?100x100}} {{a.png?200}} {{a.png}}")

    page = eve.get("/gallery").text
    addresses = re.findall(r'<img src="(/_media/[^"]*)"', page) + re.findall(r", (/_media/\S+) 2x", page)
    sizes = [size_of(fetch(eve, address.replace("&amp;", "&")).data) for address in addresses]

    assert sizes == [(50, 38), (100, 100), (200, 150), (400, 300), (100, 75), (200, 200), (400, 300)]


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("w=100", id="none"),
        pytest.param("w=100&tok=", id="an empty one"),
        pytest.param("w=100&tok=zzz", id="nonsense"),
        pytest.param("w=100&tok=é", id="no ASCII"),
        pytest.param("w=101&tok={100}", id="of another width"),
        pytest.param("h=100&tok={100}", id="of the other side"),
        pytest.param("w=100&h=1&tok={100}", id="of fewer sides"),
        pytest.param("w=100&fit=1&tok={100}", id="of another cut"),
        pytest.param(f"w=100&rev={NOW}&tok={{100}}", id="of another version"),
        pytest.param("w=100&tok={other}", id="of another file"),
        pytest.param("w=0100&tok={100}", id="a number written otherwise"),
        pytest.param("w=%2B100&tok={100}", id="a sign"),
        pytest.param("w=100.0&tok={100}", id="a point"),
        pytest.param("w=-5&tok={100}", id="negative"),
        pytest.param("w=١٠٠&tok={100}", id="digits of another script"),
        pytest.param("w=1²&tok={100}", id="digits that are none"),
        pytest.param("w=" + "9" * 5000 + "&tok={100}", id="a number without end"),
        pytest.param("w=101&w=100&tok={100}", id="twice, the first counts"),
        pytest.param("w=x&h=x&tok={0}", id="no numbers"),
    ],
)
def test_a_size_without_its_own_signature_is_refused_and_nothing_made(
    eve: Browser, wiki: Wiki, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(wiki, "a.png", picture(400, 300))
    monkeypatch.setattr(thumbnails, "resized", lambda *_: pytest.fail("made"))
    for width in ("0", "100"):
        query = query.replace(f"{{{width}}}", size_token("a.png", int(width), 0, wiki.secret))
    query = query.replace("{other}", size_token("b.png", 100, 0, wiki.secret))

    for name in ("a.png", "none.png"):
        assert fetch(eve, f"/_media/{name}?{query}").status_code == 412


@pytest.mark.parametrize(
    "query", ["w=&h=", "w=0&h=0", "fit=1", "tok=zzz", "w=&w=100", "cache=x&cache=y", "x=" + "y" * 5000]
)
def test_what_asks_for_no_size_gives_the_file(eve: Browser, wiki: Wiki, query: str) -> None:
    put(wiki, "a.png", picture())

    assert fetch(eve, f"/_media/a.png?{query}").data == picture()


def test_what_is_no_picture_of_pixels_is_sent_as_it_is(eve: Browser, wiki: Wiki) -> None:
    put(wiki, "a.zip", b"PK", any_type=True)

    assert fetch(eve, signed(wiki, "a.zip", 10)).data == b"PK"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_size_that_is_known_is_not_sent_again(eve: Browser, bob: Browser, wiki: Wiki, method: str) -> None:
    put(wiki, "a.png", picture(400, 300))
    address = signed(wiki, "a.png", 100)
    for reader in (eve, bob):
        tag = fetch(reader, address).headers["ETag"]
        assert fetch(reader, address, method=method, If_None_Match=tag).status_code == 304
        assert fetch(reader, signed(wiki, "a.png", 101), If_None_Match=tag).status_code == 200


def test_a_browser_that_takes_webp_gets_it(eve: Browser, bob: Browser, wiki: Wiki) -> None:
    put(wiki, "a:b.png", picture(400, 300))
    address = signed(wiki, "a:b.png", 300)
    for reader in (eve, bob):
        plain, webp = fetch(reader, address), fetch(reader, address, Accept=WEBP)

        assert (plain.mimetype, webp.mimetype) == ("image/png", "image/webp")
        assert len(webp.data) < len(plain.data)
        assert plain.headers["ETag"] != webp.headers["ETag"]
        assert webp.headers["Content-Disposition"] == 'inline; filename="b.webp"'
        assert "Accept" in plain.headers["Vary"]


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (WEBP, True),
        ("image/webp", True),
        ("IMAGE/WEBP ; q=0.5", True),
        ("image/webp;q=1.0", True),
        ("image/webp;q=0", False),
        ("image/webp; q=0.0", False),
        ("image/*,*/*", False),
        ("image/webpx", False),
        ("", False),
    ],
)
def test_who_takes_webp(accept: str, expected: bool) -> None:
    assert takes_webp(accept) is expected


def test_a_name_that_moved_leads_to_the_new_one_with_its_size_signed_anew(eve: Browser, wiki: Wiki) -> None:
    put(wiki, "new.png", picture(400, 300))
    with wiki.sessions() as session, transaction(session):
        row = session.query(Media).filter_by(name="new.png").one()
        session.add(MediaRedirect(name="old.png", media_id=row.id))

    whole = eve.get("/_media/old.png?cache=recache")
    sized = eve.get(signed(wiki, "old.png", 100, 50, fit=True, rev=NOW))

    assert (whole.status_code, whole.headers["Location"]) == (301, "/_media/new.png?cache=recache")
    assert (sized.status_code, sized.headers["Location"]) == (301, signed(wiki, "new.png", 100, 50, fit=True, rev=NOW))
    assert size_of(fetch(eve, sized.headers["Location"]).data) == (67, 50)


def test_a_burst_of_readers_makes_a_size_once(
    app: Flask, people: Wiki, bob: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signed in, so that no kept answer stands before the picture."""
    put(people, "a.png", picture(400, 300))
    address, made, answers = signed(people, "a.png", 100), [], []
    really = pictures.resized

    def counted(*args: Any) -> Any:
        made.append(args)
        return really(*args)

    monkeypatch.setattr(thumbnails, "resized", counted)
    cookie = "; ".join(f"{name}={bob.cookie(name)}" for name in ("session",))
    gate = threading.Barrier(12, timeout=60)

    def read() -> None:
        gate.wait()
        client = app.test_client(use_cookies=False)
        answers.append(client.get(address, headers={"Cookie": cookie}).data)

    readers = [threading.Thread(target=read) for _ in range(12)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()

    assert len(made) == 1
    assert {size_of(answer) for answer in answers} == {(100, 75)}
    assert len(answers) == 12
