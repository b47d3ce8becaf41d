"""How a file is written into a text, and that the parser reads what was meant."""

import pytest

from app.domain.markups import Markup
from app.domain.media_syntax import MediaMark, write_mark
from app.domain.wiki_settings import WikiSettings
from app.markup.nodes import Media
from app.markup.parsing import parse

LEAF = "garden:leaf.png"
WRITTEN = (
    ("as it is", MediaMark(LEAF), "{{garden:leaf.png}}", "![](garden:leaf.png)"),
    ("with words", MediaMark(LEAF, "A leaf"), "{{garden:leaf.png|A leaf}}", "![A leaf](garden:leaf.png)"),
    ("in no namespace", MediaMark("leaf.png", "A leaf"), "{{:leaf.png|A leaf}}", "![A leaf](:leaf.png)"),
    ("small", MediaMark(LEAF, width=200), "{{garden:leaf.png?200}}", "![](garden:leaf.png?200)"),
    (
        "of its own size",
        MediaMark(LEAF, width=20, height=30),
        "{{garden:leaf.png?20x30}}",
        "![](garden:leaf.png?20x30)",
    ),
    ("as high as that", MediaMark(LEAF, height=30), "{{garden:leaf.png?0x30}}", "![](garden:leaf.png?0x30)"),
    ("at the left", MediaMark(LEAF, align="left"), "{{garden:leaf.png }}", "![](garden:leaf.png?left)"),
    ("at the right", MediaMark(LEAF, "A", align="right"), "{{ garden:leaf.png|A}}", "![A](garden:leaf.png?right)"),
    ("in the middle", MediaMark(LEAF, "A", align="center"), "{{ garden:leaf.png |A}}", "![A](garden:leaf.png?center)"),
    (
        "leading to the file",
        MediaMark(LEAF, linking="direct"),
        "{{garden:leaf.png?direct}}",
        "![](garden:leaf.png?direct)",
    ),
    (
        "with everything",
        MediaMark(LEAF, "A leaf", width=200, align="left", linking="nolink"),
        "{{garden:leaf.png?200&nolink |A leaf}}",
        "![A leaf](garden:leaf.png?200&nolink&left)",
    ),
    (
        "only a link",
        MediaMark("garden:plan.pdf", "The plan", linking="linkonly"),
        "{{garden:plan.pdf?linkonly|The plan}}",
        "![The plan](garden:plan.pdf?linkonly)",
    ),
    ("decoration", MediaMark(LEAF, ""), "{{garden:leaf.png|}}", "![](garden:leaf.png)"),
    ("a photograph as decoration", MediaMark("a:b.jpg", ""), "{{a:b.jpg|}}", "{{a:b.jpg|}}"),
    (
        "with a caption",
        MediaMark(LEAF, "A leaf", hint="Ivy"),
        "{{garden:leaf.png|A leaf}}",
        '![A leaf](garden:leaf.png "Ivy")',
    ),
    (
        "from elsewhere",
        MediaMark("https://example.org/a.png?b=1", "A", width=10, as_typed=True),
        "{{https://example.org/a.png?b=1?10|A}}",
        "![A](https://example.org/a.png?b=1?10)",
    ),
)
TRICKY = (
    "two }} braces",
    "ends with }",
    "a | bar",
    "[brackets] and ](more",
    "*stars* and __lines__ and snake_case_name",
    "`code` <b>tag</b> &amp; 3 < 4 & 5",
    "\\ back \\] slash",
    "{{inner}} ((note)) ~~struck~~ ~~NOTOC~~",
    "https://example.org/x_y_z)",
    "two\nlines\n\nand a paragraph",
    "“quoted” 'quoted' \"quoted\"",
    "[[page|link]] [a](b)",
    "| a | table ^",
    "שלום",
    "<nowiki>x</nowiki> %%y%%",
)
MARKUPS: tuple[Markup, ...] = ("dokuwiki", "markdown")


def read(text: str, markup: Markup) -> Media:
    found = [
        event for event in parse(f"Before {text} behind.\n", WikiSettings(), markup).events if type(event) is Media
    ]
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(("mark", "braces", "markdown"), [row[1:] for row in WRITTEN], ids=[row[0] for row in WRITTEN])
def test_a_file_is_written_in_both_markups(mark: MediaMark, braces: str, markdown: str) -> None:
    assert (write_mark(mark, "dokuwiki"), write_mark(mark, "markdown")) == (braces, markdown)


@pytest.mark.parametrize("markup", MARKUPS)
@pytest.mark.parametrize("mark", [row[1] for row in WRITTEN], ids=[row[0] for row in WRITTEN])
def test_what_is_written_is_read_as_it_was_meant(mark: MediaMark, markup: Markup) -> None:
    media = read(write_mark(mark, markup), markup)
    assert media.source.removeprefix(":") == mark.name
    assert (media.title or "") == (mark.text or "")
    assert (media.width, media.height, media.align, media.linking) == (
        mark.width,
        mark.height,
        mark.align,
        mark.linking,
    )
    assert media.external == mark.name.startswith("https:")


@pytest.mark.parametrize("markup", MARKUPS)
@pytest.mark.parametrize("words", TRICKY)
def test_no_words_break_out_of_it(words: str, markup: Markup) -> None:
    media = read(write_mark(MediaMark(LEAF, words), markup), markup)
    assert media.source == LEAF
    # Signs may be set apart or made typographic; every word stays.
    plain = [letter for letter in words if letter.isalnum()]
    assert [letter for letter in media.title or "" if letter.isalnum()] == plain


@pytest.mark.parametrize("words", TRICKY)
def test_no_caption_breaks_out_of_it(words: str) -> None:
    media = read(write_mark(MediaMark(LEAF, "A leaf", hint=words), "markdown"), "markdown")
    assert (media.source, media.title, media.hint) == (LEAF, "A leaf", " ".join(words.split()))


@pytest.mark.parametrize("markup", MARKUPS)
@pytest.mark.parametrize("name", ["javascript:a.png", "data:a.png", "http:a.png", "a:b_c_d.png", "é:ü.png", "rss.png"])
def test_names_that_look_like_something_else(name: str, markup: Markup) -> None:
    assert read(write_mark(MediaMark(name, "A"), markup), markup).source.removeprefix(":") == name


@pytest.mark.parametrize("markup", MARKUPS)
@pytest.mark.parametrize(
    "name", ["..:leaf.png", "leaf.png", "wp>a.png", "https://example.org/a(b)_c*d*.png", "a|b}}c d.png"]
)
def test_what_was_typed_stays_as_it_was_typed(name: str, markup: Markup) -> None:
    mark = write_mark(MediaMark(name, "A", as_typed=True), markup)
    assert read(mark, markup).source == name.replace("|", "%7C").replace("}}", "}%7D")


def test_a_namespace_called_as_a_scheme_is_named_from_the_root() -> None:
    assert write_mark(MediaMark("javascript:a.png"), "markdown") == "![](:javascript:a.png)"
