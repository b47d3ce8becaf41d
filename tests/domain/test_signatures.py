import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import signatures
from app.domain.signatures import claimed_size, ends_as_zip, holds_tags, looks_like, seen
from app.domain.tables import MIME
from tests.services.attack_files import archive, gif_of, picture, png_of, webp_of


def test_every_type_that_is_shipped_has_its_look() -> None:
    assert set(MIME) - set(signatures._ENDINGS) == {"svg"}, "a drawing is read as a whole"


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (picture("JPEG"), "JPEG"),
        (picture("WEBP"), "WebP"),
        (picture("AVIF"), "AVIF"),
        (archive(words=b"ivy"), "ZIP"),
        (archive(mimetype=b"application/epub+zip"), "EPUB"),
        (b"\0\0\0\x18ftypisom", "MP4"),
        (b"ID3\x04", "MP3"),
        (b"MZ\x90", "EXE"),
        (b"  <!DOCTYPE html>", "HTML"),
        (b"\xef\xbb\xbf<html>", "HTML"),
        (b"plain words", ""),
        (b"", ""),
    ],
)
def test_what_is_seen(body: bytes, found: str) -> None:
    assert seen(body, body) == found


@pytest.mark.parametrize(
    ("head", "sound"),
    [
        pytest.param(b"\xff\xfb\x90\x44", True, id="a frame"),
        pytest.param(b"\0\0\xff\xf3\x40\xc0", True, id="a frame behind silence"),
        pytest.param(b"\xff\xfb\xf0\x44", False, id="a rate that does not exist"),
        pytest.param(b"\xff\xfb\x9c\x44", False, id="another rate that does not exist"),
        pytest.param(b"\xff\xf1\x50\x80", False, id="AAC"),
        pytest.param(b"\xff\xfei\0", False, id="text in UTF-16"),
        pytest.param(b"\xff", False, id="too short"),
    ],
)
def test_sound(head: bytes, sound: bool) -> None:
    assert looks_like("mp3", head, head) is sound


@pytest.mark.parametrize(
    ("body", "size"),
    [
        (picture(size=(30, 20)), (30, 20)),
        (picture("GIF", (30, 20)), (30, 20)),
        (picture("WEBP", (30, 20)), (30, 20)),
        (picture("WEBP", (30, 20), lossless=True), (30, 20)),
        (picture("WEBP", (30, 20), mode="RGBA", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0"), (30, 20)),
        (png_of(60_000, 50_000), (60_000, 50_000)),
        (gif_of(60_000, 50_000), (60_000, 50_000)),
        (webp_of(16_000, 15_000), (16_000, 15_000)),
        (picture("JPEG"), None),
        (b"RIFF\0\0\0\0WEBPodd " + bytes(20), None),
        (b"\x89PNG\r\n\x1a\n", None),
    ],
)
def test_how_large_a_picture_claims_to_be(body: bytes, size: tuple[int, int] | None) -> None:
    assert claimed_size(body[:32]) == size


@pytest.mark.parametrize(
    ("tail", "is_zip"),
    [
        pytest.param(archive(a=b"x"), True, id="an archive"),
        pytest.param(b"before" + archive(a=b"x"), True, id="one behind something"),
        pytest.param(archive(a=b"x") + b"after", False, id="one with something behind"),
        pytest.param(b"PK\x05\x06", False, id="the sign alone"),
        pytest.param(b"", False, id="nothing"),
    ],
)
def test_an_archive_at_the_end(tail: bytes, is_zip: bool) -> None:
    assert ends_as_zip(tail) is is_zip


@settings(deadline=None)
@given(
    st.sampled_from([*signatures._ENDINGS, "odd", ""]),
    st.sampled_from([b"", b"PK\x03\x04", b"RIFF", b"\xff", b"\x1a\x45\xdf\xa3", b"BZh", bytes(148)]),
    st.binary(max_size=600),
)
def test_any_bytes_are_looked_at(ending: str, start: bytes, rest: bytes) -> None:
    body = start + rest
    looks_like(ending, body, body)
    seen(body, body)
    holds_tags(body)
    ends_as_zip(body)
    claimed_size(body)
