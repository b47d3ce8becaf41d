"""The rendered page as a whole: contents, places filled later, settings."""

import pytest

from app.domain.options import settings_with
from app.markup import ENGINE, Facts, Live, TocEntry, code_blocks, parse, render
from app.markup.backlink_filter import keeps, matches
from app.markup.rules import rules_of
from app.markup.rules.backlinks import listing
from tests.markup.drawing import FACTS, PLAIN, draw

HEADINGS = "====== A ======\n===== B =====\n==== C ====\n=== D ==="


def test_contents_list_three_levels() -> None:
    made = render(parse(HEADINGS, PLAIN), "p", Facts(), PLAIN)
    assert made.toc == (TocEntry(1, "a", "A"), TocEntry(2, "b", "B"), TocEntry(3, "c", "C"))
    assert not made.notoc


@pytest.mark.parametrize(
    "text, values",
    [
        pytest.param(HEADINGS + "\n~~NOTOC~~", {}, id="the page switches it off"),
        pytest.param("== A ==", {}, id="too few headings"),
        pytest.param(HEADINGS, {"tocminheads": 0}, id="the wiki switches it off"),
        pytest.param(HEADINGS, {"maxtoclevel": 2}, id="too few headings on the levels that count"),
    ],
)
def test_no_contents(text: str, values: dict[str, object]) -> None:
    settings = settings_with(PLAIN, values)
    assert render(parse(text, settings), "p", Facts(), settings).toc == ()


@pytest.mark.parametrize(
    "source, args",
    [
        pytest.param("{{backlinks>.}}", {"page": ".", "filter": "", "negate": ""}, id="of the page shown"),
        pytest.param("{{backlinks>a:b#ns}}", {"page": "a:b", "filter": "ns", "negate": ""}, id="only some"),
        pytest.param("{{backlinks>a:b#!ns}}", {"page": "a:b", "filter": "ns", "negate": "1"}, id="all but some"),
        pytest.param("{{backlinks> a }}", {"page": " a ", "filter": "", "negate": ""}, id="taken as it stands"),
    ],
)
def test_backlinks_are_a_place(source: str, args: dict[str, str]) -> None:
    parts = render(parse(f"a {source} b", PLAIN), "p", Facts(), PLAIN).parts
    assert parts == ("\n<p>\na \n</p>\n", Live("backlinks", args | {"source": source}), "\n<p>\nb\n</p>\n")


def test_section_places_number_the_sections() -> None:
    made = render(parse("x\n===== A =====\n| t |\n===== B =====\ny", PLAIN), "p", Facts(), PLAIN)
    places = [part.args["number"] for part in made.parts if isinstance(part, Live)]
    assert places == ["0", "1", "2"]
    assert [section.anchor for section in made.sections] == ["table", "a", "b"]


def test_backlinks_drawn() -> None:
    assert listing([], PLAIN) == (
        '<div id="plugin__backlinks">\n<strong>Plugin Backlinks: Nothing was found.</strong>\n</div>\n'
    )
    item = (
        '<li><div class="li"><a href="/a:b" class="wikilink1" title="a:b" data-wiki-id="a:b">T &amp; t</a></div></li>\n'
    )
    assert listing([("a:b", "T & t")], PLAIN) == f'<div id="plugin__backlinks">\n<ul class="idx">{item}</ul>\n</div>\n'
    assert ">a:b</a>" in listing([("a:b", None)], PLAIN)


@pytest.mark.parametrize(
    "pattern, target, expected",
    [
        ("a:b", "a:b", True),
        ("a:b", "a:bc", False),
        ("A:B", "a:b", False),
        ("a:*", "a:bc", True),
        ("*c", "a:bc", True),
        ("*:b*", "a:bc", True),
        ("*", "x", True),
    ],
)
def test_backlinks_pattern(pattern: str, target: str, expected: bool) -> None:
    assert matches(pattern, target) is expected


@pytest.mark.parametrize(
    "page, prefix, negate, expected",
    [
        ("a:b", "", False, True),
        ("a:b", "A", False, True),
        ("b", "a", False, False),
        ("a:b", "a", True, False),
        ("b", "a", True, True),
        ("b", "", True, False),
    ],
)
def test_backlinks_filter(page: str, prefix: str, negate: bool, expected: bool) -> None:
    assert keeps(page, prefix, negate=negate) is expected


@pytest.mark.parametrize(
    "values, source, expected",
    [
        pytest.param({"typography": 0}, '"a" 3x4 --', "&quot;a&quot; 3x4 –", id="no quotation marks"),
        pytest.param({"typography": 2}, "'a' it's", "‘a’ it’s", id="single quotation marks too"),
        pytest.param({"typography": 1, "lang": "fr"}, '"a"', "“a”", id="marks of the language"),
        pytest.param({"lang": "de"}, '"a"', "„a“", id="marks of another language"),
        pytest.param({"mailguard": "visible"}, "[[a@b.cd|m]]", "a%20%5Bat%5D%20b%20%5Bdot%5D%20cd", id="mail spoken"),
        pytest.param({"mailguard": "none"}, "<a@b.cd>", ">a@b.cd</a>", id="mail plain"),
        pytest.param({"useheading": "1"}, "[[wiki:syntax]]", ">Syntax &amp; more</a>", id="titles of pages"),
        pytest.param({"useheading": "content"}, "[[wiki:syntax#x]]", ">x</a>", id="no title for a part of a page"),
        pytest.param({"useheading": "navigation"}, "[[wiki:syntax]]", ">syntax</a>", id="titles in lists only"),
        pytest.param({"camelcase": 1}, "CamelCase", 'href="/ns:camelcase"', id="camels are links"),
        pytest.param({"camelcase": 0}, "CamelCase", "<p> CamelCase </p>", id="camels are text"),
        pytest.param({"relnofollow": 0}, "http://a.bc", 'title="http://a.bc">', id="links are followed"),
        pytest.param({"target.extern": "_x"}, "http://a.bc", 'target="_x"', id="a window for other sites"),
        pytest.param({"target.wiki": "_w"}, "[[a]]", 'target="_w"', id="a window for pages"),
        pytest.param({"target.media": "_m"}, "{{a.png}}", 'target="_m"', id="a window for files"),
        pytest.param({"useslash": 1}, "[[wiki/syntax]]", 'href="/wiki/syntax"', id="slashes"),
        pytest.param({"start": "home"}, "[[x:]]", 'href="/x:home"', id="another start page"),
        pytest.param({"maxseclevel": 1}, "===== A =====", '<h2 id="a">', id="fewer parts to edit"),
    ],
)
def test_settings(values: dict[str, object], source: str, expected: str) -> None:
    assert expected in draw(source, settings_with(PLAIN, values))


def test_code_blocks_are_counted_as_the_downloads_are() -> None:
    document = parse("<code>a</code> ((<file>b</file>))\n> <code php x.php>c</code>\n  pre", PLAIN)
    assert [block.text for block in code_blocks(document)] == ["a", "b", "c"]


def test_signed_sizes_depend_on_the_secret() -> None:
    document = parse("{{a.png?10}}", PLAIN)
    one, other = (render(document, "ns:page", FACTS, PLAIN, secret).parts for secret in (b"1", b"2"))
    assert one != other


def test_every_example_of_a_rule_draws_something_else_than_text() -> None:
    for rule in rules_of(PLAIN):
        for example in rule.examples:
            assert any(type(event) is not str for event in parse(example, PLAIN).events), (rule.name, example)


def test_most_rules_have_an_example() -> None:
    assert len({rule.name for rule in rules_of(PLAIN) if rule.examples}) >= 25


def test_the_engine_has_a_number() -> None:
    assert ENGINE >= 1


@pytest.mark.parametrize(
    "lang, labels", [("en", ("To do", "Done")), ("fr", ("À faire", "Fait")), ("de", ("To do", "Done"))]
)
def test_boxes_of_tasks_say_what_they_show(lang: str, labels: tuple[str, str]) -> None:
    settings = settings_with(PLAIN, {"lang": lang})
    html = "".join(map(str, render(parse("- [ ] a\n- [x] b", settings, "markdown"), "p", Facts(), settings).parts))
    assert [f'aria-label="{label}"' in html for label in labels] == [True, True]
