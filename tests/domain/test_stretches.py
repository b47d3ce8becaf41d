"""Long lists, some at a time."""

from collections.abc import Iterable

import pytest

from app.domain.stretches import stretches


@pytest.mark.parametrize(
    ("items", "found"),
    [
        pytest.param([], [], id="nothing"),
        pytest.param([1], [[1]], id="fewer"),
        pytest.param([1, 2, 3], [[1, 2, 3]], id="as many"),
        pytest.param([1, 2, 3, 4], [[1, 2, 3], [4]], id="more"),
        pytest.param(iter([1, 2, 3, 4]), [[1, 2, 3], [4]], id="read once"),
        pytest.param({1: "a", 2: "b"}, [[1, 2]], id="keys"),
    ],
)
def test_each_item_comes_once_and_in_its_order(items: Iterable[int], found: list[list[int]]) -> None:
    assert list(stretches(items, 3)) == found
