"""Which words a wiki takes no text with, and that looking for them ends soon."""

import time

import pytest

from app.domain.blocked import blocked_in, fault_in

LINES = "# spam\ncasino-gratuit\\.example\n(pilules|pillen)[- ]miracle"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("nothing", ""),
        ("# spam", ""),
        ("go to CASINO-gratuit.example now", "CASINO-gratuit.example"),
        ("one\ntwo pillen miracle", "pillen miracle"),
        ("x" * 495 + "pillen-miracle", "pillen-miracle"),
    ],
)
def test_what_is_found(text: str, found: str) -> None:
    assert blocked_in(LINES, text) == found
    assert blocked_in(LINES, "", text) == found


def test_patterns_that_could_take_for_ever_are_named() -> None:
    assert fault_in("good\n(a+)+") == ("(a+)+", "nested")
    assert fault_in(LINES) == ("", "")


def test_a_long_line_takes_no_time() -> None:
    begun = time.monotonic()
    assert blocked_in("a.*b.*c", "a" * 200_000) == ""
    assert time.monotonic() - begun < 20
