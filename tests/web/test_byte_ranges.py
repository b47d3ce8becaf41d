"""``Range``: what is asked for, and that no way of writing it costs more than the file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.byte_ranges import MOST, Parts, Stretch, stretches

SIZE = 100


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param("bytes=0-9", [(0, 10)], id="the beginning"),
        pytest.param("bytes=90-", [(90, 100)], id="from somewhere on"),
        pytest.param("bytes=-5", [(95, 100)], id="the end"),
        pytest.param("bytes=-500", [(0, 100)], id="an end longer than all"),
        pytest.param("bytes=90-500", [(90, 100)], id="beyond the end"),
        pytest.param("BYTES = 0-0", [(0, 1)], id="blanks and capitals"),
        pytest.param("bytes=0-9, 20-29,,-1", [(0, 10), (20, 30), (99, 100)], id="several"),
        pytest.param("bytes=50-59,0-9", [(50, 60), (0, 10)], id="in any order"),
        pytest.param("bytes=0-9,200-300", [(0, 10)], id="one of them is not there"),
        pytest.param("bytes=100-", [], id="behind the end"),
        pytest.param("bytes=-0", [], id="nothing of the end"),
        pytest.param("bytes=9-1", None, id="backwards"),
        pytest.param("bytes=a-b", None, id="letters"),
        pytest.param("bytes=-", None, id="nothing at all"),
        pytest.param("bytes=", None, id="no part"),
        pytest.param("bytes", None, id="no sign"),
        pytest.param("lines=0-9", None, id="another unit"),
        pytest.param("bytes=٠-٩", None, id="digits of another script"),
        pytest.param("bytes=²-9", None, id="digits that are none"),
        pytest.param("bytes=--1", None, id="a negative number"),
        pytest.param("bytes=0-+9", None, id="a sign"),
        pytest.param("bytes=0-" + "9" * 5000, None, id="a number without end"),
        pytest.param("bytes=0-99,0-99", None, id="more than the whole"),
        pytest.param("bytes=" + "0-0," * MOST + "0-0", None, id="too many parts"),
    ],
)
def test_what_is_asked_for(header: str, expected: list[tuple[int, int]] | None) -> None:
    found = stretches(header, SIZE)

    assert found == (None if expected is None else tuple(Stretch(*one) for one in expected))


def test_an_empty_file_has_no_parts() -> None:
    assert stretches("bytes=0-", 0) == stretches("bytes=-5", 0) == ()


@given(st.text(alphabet="bytes=0123456789-, ٣", max_size=60), st.integers(0, 50))
def test_no_header_asks_for_more_than_there_is(text: str, size: int) -> None:
    for header in (text, f"bytes={text}"):
        found = stretches(header, size) or ()

        assert sum(one.size for one in found) <= size
        assert all(0 <= one.start < one.stop <= size for one in found)


def test_several_parts_are_sent_with_what_they_are() -> None:
    content = bytes(range(SIZE))
    parts = Parts((Stretch(0, 2), Stretch(98, 100)), SIZE, "audio/ogg", "xyz")

    body = b"".join(parts.body(lambda one: iter([content[one.start : one.stop]])))

    assert len(body) == parts.size
    assert body == (
        b"\r\n--xyz\r\nContent-Type: audio/ogg\r\nContent-Range: bytes 0-1/100\r\n\r\n\x00\x01"
        b"\r\n--xyz\r\nContent-Type: audio/ogg\r\nContent-Range: bytes 98-99/100\r\n\r\n\x62\x63"
        b"\r\n--xyz--\r\n"
    )
