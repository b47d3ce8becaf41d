import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import BadCharacter, BadText, TextTooLong
from app.domain.texts import MAX_BYTES, MAX_SUMMARY, clean_summary, clean_text


@pytest.mark.parametrize(
    "raw, text",
    [
        pytest.param("a\r\nb\rc\n", "a\nb\nc\n", id="line ends become plain"),
        pytest.param("\r\r\n", "\n\n", id="a return before a line end is a line of its own"),
        pytest.param("\ufeff a\t\x0b\u2028  \n\n", "\ufeff a\t\x0b\u2028  \n\n", id="nothing else is touched"),
        pytest.param("", "", id="empty"),
        pytest.param("é" * (MAX_BYTES // 2), "é" * (MAX_BYTES // 2), id="as long as can be"),
    ],
)
def test_texts_are_stored_with_plain_line_ends(raw: str, text: str) -> None:
    assert clean_text(raw) == text


@pytest.mark.parametrize(
    "raw, words",
    [
        pytest.param("a\r\nb\0c", "Line 2 .* U\\+0000", id="a NUL"),
        pytest.param("a\n\n\udc80", "Line 3 .* half of a character", id="a lone surrogate"),
    ],
)
def test_a_text_that_cannot_be_stored_is_refused_with_the_line(raw: str, words: str) -> None:
    with pytest.raises(BadCharacter, match=words):
        clean_text(raw)


def test_a_text_that_is_too_long_is_refused_with_its_size() -> None:
    with pytest.raises(TextTooLong, match="2049 KiB"):
        clean_text("é" * (MAX_BYTES // 2) + "x")


@given(st.text() | st.text(st.characters(codec="utf-8"), min_size=1))
def test_a_stored_text_stays_as_it_is(raw: str) -> None:
    try:
        text = clean_text(raw)
    except BadText:
        return
    assert clean_text(text) == text
    assert text.split("\n") == raw.replace("\r\n", "\n").replace("\r", "\n").split("\n")


@pytest.mark.parametrize(
    "raw, summary",
    [
        pytest.param("  mended\tthe\nlink \x00", "mended the link", id="one line, no control characters"),
        pytest.param("x" * 255, "x" * 255, id="as long as can be"),
        pytest.param("x" * 256, "x" * 254 + "…", id="cut, and it shows"),
        pytest.param("a\ud800", "a?", id="half a character becomes a question mark"),
    ],
)
def test_summaries_are_one_line(raw: str, summary: str) -> None:
    assert clean_summary(raw) == summary


@given(st.text())
def test_a_summary_fits_its_column(raw: str) -> None:
    summary = clean_summary(raw)
    assert len(summary) <= MAX_SUMMARY
    assert summary.isprintable() or not raw.isprintable()
