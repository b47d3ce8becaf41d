"""What pictures say of themselves: read, written, taken out; whatever the bytes are."""

import io
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.domain import exif, iptc
from app.domain.jpeg_parts import APP1, APP13, LONGEST, Part, join, split
from app.domain.picture_fields import (
    EDITABLE,
    LONGEST_FIELD,
    change_fields,
    clean_field,
    read_exif_fields,
    read_fields,
    without_place,
)

GPS = {1: "N", 2: (48.0, 51.0, 30.12), 3: "W", 4: (2.0, 17.0, 40.0)}
TAGS = {
    exif.DESCRIPTION: "OLD CAPTION",
    exif.MAKE: "Canon",
    exif.MODEL: "Canon EOS 5D",
    exif.ARTIST: "Ann",
    exif.COPYRIGHT: "© Ann".encode(),
    exif.XP_TITLE: "Näme\0".encode("utf-16-le"),
}


def jpeg(tags: dict[int, Any] | None = None, place: dict[int, Any] | None = None) -> bytes:
    picture = Image.new("RGB", (40, 30), "green")
    held = picture.getexif()
    held.update(tags or {})
    details = held.get_ifd(0x8769)
    if tags:
        details[exif.TAKEN] = "2024:05:31 14:05:07"
    held.get_ifd(0x8825).update(place or {})
    stream = io.BytesIO()
    picture.save(stream, "JPEG", exif=held)
    return stream.getvalue()


def newsroom(*found: iptc.Dataset) -> Part:
    data = b"".join(bytes((0x1C, one.record, one.number)) + len(one.data).to_bytes(2) + one.data for one in found)
    block = iptc.write_resources(
        [iptc.Resource(0x03ED, b"\0\0", b"resolution"), iptc.Resource(iptc.TEXTS, b"\0\0", data)]
    )
    return Part(APP13, iptc.SIGNATURE + block)


def changed(data: bytes, changes: dict[str, str]) -> bytes:
    head = split(data)
    return join(change_fields(head.parts, changes)) + data[head.rest :]


def said(data: bytes) -> dict[str, str]:
    return read_fields(split(data).parts)


def pixels(data: bytes) -> bytes:
    return data[split(data).rest :]


# ------------------------------------------------------------------ reading


def test_what_a_camera_wrote_is_read() -> None:
    assert said(jpeg(TAGS, GPS)) == {
        "title": "Näme",
        "caption": "OLD CAPTION",
        "author": "Ann",
        "copyright": "© Ann",
        "date": "2024-05-31 14:05:07",
        "camera": "Canon EOS 5D",
        "place": "48.85837, -2.29444",
    }


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param([(105, b"H"), (120, b"C"), (5, b"N")], {"title": "H", "caption": "C"}, id="the headline first"),
        pytest.param([(120, b"C"), (5, b"N")], {"caption": "C"}, id="a caption before the name"),
        pytest.param([(5, b"N")], {"title": "N"}, id="the name where there is nothing else"),
        pytest.param([(80, b"A"), (80, b"B")], {"author": "A, B"}, id="several authors"),
        pytest.param([(25, b"b"), (25, b"a"), (25, b"b")], {"keywords": "b, a"}, id="keywords, each once"),
        pytest.param([(105, b"caf\xe9")], {"title": "café"}, id="Latin-1"),
        pytest.param([(105, "café".encode())], {"title": "café"}, id="UTF-8 that does not say so"),
        pytest.param([(55, b"20240531"), (60, b"140500+0200")], {"date": "2024-05-31 14:05:00"}, id="day and time"),
        pytest.param([(55, b"20240531"), (60, b"99")], {"date": "2024-05-31"}, id="a time that is none"),
        pytest.param([(55, b"20241399")], {}, id="a day that is none"),
        pytest.param([(105, b"a\0b\r\n c\x1b[0m")], {"title": "a b c [0m"}, id="signs that are no text"),
    ],
)
def test_what_a_newsroom_wrote_is_read(found: list[tuple[int, bytes]], expected: dict[str, str]) -> None:
    assert read_fields([newsroom(*(iptc.Dataset(2, number, data) for number, data in found))]) == expected


def test_exif_of_other_pictures_is_read() -> None:
    stream = io.BytesIO()
    picture = Image.new("RGB", (4, 3))
    held = picture.getexif()
    held[exif.MODEL] = "Pen"
    picture.save(stream, "PNG", exif=held)
    with Image.open(stream) as png:
        assert read_exif_fields(png.info["exif"]) == {"camera": "Pen"}


# ------------------------------------------------------------------ writing

TEXT = st.text(max_size=300)
CHANGES = st.dictionaries(st.sampled_from([key for key in EDITABLE if key != "date"]), TEXT, min_size=1)
DATES = st.datetimes().map(lambda moment: moment.isoformat(" ")[:19]) | st.dates().map(str) | st.just("")


@given(CHANGES, DATES)
def test_what_is_written_is_read_again_and_the_picture_stays(typed: dict[str, str], date: str) -> None:
    changes = {key: clean_field(key, value) for key, value in (typed | {"date": date}).items()}
    before = jpeg(TAGS, GPS)

    after = changed(before, changes)

    assert {key: said(after).get(key, "") for key in changes} == changes
    assert pixels(after) == pixels(before)
    assert {key: said(after)[key] for key in ("camera", "place")} == {
        key: said(before)[key] for key in ("camera", "place")
    }
    with Image.open(io.BytesIO(after)) as picture:
        picture.load()


@given(st.sampled_from(sorted(LONGEST_FIELD.keys() - {"date"})), st.text())
def test_cleaning_twice_changes_nothing_more(key: str, typed: str) -> None:
    once = clean_field(key, typed)

    assert clean_field(key, once) == once
    assert len(once) <= LONGEST_FIELD[key]


def test_what_others_wrote_beside_it_stays() -> None:
    part = newsroom(iptc.Dataset(2, 0, b"\0\4"), iptc.Dataset(2, 10, b"5"), iptc.Dataset(2, 90, b"Orl\xe9ans"))
    xmp = Part(APP1, b"http://ns.adobe.com/xap/1.0/\0<x/>")
    comment = Part(0xFE, b"made with care")

    after = change_fields([Part(0xE0, b"JFIF\0"), xmp, part, comment], {"title": "Ours"})

    block = next(one.body for one in after if one.marker == APP13).removeprefix(iptc.SIGNATURE)
    assert xmp in after
    assert comment in after
    assert [one.data for one in iptc.resources(block) if one.number == 0x03ED] == [b"resolution"]
    texts = iptc.texts(iptc.datasets(next(one.data for one in iptc.resources(block) if one.number == iptc.TEXTS)))
    assert texts == {10: ["5"], 90: ["Orléans"], 105: ["Ours"]}


def test_a_new_caption_leaves_the_title_that_was_shown() -> None:
    part = newsroom(iptc.Dataset(2, 5, b"Sunset"))

    assert read_fields(change_fields([part], {"caption": "Over the hills"})) == {
        "title": "Sunset",
        "caption": "Over the hills",
    }


def test_removing_all_fields_leaves_no_empty_block() -> None:
    assert change_fields([Part(0xE0, b"JFIF\0")], dict.fromkeys(EDITABLE, "")) == (Part(0xE0, b"JFIF\0"),)


def test_texts_longer_than_a_part_go_on_in_the_next() -> None:
    """A block of an image editor may be large already."""
    large = iptc.write_resources([iptc.Resource(0x0BB7, b"\0\0", bytes(100_001))])
    room = LONGEST - len(iptc.SIGNATURE)
    parts = [Part(APP13, iptc.SIGNATURE + large[at : at + room]) for at in range(0, len(large), room)]

    after = change_fields(parts, {"title": "Ours"})

    assert len(join(after)) > 100_000
    assert read_fields(split(join(after) + b"\xff\xda").parts) == {"title": "Ours"}


@pytest.mark.parametrize("typed", ["yesterday", "2024-13-01", "2024-05-31 25:00", "31.5.2024", "٢٠٢٤-٠٥-٣١"])
def test_what_is_no_date_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="Write a day"):
        clean_field("date", typed)


# ------------------------------------------------------------------ where it was taken


def test_where_it_was_taken_is_taken_out_everywhere() -> None:
    before = jpeg(TAGS, GPS)
    head = split(before)
    xmp = Part(APP1, b"http://ns.adobe.com/xap/1.0/\0<exif:GPSLatitude>48,51.5N</exif:GPSLatitude>")
    harmless = Part(APP1, b"http://ns.adobe.com/xap/1.0/\0<dc:title>A</dc:title>")
    parts = (*head.parts, xmp, harmless, newsroom(iptc.Dataset(2, 90, b"Paris"), iptc.Dataset(2, 105, b"Tower")))

    after = without_place(parts)

    assert read_fields(after) == {key: value for key, value in read_fields(parts).items() if key != "place"}
    assert b"Paris" not in join(after)
    assert xmp not in after
    assert harmless in after
    latitude = b"".join(number.to_bytes(4) for number in (48, 1, 51, 1))
    assert latitude in before
    assert latitude not in join(after)
    with Image.open(io.BytesIO(join(after) + before[head.rest :])) as picture:
        assert not picture.getexif().get_ifd(0x8825)


# ------------------------------------------------------------------ whatever comes


@given(st.binary(max_size=400))
def test_random_parts_never_raise_anything_but_value_errors(body: bytes) -> None:
    for part in (
        Part(APP1, exif.SIGNATURE + body),
        Part(APP1, exif.SIGNATURE + b"II*\0\x08\0\0\0" + body),
        Part(APP1, exif.SIGNATURE + b"MM\0*\0\0\0\x08" + body),
        Part(APP13, iptc.SIGNATURE + body),
        Part(APP13, iptc.SIGNATURE + b"8BIM\4\4\0\0" + len(body).to_bytes(4) + body),
    ):
        read_fields([part])
        after = change_fields([part], dict.fromkeys(EDITABLE, ""))
        assert not read_fields(after).keys() & set(EDITABLE)
        assert not read_fields(without_place(after)).get("place")
        assert len(join(after)) <= len(join([part])) + 64


@given(st.binary(max_size=300))
def test_random_files_are_no_jpeg_and_say_so(data: bytes) -> None:
    for whole in (data, b"\xff\xd8" + data, b"\xff\xd8\xff" + data):
        try:
            head = split(whole)
        except ValueError:
            continue
        assert split(join(head.parts) + whole[head.rest :]).parts == head.parts


@given(st.integers(0, 700), st.binary(min_size=1, max_size=4))
def test_a_damaged_photograph_is_read_as_far_as_it_reads(at: int, damage: bytes) -> None:
    whole = bytearray(jpeg(TAGS, GPS))
    whole[at : at + len(damage)] = damage
    try:
        head = split(bytes(whole))
    except ValueError:
        return
    read_fields(head.parts)
    change_fields(head.parts, {"title": "x", "caption": "y"})
    assert not read_fields(without_place(head.parts)).get("place")


@pytest.mark.parametrize("pointer", [exif.ARTIST, 0x8825, 0x8769])
def test_a_thousand_entries_that_name_the_same_bytes_take_no_time(pointer: int) -> None:
    count = 5000
    entry = pointer.to_bytes(2) + (2).to_bytes(2) + (60_000).to_bytes(4) + (8).to_bytes(4)
    body = b"MM\0*\0\0\0\x08" + count.to_bytes(2) + entry * count
    part = Part(APP1, exif.SIGNATURE + body + b"\0" * (65_000 - len(body)))
    began = time.perf_counter()

    read_fields([part])
    change_fields([part], {"author": ""})
    without_place([part])

    assert time.perf_counter() - began < 2
