import time

import pytest

from app.domain.anchors import SectionIds, section_id
from app.domain.wiki_settings import WikiSettings
from tests.domain.agreement import rows, settings_of

PLAIN = WikiSettings()


def test_every_row_of_the_old_wiki_agrees() -> None:
    wrong = []
    for row in rows("section_id"):
        ids = SectionIds(settings_of(row))
        if [ids.unique(title) for title in row["headings"]] != row["ids"]:
            wrong.append(row)
    assert wrong == []


@pytest.mark.parametrize(
    "title, anchor",
    [
        pytest.param("Foo Bar!", "foo_bar", id="cleaned like a name"),
        pytest.param("Foo: Bar. Baz", "foobar_baz", id="without colons and dots"),
        pytest.param("1. Foo", "foo", id="numbers in front go"),
        pytest.param("1a2b", "a2b", id="digits inside stay"),
        pytest.param("-1-", "section1", id="only digits"),
        pytest.param("…", "section", id="nothing at all"),
    ],
)
def test_a_title_becomes_an_anchor(title: str, anchor: str) -> None:
    assert section_id(title, PLAIN) == anchor


def test_equal_titles_get_numbers_that_nobody_has() -> None:
    ids = SectionIds(PLAIN)
    assert [ids.unique(t) for t in ("Foo", "Foo", "Foo2", "Foo", "Foo1")] == ["foo", "foo1", "foo2", "foo3", "foo11"]


def test_ten_thousand_equal_titles_take_no_time() -> None:
    ids = SectionIds(PLAIN)
    start = time.perf_counter()
    assert len({ids.unique("Foo") for _ in range(10_000)}) == 10_000
    assert time.perf_counter() - start < 2
