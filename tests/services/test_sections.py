"""One section cut out of a page, and put back."""

import pytest
from sqlalchemy.orm import Session

from app.domain.errors import EditConflict
from app.services.pages import PageEdit, read_page, save_page
from app.services.sections import put_back, read_section, with_section
from tests.conftest import BOB, NOW

PAGE = "before\n\n====== One ======\n\nfirst\n\n===== Two =====\n\nsecond\n\n===== Two =====\n\nthird"


def saved(session: Session, text: str, *, based_on: int | None = None, now: int = NOW) -> int:
    revision = save_page(session, PageEdit("a", text, based_on=based_on), viewer=BOB, now=now).revision
    assert revision is not None
    return revision


@pytest.mark.parametrize(
    ("anchor", "text"),
    [
        pytest.param("one", "====== One ======\n\nfirst\n", id="up to the next heading, whatever its level"),
        pytest.param("two", "===== Two =====\n\nsecond\n", id="the first of two with one title"),
        pytest.param("two1", "===== Two =====\n\nthird", id="the second, up to the end of the page"),
        pytest.param("three", None, id="none of that name"),
        pytest.param("", None, id="no name at all"),
    ],
)
def test_a_section_is_cut_out_by_its_anchor(session: Session, anchor: str, text: str | None) -> None:
    saved(session, PAGE)

    section = read_section(session, read_page(session, "a", viewer=BOB), anchor, viewer=BOB)

    assert (section.text if section else None) == text


@pytest.mark.parametrize("anchor", ["one", "two", "two1"])
def test_a_section_put_back_unchanged_is_the_same_page(session: Session, anchor: str) -> None:
    base = saved(session, PAGE)
    section = read_section(session, read_page(session, "a", viewer=BOB), anchor, viewer=BOB)
    assert section

    assert with_section(session, "a", anchor, section.text, based_on=base, viewer=BOB) == PAGE


MARKDOWN = """before

# One

```
# no heading
```

> ## nor this

Two
---

second

<!-- ## nor that -->

### Three ###

third"""


@pytest.mark.parametrize(
    ("anchor", "begins", "ends"),
    [
        pytest.param("one", "# One\n", "> ## nor this\n", id="past what only looks like a heading"),
        pytest.param("two", "Two\n---\n", "nor that -->\n", id="a heading underlined"),
        pytest.param("three", "### Three ###\n", "third", id="up to the end of the page"),
    ],
)
def test_a_section_of_markdown_is_cut_out_and_put_back(session: Session, anchor: str, begins: str, ends: str) -> None:
    edit = PageEdit("a", MARKDOWN, markup="markdown")
    base = save_page(session, edit, viewer=BOB, now=NOW).revision

    section = read_section(session, read_page(session, "a", viewer=BOB), anchor, viewer=BOB)

    assert section
    assert section.text.startswith(begins)
    assert section.text.endswith(ends)
    assert with_section(session, "a", anchor, section.text, based_on=base, viewer=BOB) == MARKDOWN


def test_a_section_is_put_back_into_the_text_it_was_cut_from(session: Session) -> None:
    base = saved(session, PAGE)
    saved(session, "===== Two =====\n\nall is new", based_on=base, now=NOW + 1)

    whole = with_section(session, "a", "two", "===== Two =====\n\nmine\n", based_on=base, viewer=BOB)

    assert whole == PAGE.replace("second", "mine")


@pytest.mark.parametrize(
    ("anchor", "based_on"),
    [
        pytest.param("nine", 0, id="no such section"),
        pytest.param("two", 999, id="no such revision"),
        pytest.param("two", None, id="based on no page"),
    ],
)
def test_a_section_from_nowhere_is_a_conflict(session: Session, anchor: str, based_on: int | None) -> None:
    base = saved(session, PAGE)

    with pytest.raises(EditConflict):
        with_section(session, "a", anchor, "mine", based_on=based_on or (base if based_on == 0 else None), viewer=BOB)


def test_a_revision_of_another_page_is_no_base(session: Session) -> None:
    saved(session, PAGE)
    other = save_page(session, PageEdit("b", PAGE), viewer=BOB, now=NOW).revision

    with pytest.raises(EditConflict):
        with_section(session, "a", "two", "mine", based_on=other, viewer=BOB)


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        pytest.param("x", "a\nx\nc\n", id="a line end is added where a heading follows"),
        pytest.param("x\n", "a\nx\nc\n", id="none where there is one"),
        pytest.param("", "a\nc\n", id="nothing where the section goes"),
    ],
)
def test_the_last_line_does_not_run_into_the_next(text: str, whole: str) -> None:
    assert put_back("a\nb\nc\n", 2, 4, text) == whole
