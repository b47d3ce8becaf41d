import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy.orm import Session

from app.domain.errors import AccessDenied, BadPageName, BadValue, FileInUse, NotFound, StorageFailed, WikiError
from app.domain.viewer import Viewer
from app.services.links import file_backlinks
from app.services.media import Upload, delete_media, find_media, put_media
from app.services.media_list import FileQuery, all_media, list_media, mark
from app.services.pages import PageEdit, read_page, save_page
from app.services.state import wiki_version
from app.store.blobs import Blobs, local_blobs
from tests.conftest import ALICE, BOB, EVE, NOW
from tests.services.test_rendering import show


def picture(kind: str = "PNG", size: tuple[int, int] = (30, 20)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "green").save(out, kind)
    return out.getvalue()


def bomb(side: int) -> bytes:
    """A few bytes that claim to be ``side`` by ``side`` pixels."""
    body = picture()
    head = b"IHDR" + struct.pack(">II", side, side) + body[24:29]
    return body[:12] + head + struct.pack(">I", zlib.crc32(head)) + body[33:]


def put(session: Session, blobs: Blobs, name: str, body: bytes, viewer: Viewer = BOB, limit: int = 10**6) -> None:
    put_media(session, blobs, Upload(name, BytesIO(body), limit=limit), viewer=viewer, now=NOW)


def test_a_picture_is_stored_with_its_size(session: Session, blobs: Blobs) -> None:
    body = picture()
    put(session, blobs, "Ia:Ivy.PNG", body)

    found = find_media(session, "ia:ivy.png", viewer=EVE)

    assert (found.mime, found.size, found.width, found.height) == ("image/png", len(body), 30, 20)
    assert b"".join(blobs.read(found.sha256)) == body


def test_a_file_of_the_same_name_replaces_it(session: Session, blobs: Blobs) -> None:
    put(session, blobs, "a.png", picture())
    put(session, blobs, "a.png", picture(size=(5, 5)))

    assert find_media(session, "a.png", viewer=EVE).width == 5
    assert len(list_media(session, FileQuery(), viewer=EVE).items) == 1


@pytest.mark.parametrize(
    ("name", "body", "error"),
    [
        pytest.param("***", b"x", BadPageName, id="a name that cleans to nothing"),
        pytest.param("a.exe", b"MZ", BadValue, id="a type that is not allowed"),
        pytest.param("a.php", b"<?php", BadValue, id="a script"),
        pytest.param("noend", b"x", BadValue, id="no type at all"),
        pytest.param("a.png", b"<script>alert(1)</script>", BadValue, id="a script that says it is a picture"),
        pytest.param("a.png", picture("JPEG"), BadValue, id="another kind of picture than it says"),
        pytest.param("a.png", bomb(9_800), BadValue, id="a picture of many pixels in few bytes"),
        pytest.param("a.png", bomb(11_000), BadValue, id="a picture of too many pixels for us"),
        pytest.param("a.png", bomb(60_000), BadValue, id="a picture of too many pixels for anybody"),
        pytest.param("a.pdf", b"x" * 2_000_000, BadValue, id="too many bytes"),
    ],
)
def test_it_refuses_and_stores_nothing(
    session: Session, blobs: Blobs, name: str, body: bytes, error: type[WikiError]
) -> None:
    with pytest.raises(error):
        put(session, blobs, name, body)

    assert list(all_media(session, viewer=ALICE)) == []


def test_nobody_unknown_uploads(session: Session, blobs: Blobs) -> None:
    with pytest.raises(AccessDenied):
        put(session, blobs, "a.png", picture(), viewer=EVE)


def test_deleting_takes_the_right_to_and_leaves_nothing_to_find(session: Session, blobs: Blobs) -> None:
    put(session, blobs, "a.png", picture())

    with pytest.raises(AccessDenied):
        delete_media(session, "a.png", viewer=BOB, now=NOW)
    delete_media(session, "a.png", viewer=ALICE, now=NOW)

    with pytest.raises(NotFound):
        find_media(session, "a.png", viewer=EVE)


def test_pages_that_show_a_file_are_made_anew_when_it_comes_and_goes(session: Session, blobs: Blobs) -> None:
    save_page(session, PageEdit("p", "{{a.pdf}}"), viewer=BOB, now=NOW)
    assert "wikilink2" in show(session, "p").html

    put(session, blobs, "a.pdf", b"%PDF-1.4")
    assert "wikilink2" not in show(session, "p").html
    with pytest.raises(FileInUse):
        delete_media(session, "a.pdf", viewer=ALICE, now=NOW)
    delete_media(session, "a.pdf", although_used=True, viewer=ALICE, now=NOW)

    assert "wikilink2" in show(session, "p").html
    assert [page.name for page in file_backlinks(session, "a.pdf", viewer=EVE).items] == ["p"]
    assert read_page(session, "p", viewer=EVE).exists


def test_the_same_bytes_again_change_nothing(session: Session, blobs: Blobs) -> None:
    put(session, blobs, "a.png", picture())
    version = wiki_version(session)

    put(session, blobs, "a.png", picture())

    assert wiki_version(session) == version


def test_a_full_disk_is_said_and_leaves_no_row(session: Session, tmp_path: Path) -> None:
    (tmp_path / "media").write_text("a file where a folder should be")

    with pytest.raises(StorageFailed):
        put(session, local_blobs(tmp_path / "media"), "a.pdf", b"%PDF-1.4")

    assert list(all_media(session, viewer=ALICE)) == []


def test_files_are_listed_in_stretches(session: Session, blobs: Blobs) -> None:
    for name in ("ns:a10.pdf", "ns:a9.pdf", "ns:sub:b.pdf", "c.pdf"):
        put(session, blobs, name, b"%PDF-1.4")

    first = list_media(session, FileQuery("ns"), viewer=EVE, limit=1)
    rest = list_media(session, FileQuery("ns"), viewer=EVE, limit=1, after=mark(first.items[-1], "name"))

    assert [file.name for file in (*first.items, *rest.items)] == ["ns:a9.pdf", "ns:a10.pdf"]
    assert (first.more, rest.more) == (True, False)
    everything = [file.name for file in all_media(session, viewer=EVE)]
    assert everything == ["c.pdf", "ns:a9.pdf", "ns:a10.pdf", "ns:sub:b.pdf"]


def test_a_folder_named_like_a_file_counts_while_files_stand_in_it(session: Session, blobs: Blobs) -> None:
    save_page(session, PageEdit("a", "{{ivy:}}"), viewer=BOB, now=NOW)
    missing = show(session, "a").html
    put(session, blobs, "ivy:leaf.png", picture())
    there = show(session, "a").html
    delete_media(session, "ivy:leaf.png", viewer=ALICE, now=NOW)

    assert 'class="media mediafile mf_ wikilink2"' in missing
    assert "ivy (4\xa0KB)" in there
    assert show(session, "a").html == missing
