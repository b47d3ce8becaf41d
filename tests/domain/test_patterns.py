"""Patterns for hiding pages: those that mean nothing or could take for ever are refused."""

import re
import time

import pytest

from app.domain.patterns import LONGEST, Fault, fault_of


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "^:private:|:secret$",
        r"^:(private|talk)(:.*)?$",
        "^:[^:]*:[^:]*:drafts?$",
        r":\*+$",
        "[*+?{]x",
        "[]*+]+",
        r"(?:talk|forum):[0-9]{4}-[0-9]{2}",
        r"\(a+\)+",
        "{literal}",
        "(?!:open:).*:old",
        "a{2}",
        r":start\/",
        "^:(a|b|c|d|e|f|g|h|i|j):(k|l|m|n)(:.*)?$",
        "|".join(f"^:{name}:" for name in "abcdefghijklmnopqrstuvwxyz"),
        "x" + "{1,3}",
    ],
)
def test_what_people_write_is_taken(pattern: str) -> None:
    assert fault_of(pattern) == ""


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        pytest.param("x" * (LONGEST + 1), "long", id="longer than anybody reads"),
        pytest.param("(", "broken", id="a bracket that stays open"),
        pytest.param("*x", "broken", id="nothing to repeat"),
        pytest.param("[z-a]", "broken", id="a range from behind"),
        pytest.param("(?x) a # (", "flags", id="a switch that changes how it is read"),
        pytest.param("a(?i:b)", "flags", id="a switch for a part"),
        pytest.param("(a+)+$", "nested", id="a repetition of a repetition"),
        pytest.param("(?:a*)*$", "nested", id="in a group that is not kept"),
        pytest.param("((a+)b?)*$", "nested", id="two groups deep"),
        pytest.param("(?P<n>a+){2,}$", "nested", id="with a name and a count"),
        pytest.param("(a+){50}$", "nested", id="with a count alone"),
        pytest.param("(a|a)*$", "nested", id="a repeated choice"),
        pytest.param("(a?){20}a{20}$", "nested", id="many options by a count"),
        pytest.param("(a+)+?$", "nested", id="a lazy one"),
        pytest.param("(x{1,9}y)*", "nested", id="a counted one inside"),
        pytest.param("(?=(a+)+$)a", "nested", id="in what is only looked at"),
        pytest.param(".*.*.*.*x", "many", id="four in a row"),
        pytest.param("(.*)(.*)((.*).*)x", "many", id="four in a row, in groups"),
        pytest.param("a?" * 30 + "a" * 30, "many", id="many options written out"),
        pytest.param("(a|a)" * 30 + "b", "many", id="many choices in a row"),
        pytest.param("((a|a)(a|a)(a|a)){4}b", "many", id="few choices, repeated a few times"),
        pytest.param("(.*){4}x", "many", id="a repetition a few times"),
        pytest.param("b|.*.*.*.*x|c", "many", id="in one branch of several"),
    ],
)
def test_what_cannot_be_taken(pattern: str, fault: Fault) -> None:
    assert fault_of(pattern) == fault


@pytest.mark.parametrize("pattern", ["^.*.*.*x$", "(:a*)?(:a*)?(:a*)?b", "a?a?a?a?a?a?aaaaaab", ":(a|a)(a|a)(a|a)b"])
def test_the_worst_that_is_taken_ends_soon(pattern: str) -> None:
    assert fault_of(pattern) == ""
    began = time.perf_counter()

    re.search(pattern, ":" + "a" * 120, re.IGNORECASE)

    assert time.perf_counter() - began < 1
