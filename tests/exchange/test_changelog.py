"""Lines of change logs: read as the old wiki reads them (the table in conformance), written as it writes them."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exchange.dokuwiki.changelog import LONGEST_LINE, bounded_lines, read_line, read_log, whole, write_line
from app.exchange.dokuwiki.model import LogLine, Note

WHOLE = "1795402293\t127.0.0.1\tR\tns:page\tjoe\told revision restored (2026/11/23 02:51)\t1795402286\t70"
TEXT = st.text(st.characters(blacklist_characters="\t\n\r", blacklist_categories=["Cs"]), max_size=20)


def test_a_line_is_read_and_written_back() -> None:
    found = read_line(WHOLE + "\n", 3)

    assert found is not None
    assert (found.time, found.kind, found.name, found.user, found.extra, found.size_change, found.number) == (
        1795402293,
        "R",
        "ns:page",
        "joe",
        "1795402286",
        70,
        3,
    )
    assert found.raw is None
    assert write_line(found) == WHOLE


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("1\t::1\tE\ta\tbob\tsix columns", id="six columns"),
        pytest.param("1\t::1\tE\ta", id="four columns"),
        pytest.param("1e9\t::1\tE\ta\tbob\t\t\t+7", id="numbers in other forms"),
        pytest.param("1\t::1\tE\ta\tbob\t\t\t7\tmore\tcolumns", id="more columns"),
        pytest.param(f"1\t::1\tE\ta\tbob\t{'x' * 256}\t\t7", id="a summary longer than it is cut to"),
        pytest.param("1\t::1\tE\ta\tbob\ttext\r\t\t7", id="a carriage return in a summary"),
    ],
)
def test_what_would_be_written_otherwise_is_kept_as_it_stood(line: str) -> None:
    found = read_line(line)

    assert found is not None
    assert write_line(found) == line


@given(
    time=st.integers(0, 2**40),
    kind=st.sampled_from("CEeDR"),
    texts=st.tuples(TEXT, TEXT.filter(bool), TEXT, TEXT, TEXT),
    change=st.none() | st.integers(-(2**40), 2**40),
)
def test_what_is_written_reads_the_same(
    time: int, kind: str, texts: tuple[str, str, str, str, str], change: int | None
) -> None:
    address, name, user, summary, extra = texts
    line = LogLine(time, address, kind, name, user, summary, extra, change)

    assert read_line(write_line(line)) == line


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12), (" -5", -5), ("12abc", 12), ("abc", 0), ("0x10", 0), ("1e3", 1000), ("1.9", 1), ("", 0), (".5", 0)],
)
def test_numbers_are_read_as_php_reads_text(text: str, number: int) -> None:
    assert whole(text) == number


@pytest.mark.parametrize("text", ["9" * 400, "1e999", "-" + "9" * 400, "1" + "0" * 10_000 + "e5"])
def test_no_number_is_too_large_to_be_stored(text: str) -> None:
    assert -(2**63) <= whole(text) < 2**63


def test_a_log_tells_which_lines_are_none() -> None:
    lines = [
        WHOLE.encode() + b"\n",
        b"\n",
        b"1\t::1\tE\t\tbob\n",
        b"x" * (LONGEST_LINE + 1),
        "1\t::1\tE\tä".encode("latin-1"),
    ]

    found = list(read_log(lines, "meta/ns/page.changes"))

    assert [type(one) for one in found] == [LogLine, Note, Note, Note, LogLine]
    assert [(one.line, one.outcome) for one in found if isinstance(one, Note)] == [
        (3, "left"),
        (4, "left"),
        (5, "changed"),
    ]
    assert isinstance(found[4], LogLine)
    assert (found[4].name, found[4].number) == ("ä", 5)


def test_lines_of_a_file_keep_their_numbers_whatever_their_length() -> None:
    stream = BytesIO(b"a\n" + b"x" * (3 * LONGEST_LINE) + b"\nb\n\nc" + b"y" * LONGEST_LINE)

    lines = list(bounded_lines(stream))

    assert [line[:1] for line in lines] == [b"a", b"x", b"b", b"\n", b"c"]
    assert max(map(len, lines)) == LONGEST_LINE + 1
