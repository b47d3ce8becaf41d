"""Pages that nobody would write change their markup: any events, any text, in time that grows with their length."""

import gc
import math
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.markup import parse
from app.markup.conversion import convert
from app.markup.nodes import (
    Acronym,
    Callout,
    CellOpen,
    Close,
    Code,
    CodeOptions,
    Document,
    Entity,
    Event,
    ExternalLink,
    Heading,
    Html,
    ItemOpen,
    Label,
    LocalLink,
    Mark,
    Markup,
    Media,
    Nest,
    Note,
    NoteText,
    Numbered,
    Open,
    PageLink,
    Preformatted,
    Quote,
    Raw,
    SectionOpen,
    ShareLink,
    TableClose,
    TableOpen,
)
from tests.markup.conversions import OTHER, PLAIN
from tests.markup.growing import EVERYTHING, MOST, TRIES
from tests.markup.shapes import DOKUWIKI, KB, Shape
from tests.markup.shapes_markdown import MARKDOWN

SHAPES: dict[Markup, dict[str, Shape]] = {"dokuwiki": DOKUWIKI, "markdown": MARKDOWN}
ALL = [(markup, name) for markup, shapes in SHAPES.items() for name in shapes]


def _seconds(document: Document, to: Markup) -> float:
    """Without the collector, which comes when the objects of all earlier tests have piled up."""
    gc.disable()
    start = time.process_time()
    try:
        convert(document, to, EVERYTHING)
    finally:
        gc.enable()
    return time.process_time() - start


def _grows_with_length(small: Document, large: Document, to: Markup) -> bool:
    """As in ``growing``, of the conversion alone."""
    enough = MOST ** math.log2(len(large.source) / len(small.source))
    quick = slow = math.inf
    for _ in range(TRIES):
        quick = min(quick, _seconds(small, to), _seconds(small, to))
        slow = min(slow, _seconds(large, to))
        if slow < enough * max(quick, 0.008):
            return True
    return False


@pytest.mark.parametrize(("markup", "name"), ALL, ids=[f"{markup}: {name}" for markup, name in ALL])
def test_time_and_text_grow_with_length(markup: Markup, name: str) -> None:
    """Signs double what they escape; a definition that all links share is said by each, as long as the page may be."""
    small, large = (parse(SHAPES[markup][name](size), EVERYTHING, markup) for size in (2 * KB, 16 * KB))

    assert _grows_with_length(small, large, OTHER[markup])
    assert len(convert(large, OTHER[markup], EVERYTHING).text) < 8 * len(large.source) + 110_000


def test_one_note_named_often_is_said_a_bounded_number_of_times() -> None:
    text = "[^a] " * 5_000 + "\n\n[^a]: " + "word " * 5_000

    converted = convert(parse(text, PLAIN, "markdown"), "dokuwiki", PLAIN)

    assert len(converted.text) < 20 * len(text)
    assert "note repeated" in {each.what for each in converted.lost}


NAMES = (
    *("p", "strong", "emphasis", "monospace", "underline", "subscript", "deleted", "ulist", "olist", "content"),
    *("item", "quote", "row", "thead", "tbody", "td", "th", "callout", "heading2", "section"),
)
WORDS = st.sampled_from(
    ["a", " ", "\n", "*", "**", "_", "`", "[[", "]]", "((", "))", "{{", "}}", "|", "<b>", "\\", "%%", "//", "#", "- "]
)
TEXT = st.lists(WORDS, max_size=4).map("".join)


def _made(kind: Callable[..., Event], *parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Event]:
    """``st.builds`` would guess at fields that are not given."""
    return st.tuples(*parts).map(lambda values: kind(*values))


LEAVES: st.SearchStrategy[Event] = st.one_of(
    TEXT,
    _made(Raw, TEXT),
    _made(Open, st.sampled_from(NAMES)),
    _made(Close, st.sampled_from(NAMES)),
    _made(Mark, st.sampled_from(["hr", "linebreak", "notoc", "task_open", "eol", "?"])),
    _made(Heading, st.integers(0, 9), TEXT, st.just(0)),
    _made(SectionOpen, st.integers(1, 6)),
    _made(Numbered, st.integers(0, 9)),
    st.just(Callout("tip")),
    _made(Html, st.sampled_from(["b", "div", "a", "br", "img", "kbd"]), st.just(()), st.booleans()),
    _made(ItemOpen, st.integers(0, 5), st.booleans()),
    st.just(TableOpen(0)),
    st.just(TableClose(0)),
    _made(
        CellOpen, st.booleans(), st.just(0), st.sampled_from(["left", ""]), st.integers(0, 10**9), st.integers(0, 10**9)
    ),
    _made(Preformatted, TEXT),
    _made(Code, st.sampled_from(["code", "file"]), TEXT, TEXT, TEXT, st.just(CodeOptions())),
    TEXT.map(lambda title: Media(title, title, "", 0, 0, "cache", "details", external=False, hint=title)),
    _made(PageLink, TEXT, st.one_of(st.none(), TEXT, TEXT.map(lambda text: Label((text, Raw(text)))))),
    _made(LocalLink, TEXT, st.none()),
    _made(ExternalLink, TEXT.map("http://".__add__), st.one_of(st.none(), TEXT)),
    _made(ShareLink, TEXT, TEXT),
    st.just(Entity("—", "---")),
    st.just(Acronym("HTML")),
    st.just(Quote("double_open")),
)


def _within(events: list[Event]) -> st.SearchStrategy[Event]:
    inside = tuple(events)
    return st.sampled_from([Note(inside), Nest(inside), NoteText("x", inside), Note((), "x")])


EVENTS: st.SearchStrategy[list[Event]] = st.recursive(
    st.lists(LEAVES, max_size=8),
    lambda inner: st.lists(st.one_of(LEAVES, inner.flatmap(_within)), max_size=8),
    max_leaves=40,
)


@pytest.mark.parametrize("to", ["dokuwiki", "markdown"])
@given(events=EVENTS)
def test_any_events_are_written(to: Markup, events: list[Event]) -> None:
    """Balanced or not."""
    document = Document("", tuple(events), OTHER[to])

    assert isinstance(convert(document, to, PLAIN).text, str)


@pytest.mark.parametrize("to", ["dokuwiki", "markdown"])
@pytest.mark.parametrize("kind", [Note, Nest])
def test_depth_is_no_danger(to: Markup, kind: type[Note] | type[Nest]) -> None:
    inner = kind(("a",))
    for _ in range(20_000):
        inner = kind((inner,))

    assert "a" in convert(Document("", (inner,), OTHER[to]), to, PLAIN).text
