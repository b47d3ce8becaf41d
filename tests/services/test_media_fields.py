"""What files say of themselves: read as they come, changed as a new version, read anew."""

import io

import pytest
from PIL import Image
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.domain.access import Rule
from app.domain.errors import AccessDenied, BadValue, NotFound
from app.domain.exif import MODEL
from app.domain.file_errors import FileChanged, NoFields
from app.domain.jpeg_parts import split
from app.domain.viewer import Viewer
from app.domain.wiki_settings import WikiSettings
from app.services.media import MediaView, Upload, find_media, put_media
from app.services.media_fields import FieldsEdit, count_unread, edit_fields, read_unread
from app.services.media_history import media_history
from app.services.pages import PageEdit, read_page, save_page
from app.services.rendering import body
from app.services.rules import RuleChange, change_rules
from app.services.state import wiki_version
from app.store.blobs import Blobs
from app.store.database import transaction
from app.store.media import MediaRevision
from tests.conftest import ALICE, BOB, EVE, NOW

MIB = 1024 * 1024
PLACE = {1: "N", 2: (48.0, 51.0, 30.0), 3: "E", 4: (2.0, 17.0, 40.0)}


def photograph(color: str = "green", kind: str = "JPEG") -> bytes:
    picture = Image.new("RGB", (40, 30), color)
    held = picture.getexif()
    held[MODEL] = "Pen"
    held.get_ifd(0x8825).update(PLACE)
    stream = io.BytesIO()
    picture.save(stream, kind, exif=held)
    return stream.getvalue()


def put(session: Session, blobs: Blobs, name: str = "a:b.jpg", content: bytes = b"", now: int = NOW) -> MediaView:
    upload = Upload(name, io.BytesIO(content or photograph()))
    return put_media(session, blobs, upload, viewer=BOB, now=now)


def edit(session: Session, blobs: Blobs, viewer: Viewer = BOB, name: str = "a:b.jpg", **more: object) -> MediaView:
    changes = more.pop("changes", {"title": "Ivy"})
    given = FieldsEdit(name, changes, **more)  # type: ignore[arg-type]  # a table of arguments
    return edit_fields(session, blobs, given, limit=MIB, viewer=viewer, now=NOW + 9)


def bytes_of(blobs: Blobs, file: MediaView) -> bytes:
    return b"".join(blobs.read(file.sha256))


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        pytest.param("a.jpg", photograph(), {"camera": "Pen", "place": "48.85833, 2.29444"}, id="a photograph"),
        pytest.param("a.png", photograph(kind="PNG"), {"camera": "Pen", "place": "48.85833, 2.29444"}, id="a PNG"),
        pytest.param("a.webp", photograph(kind="WEBP"), {"camera": "Pen", "place": "48.85833, 2.29444"}, id="a WebP"),
        pytest.param("a.pdf", b"%PDF-1.4\n%%EOF\n", {}, id="what is no picture"),
    ],
)
def test_what_a_file_says_is_read_as_it_comes(
    session: Session, blobs: Blobs, name: str, content: bytes, expected: dict[str, str]
) -> None:
    assert put(session, blobs, name, content).revision.fields == expected


def test_fields_are_written_into_a_new_version_and_the_picture_stays(session: Session, blobs: Blobs) -> None:
    before = put(session, blobs)

    after = edit(session, blobs, changes={"title": "  Ivy on\nthe wall ", "keywords": "leaf;wall, leaf"})

    assert after.revision.fields["title"] == "Ivy on the wall"
    assert after.revision.fields["keywords"] == "leaf, wall"
    assert after.revision.fields["camera"] == "Pen"
    assert (after.revision.kind, after.summary) == ("edit", "metadata edited")
    old, new = bytes_of(blobs, before), bytes_of(blobs, after)
    assert new[split(new).rest :] == old[split(old).rest :]
    assert len(media_history(session, "a:b.jpg", viewer=BOB).items) == 2


def test_an_empty_value_removes_the_field(session: Session, blobs: Blobs) -> None:
    put(session, blobs)
    edit(session, blobs, changes={"title": "Ivy", "author": "Bob"})

    assert edit(session, blobs, changes={"title": ""}).revision.fields["author"] == "Bob"
    assert "title" not in find_media(session, "a:b.jpg", viewer=BOB).revision.fields


def test_where_it_was_taken_can_be_removed(session: Session, blobs: Blobs) -> None:
    put(session, blobs)

    after = edit(session, blobs, changes={}, placeless=True)

    assert after.revision.fields == {"camera": "Pen"}
    with Image.open(io.BytesIO(bytes_of(blobs, after))) as picture:
        assert not picture.getexif().get_ifd(0x8825)


@pytest.mark.parametrize("changes", [{}, {"title": ""}, {"title": " Ivy "}], ids=["none", "nothing there", "the same"])
def test_what_changes_nothing_stores_nothing(session: Session, blobs: Blobs, changes: dict[str, str]) -> None:
    put(session, blobs)
    if changes.get("title"):
        edit(session, blobs)
    before = wiki_version(session)

    edit(session, blobs, changes=changes)

    assert wiki_version(session) == before


@pytest.mark.parametrize(
    ("viewer", "error"), [(EVE, AccessDenied), (BOB, None), (ALICE, None)], ids=["eve", "bob", "alice"]
)
def test_whoever_may_upload_may_change_fields(
    session: Session, blobs: Blobs, viewer: Viewer, error: type[Exception] | None
) -> None:
    put(session, blobs)
    if error is None:
        assert edit(session, blobs, viewer).revision.author == viewer.login
        return
    with pytest.raises(error):
        edit(session, blobs, viewer)


def test_what_is_closed_is_as_what_is_not_there(session: Session, blobs: Blobs) -> None:
    put(session, blobs)
    change_rules(session, RuleChange(add=[Rule("a:*", "@ALL", 0), Rule("a:*", "@user", 0)]), by=ALICE, now=NOW)

    with pytest.raises(NotFound):
        edit(session, blobs)
    with pytest.raises(NotFound):
        edit(session, blobs, name="a:none.jpg")


def test_only_a_jpeg_can_be_written_into(session: Session, blobs: Blobs) -> None:
    put(session, blobs, "a:b.png", photograph(kind="PNG"))

    with pytest.raises(NoFields):
        edit(session, blobs, name="a:b.png")


def test_a_date_that_is_none_names_its_field(session: Session, blobs: Blobs) -> None:
    put(session, blobs)

    with pytest.raises(BadValue) as caught:
        edit(session, blobs, changes={"date": "some day"})

    assert caught.value.facts["field"] == "date"


def test_a_version_that_came_meanwhile_is_not_lost_sight_of(session: Session, blobs: Blobs) -> None:
    seen = put(session, blobs)
    newer = put(session, blobs, content=photograph("red"), now=NOW + 1)

    with pytest.raises(FileChanged):
        edit(session, blobs, based_on=seen.revision.id)

    assert find_media(session, "a:b.jpg", viewer=BOB).sha256 == newer.sha256


def test_pages_describe_a_photograph_by_its_title_at_once(session: Session, blobs: Blobs) -> None:
    put(session, blobs)
    save_page(session, PageEdit("a:page", "{{b.jpg}} {{b.jpg|}} {{b.jpg|Own}}"), viewer=BOB, now=NOW)
    assert 'alt="b.jpg"' in html_of(session)

    edit(session, blobs, changes={"title": '"><script>alert(1)</script>'})

    html = html_of(session)
    assert 'alt="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"' in html
    assert "<script" not in html
    assert 'alt=""' in html
    assert 'alt="Own"' in html


def test_pictures_of_before_are_read_by_the_command(session: Session, blobs: Blobs) -> None:
    put(session, blobs)
    put(session, blobs, "a:plain.png", plain())
    with transaction(session):
        session.execute(update(MediaRevision).values(fields="{}"))
    assert count_unread(session) == 2

    assert list(read_unread(session, blobs)) == [2]

    assert find_media(session, "a:b.jpg", viewer=BOB).revision.fields["camera"] == "Pen"
    assert count_unread(session) == 1


def html_of(session: Session) -> str:
    page = read_page(session, "a:page", viewer=EVE)
    return body(session, page, viewer=EVE, wiki_settings=WikiSettings(), secret=b"for tests", now=NOW).html


def plain() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (4, 3)).save(stream, "PNG")
    return stream.getvalue()
