# ruff: noqa: E501 HTML is read on one line
"""Links, pictures and notes in Markdown."""

import pytest

from app.markup.markdown.inline import References, label_key, read_reference
from app.markup.nodes import (
    Close,
    Event,
    ExternalLink,
    Html,
    InterwikiLink,
    Label,
    LocalLink,
    MailLink,
    Media,
    Note,
    Open,
    PageLink,
    ShareLink,
)
from tests.markup.inline_markdown import only, read


@pytest.mark.parametrize(
    "source, expected",
    [
        pytest.param("[a](page)", PageLink("page", "a"), id="a page"),
        pytest.param('[a](page "h")', PageLink("page", "a", "h"), id="a hint"),
        pytest.param("[a](page 'h')", PageLink("page", "a", "h"), id="a hint in single marks"),
        pytest.param("[a](page (h))", PageLink("page", "a", "h"), id="a hint in parentheses"),
        pytest.param('[a](page "h\\"&amp;")', PageLink("page", "a", 'h"&'), id="a hint is decoded"),
        pytest.param("[a](\n page\n)", PageLink("page", "a"), id="over lines"),
        pytest.param("[a](<my page>)", PageLink("my page", "a"), id="a target with blanks"),
        pytest.param("[a](my%20page#Part%20two)", PageLink("my page#Part two", "a"), id="written-out blanks"),
        pytest.param("[a](a%23b%3Fc)", PageLink("a_b_c", "a"), id="written-out signs end no path"),
        pytest.param("[a](x(y)z)", PageLink("x(y)z", "a"), id="parentheses in pairs"),
        pytest.param(r"[a](x\)y)", PageLink("x)y", "a"), id="an escaped parenthesis"),
        pytest.param("[a]()", PageLink("", "a"), id="this page"),
        pytest.param("[](page)", PageLink("page", None), id="without a text: the page's name"),
        pytest.param("[a](ns:page)", PageLink("ns:page", "a"), id="the wiki's own path"),
        pytest.param("[a](sub/page)", PageLink(".:sub:page", "a"), id="a path is below the page's namespace"),
        pytest.param("[a](/sub/page)", PageLink(":sub:page", "a"), id="a path from the root"),
        pytest.param("[a](./page)", PageLink(".:page", "a"), id="a path from here"),
        pytest.param("[a](../page#part)", PageLink("..:page#part", "a"), id="a path up"),
        pytest.param("[a](~sub/page)", PageLink("~sub:page", "a"), id="below the page"),
        pytest.param("[a](page?do=edit/x)", PageLink("page?do=edit/x", "a"), id="a query is no path"),
        pytest.param("[a](#part)", LocalLink("part", "a"), id="a section"),
        pytest.param("[a](https://x.org/a_b?c=d&amp;e)", ExternalLink("https://x.org/a_b?c=d&e", "a"), id="an address"),
        pytest.param("[a](wp>Ivy)", InterwikiLink("wp", "Ivy", "a"), id="another wiki"),
        pytest.param("[a](m@x.org)", MailLink("m@x.org", "a"), id="mail"),
        pytest.param("[a](mailto:m@x.org)", MailLink("m@x.org", "a"), id="mail with its scheme"),
        pytest.param("[a](tel:+123)", InterwikiLink("tel", "+123", "a"), id="a telephone"),
        pytest.param(r"[a](\\server\share)", ShareLink(r"\\server\share", "a"), id="a share"),
        pytest.param("[*a* b](page)", PageLink("page", Label((Open("emphasis"), "a", Close("emphasis"), " b"))), id="markup in the text"),
        pytest.param("[a [b] c](page)", PageLink("page", "a [b] c"), id="brackets in the text"),
        pytest.param("[[a]](b)", PageLink("b", "[a]"), id="two brackets with a target, as on GitHub"),
        pytest.param("[a](b", "[a](b", id="no end"),
        pytest.param("[a] (b)", "[a] (b)", id="a blank between"),
        pytest.param("[a](my page)", "[a](my page)", id="a bare blank in the target"),
        pytest.param("[a](b 'c' d)", "[a](b 'c' d)", id="something behind the hint"),
        pytest.param(r"\[a](b)", "[a](b)", id="an escaped bracket"),
        pytest.param("[a]", "[a]", id="a label that nobody defined"),
    ],
)  # fmt: skip
def test_links(source: str, expected: Event) -> None:
    assert read(source) == [expected]


@pytest.mark.parametrize(
    "source, expected",
    [
        pytest.param("[a [b](c) d](e)", ["[a ", PageLink("c", "b"), " d](e)"], id="of links in links the inner one"),
        pytest.param("[a [[b]] d](e)", ["[a ", PageLink("b", None), " d](e)"], id="a wiki link too"),
        pytest.param("[a https://x.org b](c)", [PageLink("c", Label(("a ", "https://x.org", " b")))], id="an address in a text is text"),
        pytest.param("[[a](b)", ["[", PageLink("b", "a")], id="an opener too many"),
        pytest.param("[a((b))](c)", [PageLink("c", "a"), Note(("b",))], id="a note stands behind the link"),
        pytest.param("*[a*](b)", ["*", PageLink("b", "a*")], id="links come before emphasis"),
        pytest.param("[a *b](c)*", [PageLink("c", "a *b"), "*"], id="emphasis ends inside a text"),
        pytest.param("*[a](b)*", [Open("emphasis"), PageLink("b", "a"), Close("emphasis")], id="a link in emphasis"),
        pytest.param("[<b>a](c)</b>", [PageLink("c", Label((Html("b"), "a", Html("b", closing=True))))], id="a tag ends inside a text"),
    ],
)  # fmt: skip
def test_links_among_others(source: str, expected: list[Event]) -> None:
    assert read(source) == expected


def test_a_picture_in_a_text_is_no_link() -> None:
    link = only("[a ![b](c.png) d](e)")
    assert isinstance(link, PageLink)
    assert isinstance(link.title, Label)
    assert [event.linking for event in link.title.events if isinstance(event, Media)] == ["nolink"]


@pytest.fixture
def references() -> References:
    found = References()
    found.links = {"ivy": ("wiki:ivy", "The plant"), "a b": ("x", "")}
    found.notes = {"n"}
    return found


@pytest.mark.parametrize(
    "source, expected",
    [
        pytest.param("[text][ivy]", [PageLink("wiki:ivy", "text", "The plant")], id="text and label"),
        pytest.param("[Ivy][]", [PageLink("wiki:ivy", "Ivy", "The plant")], id="the text is the label"),
        pytest.param("[IVY]", [PageLink("wiki:ivy", "IVY", "The plant")], id="alone"),
        pytest.param("[A\n b]", [PageLink("x", "A\nb")], id="any blanks, any case"),
        pytest.param("[ivy](page)", [PageLink("page", "ivy")], id="a target wins"),
        pytest.param("[ivy](not a target)", [PageLink("wiki:ivy", "ivy", "The plant"), "(not a target)"], id="what is no target is text"),
        pytest.param("[ivy][nope]", ["[ivy][nope]"], id="an unknown label"),
        pytest.param("[nope]", ["[nope]"], id="an unknown label alone"),
        pytest.param("a[^n]", ["a", Note((), "n")], id="a note"),
        pytest.param("[^N]", [Note((), "n")], id="a note, any case"),
        pytest.param("[^m]", ["[^m]"], id="a note nobody wrote"),
        pytest.param("[^n](page)", [PageLink("page", "^n")], id="a target wins over a note"),
        pytest.param("[a[^n]](page)", [PageLink("page", "a"), Note((), "n")], id="a note in a link's text"),
    ],
)  # fmt: skip
def test_references(source: str, expected: list[Event], references: References) -> None:
    events = read(source, references=references)
    assert events == expected
    assert list(references.used) == [event.label for event in events if isinstance(event, Note)]


def test_a_picture_by_label(references: References) -> None:
    media = only("![ivy]", references)
    assert isinstance(media, Media)
    assert (media.source, media.title, media.hint) == ("wiki:ivy", "ivy", "The plant")


@pytest.mark.parametrize(
    "source, expected",
    [
        pytest.param("[a]: b", ("a", "b", "", 6), id="label and target"),
        pytest.param('[A  b]: <c d> "e"\nnext', ("a b", "c d", "e", 18), id="all of it"),
        pytest.param("[a]:\nb\n'c\nd'", ("a", "b", "c\nd", 12), id="over lines"),
        pytest.param('[a]: b\n"c" d', ("a", "b", "", 7), id="what is no hint is the next line"),
        pytest.param("[a]: <>", ("a", "", "", 7), id="an empty target in brackets"),
        pytest.param('[a]: b "c" d', None, id="something behind"),
        pytest.param("[a]:", None, id="no target"),
        pytest.param("[ ]: b", None, id="no label"),
        pytest.param("[^a]: b", None, id="a note is no link"),
        pytest.param("[a] : b", None, id="a blank before the colon"),
        pytest.param("[a[b]: c", None, id="a bracket in the label"),
    ],
)
def test_definitions(source: str, expected: tuple[str, str, str, int] | None) -> None:
    assert read_reference(source) == expected


def test_definitions_cannot_multiply_a_page() -> None:
    references = References(size=1000)
    references.links[label_key("a")] = ("https://x.org/" + "b" * 10_000, "")
    events = read("[a] " * 1000, references=references)
    assert sum(isinstance(event, ExternalLink) for event in events) == 9


@pytest.mark.parametrize(
    "source, expected",
    [
        pytest.param("![a](b.png)", ("b.png", "a", "", 0, 0, "details"), id="a picture"),
        pytest.param("![](b.png)", ("b.png", None, "", 0, 0, "details"), id="without a title"),
        pytest.param("![a](b.png?100x50&right&nolink)", ("b.png", "a", "right", 100, 50, "nolink"), id="parameters"),
        pytest.param("![*a* `b` [c](d) ![e](f)](b.png)", ("b.png", "a b c e", "", 0, 0, "details"), id="plain text for a title"),
        pytest.param("![a](img/b.png)", (".:img:b.png", "a", "", 0, 0, "details"), id="a path"),
        pytest.param("![a](wp>b.png)", ("wp>b.png", "a", "", 0, 0, "details"), id="another wiki's"),
        pytest.param("![a](https://x.org/b.png?200)", ("https://x.org/b.png", "a", "", 200, 0, "details"), id="a size for a picture elsewhere"),
        pytest.param("![a](https://x.org/b?style=flat&id=3)", ("https://x.org/b?style=flat&id=3", "a", "", 0, 0, "details"), id="an address keeps its own query"),
        pytest.param("{{ b.png?80|a}}", ("b.png", "a", "right", 80, 0, "details"), id="the wiki's own way"),
    ],
)  # fmt: skip
def test_pictures(source: str, expected: tuple[object, ...]) -> None:
    media = only(source)
    assert isinstance(media, Media)
    shown = (media.source.removesuffix("?"), media.title, media.align, media.width, media.height, media.linking)
    assert shown == expected


def test_a_picture_links_where_its_link_leads() -> None:
    link = only('[![a](b.png)](page "hint")')
    assert isinstance(link, PageLink)
    assert isinstance(link.title, Media)
    assert (link.target, link.hint, link.title.source) == ("page", "hint", "b.png")


@pytest.mark.parametrize(
    "source, expected",
    [
        pytest.param("[[ns:page]]", [PageLink("ns:page", None)], id="a page"),
        pytest.param("[[ page | the page ]]", [PageLink("page", " the page ")], id="a title"),
        pytest.param("[[wp>Ivy|ivy]]", [InterwikiLink("wp", "Ivy", "ivy")], id="another wiki"),
        pytest.param("[[page|a [b] c]]", [PageLink("page", "a [b] c")], id="brackets in the title"),
        pytest.param("[[page|*a*]]", [PageLink("page", "*a*")], id="a title is plain text, as in the other markup"),
        pytest.param("[[]]", ["[[]]"], id="no target"),
        pytest.param("[[a", ["[[a"], id="no end"),
        pytest.param("[[a [b](c) d]]", ["[[a ", PageLink("c", "b"), " d]]"], id="no target has brackets"),
        pytest.param(r"\[[a]]", ["[[a]]"], id="escaped"),
        pytest.param("tea((from *leaves*)) is warm", ["tea", Note(("from ", Open("emphasis"), "leaves", Close("emphasis"))), " is warm"], id="a note"),
        pytest.param("((a [b](c)))", [Note(("a ", PageLink("c", "b")))], id="a link in a note"),
        pytest.param("((a ((b))", [Note(("a ((b",))], id="no note in a note"),
        pytest.param("(()) ((", ["(()) (("], id="no note"),
        pytest.param("*((a*))", ["*", Note(("a*",))], id="emphasis ends inside a note"),
        pytest.param("[((a](b))) c))", [PageLink("b", "((a"), ")) c))"], id="a note ends inside a link's text"),
    ],
)  # fmt: skip
def test_what_only_wikis_have(source: str, expected: list[Event]) -> None:
    assert read(source) == expected
