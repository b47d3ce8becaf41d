"""What becomes of every file that somebody sends: refused with words, or kept harmless."""

import re
import tarfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy.orm import Session

from app.domain.errors import FileRefused
from app.domain.file_errors import HoldsTags, NotText, OtherType
from app.domain.tables import MIME, FileType
from app.services import drawings
from app.services.media import Upload, find_media, put_media
from app.services.media_checks import OTHER, Checked, allowed_type, check
from app.services.media_list import all_media
from app.store.blobs import Blobs, Received
from tests.conftest import ALICE, BOB, EVE, NOW
from tests.services.attack_files import ATTACKS, HTML, Attack, archive, chunk, drawing, picture

TYPES = MIME | {
    "txt": FileType("text/plain"),
    "csv": FileType("text/csv"),
    "json": FileType("application/json", download=True),
    "html": FileType("text/html", download=True),
    "bmp": FileType("image/bmp"),
    "avif": FileType("image/avif"),
    "odd": FileType("application/odd", download=True),
}


def look(folder: Path, name: str, body: bytes, *, any_type: bool = False) -> Checked:
    path = folder / "came"
    path.write_bytes(body)
    return check(Received(path, "0" * 64, len(body)), name, TYPES, any_type=any_type)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.label)
def test_attacks(session: Session, blobs: Blobs, attack: Attack) -> None:
    upload = Upload(attack.name, BytesIO(attack.body))
    if attack.error is None:
        put_media(session, blobs, upload, viewer=BOB, now=NOW)
        return

    with pytest.raises(attack.error):
        put_media(session, blobs, upload, viewer=BOB, now=NOW)

    assert list(all_media(session, viewer=ALICE)) == []
    assert list(blobs.all()) == []
    assert list(blobs.incoming.iterdir()) == []


@pytest.mark.parametrize("attack", [a for a in ATTACKS if a.name == "a.svg" and a.error is None], ids=lambda a: a.label)
def test_nothing_that_acts_is_left_in_a_drawing(attack: Attack) -> None:
    clean = drawings.cleaned(attack.body)

    acts = (
        rb"<(\w+:)?script|\son\w+=|foreignObject|iframe|@import|url\((?!/\w)|href=.(?![#/]\w)"
        rb"|attributeName=.(\w+:)?(on|href)|svg\+xml"
    )
    assert not re.search(acts, clean, re.IGNORECASE)
    assert drawings.cleaned(clean) == clean


def test_a_drawing_keeps_what_draws(session: Session, blobs: Blobs) -> None:
    body = drawing('<style>rect{fill:red}</style><rect class="a" width="3"/><image href="data:image/png;base64,AAAA"/>')
    kept = put_media(session, blobs, Upload("a.svg", BytesIO(body)), viewer=BOB, now=NOW)

    clean = b"".join(blobs.read(kept.sha256))
    assert all(part in clean for part in (b"rect{fill:red}", b'class="a"', b"data:image/png;base64,AAAA"))
    assert kept.size == len(clean)
    assert len(list(blobs.all())) == 1


def tar() -> bytes:
    out = BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as file:
        file.addfile(tarfile.TarInfo("ivy"))
    return out.getvalue()


def office(folder: str) -> bytes:
    return archive(**{"[Content_Types].xml": b"<Types/>", f"{folder}/document.xml": b"<x/>"})


GENUINE = {
    "jpg": picture("JPEG"),
    "jpeg": picture("MPO", save_all=True, append_images=[Image.new("RGB", (8, 8))]),
    "gif": picture("GIF"),
    "png": picture(),
    "webp": picture("WEBP"),
    "ico": picture("ICO", (16, 16)),
    "svg": drawing("<rect/>"),
    "mp3": b"\xff\xfb\x90\x44" + bytes(400),
    "ogg": b"OggS" + bytes(40),
    "wav": b"RIFF\x24\0\0\0WAVEfmt ",
    "webm": b"\x1a\x45\xdf\xa3\x93\x42\x82\x84webm",
    "ogv": b"OggS" + bytes(40),
    "mp4": b"\0\0\0\x18ftypisom",
    "vtt": b"\xef\xbb\xbfWEBVTT\n\n00:01.000 --> 00:02.000\nivy",
    "pdf": b"\n%PDF-1.7",
    "doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "rtf": b"{\\rtf1",
    "xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "ppt": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "docx": office("word"),
    "xlsx": office("xl"),
    "pptx": office("ppt"),
    "sxw": archive(mimetype=b"application/vnd.sun.xml.writer"),
    "sxc": archive(mimetype=b"application/vnd.sun.xml.calc"),
    "sxi": archive(mimetype=b"application/vnd.sun.xml.impress"),
    "sxd": archive(mimetype=b"application/vnd.sun.xml.draw"),
    "odc": archive(mimetype=b"application/vnd.oasis.opendocument.chart"),
    "odf": archive(mimetype=b"application/vnd.oasis.opendocument.formula"),
    "odg": archive(mimetype=b"application/vnd.oasis.opendocument.graphics"),
    "odi": archive(mimetype=b"application/vnd.oasis.opendocument.image"),
    "odp": archive(mimetype=b"application/vnd.oasis.opendocument.presentation"),
    "ods": archive(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"),
    "odt": archive(mimetype=b"application/vnd.oasis.opendocument.text"),
    "tgz": b"\x1f\x8b\x08\0",
    "gz": b"\x1f\x8b\x08\0",
    "bz2": b"BZh91AY&SY",
    "rpm": b"\xed\xab\xee\xdb",
    "deb": b"!<arch>\ndebian-binary",
    "tar": tar(),
    "zip": archive(ivy=b"x"),
    "rar": b"Rar!\x1a\x07\x01\0",
    "7z": b"7z\xbc\xaf\x27\x1c",
    "ps": b"%!PS-Adobe-3.0",
}


def test_there_is_a_genuine_file_of_every_type() -> None:
    assert set(GENUINE) == set(MIME)


@pytest.mark.parametrize("ending", GENUINE)
def test_genuine_files_are_taken(tmp_path: Path, ending: str) -> None:
    assert look(tmp_path, f"a.{ending}", GENUINE[ending]).mime == MIME[ending].mime


ALIKE = [
    {"jpg", "jpeg"},
    {"ogg", "ogv"},
    {"doc", "xls", "ppt"},
    {"doc", "rtf"},
    {"tgz", "gz"},
    {"odt", "sxw"},
    {"ods", "sxc"},
    {"odp", "sxi"},
    {"odg", "sxd"},
]


def test_no_file_is_taken_under_the_name_of_another_type(tmp_path: Path) -> None:
    taken = set()
    for ending in GENUINE:
        for other, body in GENUINE.items():
            try:
                look(tmp_path, f"a.{ending}", body)
            except FileRefused:
                continue
            taken.add((ending, other))

    odd = {pair for pair in taken if pair[0] not in (pair[1], "zip") and not any(set(pair) <= alike for alike in ALIKE)}
    assert odd == set()


@pytest.mark.parametrize(
    ("name", "body", "error"),
    [
        pytest.param("a.txt", b"plain", None, id="ASCII"),
        pytest.param("a.txt", "Lierre à l’eau".encode(), None, id="UTF-8"),
        pytest.param("a.txt", "caf\u00e9".encode("latin-1"), None, id="an old encoding"),
        pytest.param("a.txt", "lierre".encode("utf-16"), None, id="UTF-16 that says so"),
        pytest.param("a.txt", "lierre".encode("utf-16-le"), NotText, id="UTF-16 that does not"),
        pytest.param("a.txt", b"\xff\xfeodd", NotText, id="UTF-16 that ends within a letter"),
        pytest.param("a.csv", b"a,b\n" * 9_000 + b"\0", NotText, id="a NUL far behind"),
        pytest.param("a.json", b'{"a": "<a href=x>"}', HoldsTags, id="a link near the beginning"),
        pytest.param("a.txt", b"x" * 256 + b"<script>", None, id="a script far behind"),
        pytest.param("a.txt", b"<SCRIPT\n>", HoldsTags, id="a script in capitals"),
        pytest.param("a.txt", b"<scripture> <and>", None, id="what only begins as one"),
        pytest.param("a.html", HTML, None, id="a page, where the wiki takes them"),
        pytest.param("a.bmp", picture("BMP"), None, id="a type of the wiki's own"),
        pytest.param("a.avif", picture("AVIF"), None, id="another"),
        pytest.param("a.avif", picture(), OtherType, id="another that it is not"),
        pytest.param("a.odd", b"anything", None, id="a type that nothing is known of"),
        pytest.param("a.odd", HTML, HoldsTags, id="… which is a page"),
    ],
)
def test_types_of_the_wikis_own(tmp_path: Path, name: str, body: bytes, error: type[FileRefused] | None) -> None:
    if error is None:
        assert look(tmp_path, name, body).mime == TYPES[name.rpartition(".")[2]].mime
        return
    with pytest.raises(error):
        look(tmp_path, name, body)


@pytest.mark.parametrize("name", ["a.v1.2.zip", "php.zip", "a.php:b.zip", "a_php.zip", "a.html.zip"])
def test_names_that_no_server_runs(name: str) -> None:
    assert allowed_type(name, TYPES) == TYPES["zip"]


def sideways(kind: str) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = 6
    return picture(kind, (30, 20), exif=exif)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_has_the_size_that_it_is_shown_in(tmp_path: Path, kind: str) -> None:
    name = f"a.{'jpg' if kind == 'JPEG' else kind.lower()}"
    checked = look(tmp_path, name, sideways(kind))

    assert (checked.width, checked.height) == (20, 30)


@pytest.mark.parametrize(
    ("name", "body", "mime"),
    [
        pytest.param("a.png", picture(), "image/png", id="what it says"),
        pytest.param("a.png", HTML, OTHER.mime, id="a page as a picture"),
        pytest.param("a.jpg", picture(), OTHER.mime, id="another picture"),
        pytest.param("a.jpg", picture("JPEG", (300, 200))[:-40], "image/jpeg", id="a photograph cut off"),
        pytest.param("a.svg", drawing("<script/>"), "image/svg+xml", id="a drawing as it came"),
        pytest.param("a.svg", HTML, OTHER.mime, id="a page as a drawing"),
        pytest.param("a.php", b"<?php", OTHER.mime, id="a type that is not taken"),
        pytest.param("a.php.jpg", picture("JPEG"), "image/jpeg", id="two endings"),
        pytest.param("a.txt", b"\0", OTHER.mime, id="no text"),
        pytest.param("a.txt", b"<a >", "text/plain", id="text with tags"),
    ],
)
def test_an_operator_brings_anything_in_as_it_is(
    session: Session, blobs: Blobs, tmp_path: Path, name: str, body: bytes, mime: str
) -> None:
    assert look(tmp_path, name, body, any_type=True).mime == mime

    put_media(session, blobs, Upload(name, BytesIO(body), any_type=True), viewer=BOB, now=NOW)
    kept = find_media(session, name, viewer=EVE)
    assert b"".join(blobs.read(kept.sha256)) == body
    assert kept.download or mime != OTHER.mime


STARTS = [b"", *(body[:64] for body in GENUINE.values()), *(body for body in GENUINE.values() if len(body) < 3_000)]


@pytest.mark.filterwarnings("ignore::UserWarning")
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    ending=st.sampled_from(sorted(TYPES)),
    start=st.sampled_from(STARTS),
    rest=st.binary(max_size=300),
    cut=st.integers(0, 40),
    any_type=st.booleans(),
)
def test_nothing_but_a_refusal_comes_of_any_bytes(
    tmp_path: Path, ending: str, start: bytes, rest: bytes, cut: int, any_type: bool
) -> None:
    body = start[: max(0, len(start) - cut)] + rest
    try:
        checked = look(tmp_path, f"a.{ending}", body, any_type=any_type)
    except FileRefused:
        assert not any_type
    else:
        assert checked.mime in (TYPES[ending].mime, OTHER.mime)


@pytest.mark.filterwarnings("ignore::UserWarning")
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_nothing_but_a_refusal_comes_of_damage(tmp_path: Path, data: st.DataObject) -> None:
    ending = data.draw(st.sampled_from(["jpg", "jpeg", "png", "gif", "webp", "ico", "bmp", "avif", "svg"]))
    genuine = {**GENUINE, "bmp": picture("BMP"), "avif": picture("AVIF"), "jpg": sideways("JPEG")}
    body = bytearray(genuine[ending])
    for _ in range(data.draw(st.integers(1, 6))):
        body[data.draw(st.integers(0, 9_999)) % len(body)] = data.draw(st.integers(0, 255))
    try:
        look(tmp_path, f"a.{ending}", bytes(body))
    except FileRefused:
        return


def test_words_in_a_picture_are_no_page(tmp_path: Path) -> None:
    body = picture()
    said = body[:33] + chunk(b"tEXt", b"Title\0<a href=x>") + body[33:]

    assert look(tmp_path, "a.png", said).width == 30
