from typing import Any

import pytest

from app.domain.changes import HIDDEN, LONGEST, MOST_LINES, Line, differences


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        pytest.param("Lierre", "Ivy", [Line("", "Lierre", "Ivy")], id="one value for another"),
        pytest.param("", "Ivy", [Line("", None, "Ivy")], id="one where there was none"),
        pytest.param(20, 0, [Line("", "20", "0")], id="numbers, zero among them"),
        pytest.param(False, True, [Line("", "no", "yes")], id="a switch"),
        pytest.param(None, None, [], id="nothing for nothing"),
        pytest.param(
            {"name": "Bob", "mail": "a@b", "groups": ["x", "y"]},
            {"name": "Bob", "mail": "c@d", "groups": ["y", "z"]},
            [Line("mail", "a@b", "c@d"), Line("groups", "x", None), Line("groups", None, "z")],
            id="a table: what differs, by name; lists: what came and went",
        ),
        pytest.param(None, {"login": "bob"}, [Line("login", None, "bob")], id="what is new"),
        pytest.param({"login": "bob"}, None, [Line("login", "bob", None)], id="what is gone"),
        pytest.param({"a": {"b": 1}}, {"a": {"b": 2}}, [Line("a.b", "1", "2")], id="a table in a table"),
        pytest.param([["*", "@ALL", 1]], [], [Line("", "* @ALL 1", None)], id="a list of lists"),
        pytest.param("x", ["y"], [Line("", "x", "y")], id="one kind for another"),
    ],
)
def test_only_what_differs_is_shown(before: Any, after: Any, lines: list[Line]) -> None:
    assert list(differences(before, after)) == lines


def test_nothing_is_shown_without_end() -> None:
    many = differences({}, {str(number): "x" * (2 * LONGEST) for number in range(1000)})

    assert len(many) == MOST_LINES + 1
    assert many[-1] == Line(HIDDEN, None, None)
    assert len(many[0].after or "") == LONGEST
