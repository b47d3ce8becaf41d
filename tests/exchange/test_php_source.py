"""Settings in PHP: read without being run, within bounds, and written so that they read the same."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exchange.dokuwiki.php_literals import NOT_AN_ARRAY
from app.exchange.dokuwiki.php_source import (
    ENDED,
    NOT_PLAIN,
    NOT_RUN,
    TOO_LONG,
    read_config,
    write_config,
)
from app.exchange.dokuwiki.php_tokens import MOST_CHARACTERS

LOCAL = r"""<?php
/*
 * Dokuwiki's Main Configuration File - Local Settings
 */
$conf['title'] = 'Bob\'s \\ wiki'; // a comment; $conf['no'] = 1;
$conf['lang'] = "fr";              # another one
$conf['cachetime'] = 60*60*24*5;
$conf['recent'] = -(2 + 3) * 4;
$conf['dmode'] = 0755;
$conf['useacl'] = 1;
$conf['send404'] = TRUE;
$conf['license'] = null;
$conf['plugin']['acl']['x'] = 'y';
$conf['plugin']['acl']["z"] = 1.5;
$conf['list'] = array('a', 'b',);
$conf['map'] = ['k' => [1, 2], '7' => false];
$conf['list2'][] = 'one';
$conf['list2'][] = 'two';
$conf['joined'] = 'a' . "b\n\x41\u{e9}\$c" . 3;
?>
"""


def test_a_file_of_settings_is_read() -> None:
    assert read_config(LOCAL) == (
        {
            "title": "Bob's \\ wiki",
            "lang": "fr",
            "cachetime": 432000,
            "recent": -20,
            "dmode": 0o755,
            "useacl": 1,
            "send404": True,
            "license": None,
            "plugin": {"acl": {"x": "y", "z": 1.5}},
            "list": ["a", "b"],
            "map": {"k": [1, 2], 7: False},
            "list2": {0: "one", 1: "two"},
            "joined": "ab\nAé$c3",
        },
        [],
    )


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        pytest.param("$conf['a'] = FOO . 'x';", (1, "$conf['a']", NOT_PLAIN), id="a constant"),
        pytest.param("$conf['a'] = getenv('X');", (1, "$conf['a']", NOT_PLAIN), id="a call"),
        pytest.param("$conf['a'] = \"x $y\";", (1, "$conf['a']", NOT_PLAIN), id="a variable in a text"),
        pytest.param("$conf['a'] = `id`;", (1, "$conf['a']", NOT_PLAIN), id="a command"),
        pytest.param("$conf['a'] = 10 / 0;", (1, "$conf['a']", NOT_PLAIN), id="a division by nothing"),
        pytest.param("$conf['a'] = 08;", (1, "$conf['a']", NOT_PLAIN), id="octal that is none"),
        pytest.param("$conf['a'] = 'x", (1, "$conf['a']", NOT_PLAIN), id="a text without an end"),
        pytest.param("$conf['a'] = <<<X\nb;\nX;", (1, "$conf['a']", NOT_PLAIN), id="a text of several lines"),
        pytest.param("\ninclude 'x.php';", (2, "include 'x.php'", NOT_RUN), id="a file taken in"),
        pytest.param("define('SECRET', 'x');", (1, "define", NOT_RUN), id="a constant being set"),
        pytest.param("if ($a) { $conf['a'] = 1; }", (1, "if", NOT_RUN), id="a condition"),
        pytest.param("if ($a): $conf['a'] = 1; $conf['c'] = 1; endif;", (1, "if", NOT_RUN), id="in the other way"),
        pytest.param("$other['a'] = 1;", (1, "$other['a']", NOT_RUN), id="another variable"),
        pytest.param("$conf['a'] .= 'x';", (1, "$conf['a']", NOT_PLAIN), id="what is added"),
        pytest.param("function f() { $conf['a'] = 1; return 1; }", (1, "function f", NOT_RUN), id="a function"),
    ],
)
def test_what_would_have_to_be_run_is_told_and_the_rest_is_read(source: str, problem: tuple[int, str, str]) -> None:
    values, problems = read_config(f"<?php {source}\n;$conf['b'] = 2;")

    assert [(one.line, one.text, one.reason) for one in problems] == [problem]
    assert "a" not in values
    assert "c" not in values
    assert values == ({"b": 2} if source[-2:] != "'x" else {})


def test_nothing_counts_behind_the_end_of_the_program() -> None:
    values, problems = read_config("<?php $conf['a'] = 1;\nexit; $conf['b'] = 2;")

    assert values == {"a": 1}
    assert [(one.line, one.reason) for one in problems] == [(2, ENDED)]


def test_what_stands_outside_of_php_is_text() -> None:
    assert read_config("$conf['a'] = 1;") == ({}, [])
    assert read_config("\ufeffhello <?php $conf['a'] = 1 ?> $conf['b'] = 2; <?php $conf['c'] = 3;")[0] == {
        "a": 1,
        "c": 3,
    }


def test_a_key_inside_of_what_is_no_array_is_told() -> None:
    values, problems = read_config("<?php $conf['a'] = 'x'; $conf['a']['b'] = 1;")

    assert values == {"a": "x"}
    assert [one.reason for one in problems] == [NOT_AN_ARRAY]


def test_other_files_assign_to_other_variables() -> None:
    assert read_config("<?php\n$plugins['acl'] = 0;", "plugins")[0] == {"acl": 0}
    assert read_config("<?php $conf = ['a' => 1]; $conf['b'] = 2;")[0] == {"a": 1, "b": 2}


def test_a_problem_never_shows_a_value() -> None:
    _, problems = read_config("<?php $conf['proxy']['pass'] = hide('hunter2'); define('X', 'hunter2');")

    assert len(problems) == 2
    assert "hunter2" not in repr(problems)


TEXT = st.text(max_size=12)
PLAIN = st.integers(-(10**12), 10**12) | TEXT
KEY = st.text(st.characters(categories=["L"]), min_size=1, max_size=6)
SETTING = PLAIN | st.lists(PLAIN, min_size=1, max_size=3)
CONFIG = st.dictionaries(KEY, SETTING | st.dictionaries(KEY, SETTING, min_size=1, max_size=3), max_size=5)


@given(CONFIG)
def test_what_is_written_reads_the_same(values: dict[str, Any]) -> None:
    assert read_config(write_config(values)) == (values, [])


def test_settings_are_written_in_the_old_form() -> None:
    written = write_config(
        {"title": "O'Brien\\", "useacl": True, "dmode": 0o750, "target": {"wiki": ""}, "hide": ["a", "b"]},
        heading=("Auto-generated by export", "evil */ ?> \n text"),
    )

    assert written == (
        "<?php\n/*\n * Dokuwiki's Main Configuration File - Local Settings\n * Auto-generated by export\n"
        " * evil * / ? >   text\n */\n\n"
        "$conf['title'] = 'O\\'Brien\\\\';\n$conf['useacl'] = 1;\n$conf['dmode'] = 0750;\n"
        "$conf['target']['wiki'] = '';\n$conf['hide'] = array('a', 'b');\n"
    )


@given(st.text(max_size=60))
def test_random_text_never_raises(text: str) -> None:
    read_config("<?php " + text)
    read_config("<?php $conf['a'] = " + text)


@pytest.mark.parametrize(
    "part",
    [
        "'\\'",
        '"\\"',
        "/*",
        "[",
        "(",
        "$conf[",
        "-",
        "<<<X\n",
        "`",
        "?>",
        "'a'.",
        "1+",
        "{",
        "if (",
        "array(",
        "\\",
        "\n",
    ],
)
def test_hostile_text_ends_soon(part: str) -> None:
    begun = time.perf_counter()
    read_config("<?php $conf['a'] = " + part * 30_000)
    assert time.perf_counter() - begun < 5


def test_a_file_that_is_too_long_is_not_read() -> None:
    values, problems = read_config("<?php" + " " * MOST_CHARACTERS)

    assert values == {}
    assert [one.reason for one in problems] == [TOO_LONG]
