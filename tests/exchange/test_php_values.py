"""Values of PHP: what is written reads the same, what is none ends soon, and nothing is ever made of a class."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.exchange.dokuwiki.php_values import DEEPEST, NotPhp, dumps, loads

SCALARS = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=20)
VALUES = st.recursive(
    SCALARS, lambda inner: st.dictionaries(st.integers(0, 99) | st.text(max_size=9), inner, max_size=5), max_leaves=30
)


@given(VALUES)
def test_what_is_written_reads_the_same(value: Any) -> None:
    assert loads(dumps(value)) == value


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"N;", None),
        (b"b:1;", True),
        (b"i:-5;", -5),
        (b"d:0.5;", 0.5),
        (b"d:INF;", float("inf")),
        ('s:3:"é!";'.encode(), "é!"),
        (b'a:2:{i:0;s:1:"a";s:1:"k";b:0;}', {0: "a", "k": False}),
        (b'a:2:{i:0;s:1:"a";i:1;r:2;}', {0: "a", 1: "a"}),
        (b'a:2:{i:0;s:1:"a";i:1;R:2;}', {0: "a", 1: "a"}),
        (b's:2:"\xff\xfe";', "\udcff\udcfe"),
    ],
)
def test_each_kind_of_value(data: bytes, value: object) -> None:
    assert loads(data) == value


def test_lists_and_the_order_of_keys_are_written_as_they_are() -> None:
    assert dumps({"b": 1, "a": ["x", None]}) == b'a:2:{s:1:"b";i:1;s:1:"a";a:2:{i:0;s:1:"x";i:1;N;}}'
    assert dumps("\udcff") == b's:1:"\xff";'


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b'O:8:"stdClass":0:{}', id="an object"),
        pytest.param(b'C:3:"foo":0:{}', id="one that reads itself"),
        pytest.param(b's:9:"abc";', id="a text that is cut off"),
        pytest.param(b's:-1:"";', id="a negative length"),
        pytest.param(b"a:1:{N;N;}", id="a key that is none"),
        pytest.param(b"a:99999999999:{", id="an impossible count"),
        pytest.param(b"a:-1:{}", id="a negative count"),
        pytest.param(b"a:1:{i:0;R:1;}", id="an array in itself"),
        pytest.param(b"a:1:{i:0;r:9;}", id="a reference to nothing"),
        pytest.param(b"i:1;i:2;", id="two values"),
        pytest.param(b"i:" + b"9" * 100_000 + b";", id="a number without end"),
        pytest.param(b"d:abc;", id="no number"),
        pytest.param(b"a:1:{i:0;" * (DEEPEST + 1), id="too deep"),
        pytest.param(b"i:1", id="no end"),
    ],
)
def test_what_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(NotPhp):
        loads(data)


@given(st.binary(max_size=200))
def test_random_bytes_never_raise_anything_else(data: bytes) -> None:
    try:
        loads(data)
    except NotPhp:
        return


def test_time_grows_with_length() -> None:
    def seconds(number: int) -> float:
        data = b"a:%d:{" % number + b"".join(b"i:%d;N;" % key for key in range(number)) + b"}"
        begun = time.perf_counter()
        loads(data)
        return time.perf_counter() - begun

    seconds(1000)
    assert seconds(80_000) < 40 * max(seconds(10_000), 0.001)


@pytest.mark.parametrize("value", [object(), b"bytes", {1.5: 1}, {True: 1}, {None: 1}])
def test_what_php_cannot_hold_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        dumps(value)
