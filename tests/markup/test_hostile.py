"""Under attack: what costs more than its length, what leaves a tag open, what runs in the reader's browser."""

import gc
import html.parser
import json
import math
import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.wiki_settings import WikiSettings
from app.markup import Facts, MediaFact, PageFact, metadata, parse, plain_text, questions, render, sections

EVERYTHING = WikiSettings(typography=2, camelcase=True, useheading="1", base_url="https://wiki.example.org")
KB = 1024


def work(text: str) -> str:
    """All that the engine does with a page; the HTML."""
    document = parse(text, EVERYTHING)
    questions(document, "ns:page", EVERYTHING)
    metadata(document, "ns:page", Facts(), EVERYTHING)
    plain_text(document)
    sections(document, EVERYTHING)
    parts = render(document, "ns:page", Facts(), EVERYTHING).parts
    return "".join(part for part in parts if isinstance(part, str))


def repeated(unit: str, end: str = "") -> Callable[[int], str]:
    return lambda size: unit * (size // max(1, len(unit))) + end


HOSTILE = [
    pytest.param(repeated("**a "), id="unclosed bold"),
    pytest.param(repeated("**"), id="stars alone"),
    pytest.param(repeated("//a **b __c ''d <sub>e <sup>f <del>g ((h "), id="all openers, none closed"),
    pytest.param(repeated("//a **b ", "** //"), id="crossing spans"),
    pytest.param(lambda size: "**a //b " * (size // 16) + "// **" * (size // 10), id="spans nested in each other"),
    pytest.param(repeated("(("), id="note openers"),
    pytest.param(repeated("((a", "))"), id="note openers and one closer"),
    pytest.param(repeated("[["), id="link openers"),
    pytest.param(repeated("[[a|{{b|", "]]"), id="link openers and one closer"),
    pytest.param(repeated("]"), id="closing brackets"),
    pytest.param(repeated("{{"), id="media openers"),
    pytest.param(repeated("{{rss>a}"), id="feeds half closed"),
    pytest.param(repeated("{{backlinks>"), id="backlinks openers"),
    pytest.param(repeated("}"), id="closing braces"),
    pytest.param(repeated("<nowiki>"), id="nowiki openers"),
    pytest.param(repeated("**a%%b"), id="per cent signs out of step"),
    pytest.param(repeated("<code>"), id="code openers"),
    pytest.param(repeated("<code a b [x=1] "), id="code attributes without end"),
    pytest.param(repeated("<file "), id="file openers"),
    pytest.param(repeated("<a"), id="mail openers"),
    pytest.param(repeated("<a.b@"), id="mail without domain"),
    pytest.param(repeated("<a@b.", "c>"), id="mail with endless domains"),
    pytest.param(lambda size: "<a@" + "b." * (size // 2) + "1>", id="one mail of a megabyte"),
    pytest.param(lambda size: "[[" + "a@b." * (size // 4) + "1]]", id="addresses in one link"),
    pytest.param(repeated("http://"), id="schemes"),
    pytest.param(repeated("www."), id="hosts without end"),
    pytest.param(repeated("www.a/"), id="hosts without dot"),
    pytest.param(repeated("www.a "), id="hosts apart"),
    pytest.param(lambda size: "http://a" + "." * size, id="one address that ends in dots"),
    pytest.param(repeated("\\"), id="backslashes"),
    pytest.param(repeated("\\\\a"), id="shares without path"),
    pytest.param(repeated(" "), id="one line of blanks"),
    pytest.param(repeated("\t"), id="one line of tabs"),
    pytest.param(repeated(" \n"), id="lines of a blank"),
    pytest.param(repeated("  \n"), id="lines of two blanks"),
    pytest.param(repeated("\n"), id="empty lines"),
    pytest.param(repeated("a\n"), id="one paragraph of short lines"),
    pytest.param(repeated("a  \n b"), id="one paragraph with blanks at its line ends"),
    pytest.param(repeated("\x0b\n"), id="lines of what looks blank"),
    pytest.param(repeated("**a**\n"), id="one paragraph of bold lines"),
    pytest.param(lambda size: "**a\n" + "b\n" * (size // 2) + "c**", id="bold over all lines"),
    pytest.param(repeated("~~NOTOC~~\n"), id="one paragraph of nothing"),
    pytest.param(repeated("a\\\\\n"), id="one paragraph of forced breaks"),
    pytest.param(repeated("[[a]]\n"), id="one paragraph of links"),
    pytest.param(repeated("> a\n"), id="one quote of short lines"),
    pytest.param(repeated("  a\n"), id="one indented block"),
    pytest.param(repeated("a\n\n"), id="short paragraphs"),
    pytest.param(repeated("((a))\n"), id="notes that read the same"),
    pytest.param(repeated("  * a\n"), id="one long list"),
    pytest.param(lambda size: "<code php>" + "a\n" * (size // 2) + "</code>", id="one long block of code"),
    pytest.param(repeated("<code php>a(</code>\n"), id="many blocks of code"),
    pytest.param(lambda size: "**a" + " " * size + "\n\n", id="a blank line that is long in coming"),
    pytest.param(lambda size: ("**a\n" + " " * 300) * (size // 304), id="boundaries that are none"),
    pytest.param(repeated("a"), id="one word of a megabyte"),
    pytest.param(repeated("1"), id="one number"),
    pytest.param(repeated("1x"), id="sizes that never end"),
    pytest.param(repeated("aB"), id="camels"),
    pytest.param(repeated("="), id="one line of equals signs"),
    pytest.param(repeated("== a "), id="headings without end"),
    pytest.param(repeated("== a ==\n"), id="equal headings"),
    pytest.param(repeated("-"), id="one line of dashes"),
    pytest.param(repeated(">"), id="quotes nested in one line"),
    pytest.param(repeated("> a\n>> b\n"), id="quotes in and out"),
    pytest.param(repeated("|"), id="empty cells"),
    pytest.param(repeated("|:::"), id="row spans in one row"),
    pytest.param(repeated("| a | ::: |\n"), id="row spans below each other"),
    pytest.param(repeated("^ a | b\n"), id="rows"),
    pytest.param(
        lambda size: "".join(f"{' ' * (2 * (n % 200 + 1))}* a\n" for n in range(size // 210)), id="deep lists"
    ),
    pytest.param(repeated('"'), id="quotation marks"),
    pytest.param(repeated("'"), id="apostrophes"),
    pytest.param(repeated("~~INFO:a"), id="macros without end"),
    pytest.param(repeated("\x00"), id="zeros"),
    pytest.param(repeated("\ud800"), id="half characters"),
    pytest.param(repeated("\r"), id="carriage returns"),
    pytest.param(repeated("&"), id="ampersands"),
    pytest.param(repeated("{{a.mp4}}"), id="films"),
    pytest.param(repeated("[[a:]] "), id="links to start pages"),
]


def seconds(page: str) -> float:
    """Of this process alone, so that a busy machine does not count, and without the collector, which comes when the
    objects of all earlier tests have piled up."""
    gc.collect()
    gc.disable()
    start = time.process_time()
    try:
        work(page)
    finally:
        gc.enable()
    return time.process_time() - start


TRIES = 5


def growth(text: Callable[[int], str], small: int, large: int, least: float, enough: float) -> float:
    """How many times longer the large text takes, by the best of several tries of each: noise only ever adds.

    Tried again until it is below ``enough``. ``least``: seconds below which nothing is measured well.
    """
    quick, slow = math.inf, math.inf
    for _ in range(TRIES):
        quick = min(quick, seconds(text(small)), seconds(text(small)))
        slow = min(slow, seconds(text(large)))
        if slow < enough * max(quick, least):
            break
    return slow / max(quick, least)


@pytest.mark.parametrize("text", HOSTILE)
def test_time_grows_with_length(text: Callable[[int], str]) -> None:
    """Doubling a text three times costs at most 2.4 times as much each time."""
    assert growth(text, 8 * KB, 64 * KB, 0.004, 2.4**3) < 2.4**3


# Copying grows unseen as long as it is quick: what is long in one piece is tried at the length of the longest pages.
LONG = [
    pytest.param(repeated("a\n"), id="one paragraph of short lines"),
    pytest.param(repeated("\x0b\n"), id="lines of what looks blank"),
    pytest.param(repeated("> a\n"), id="one quote of short lines"),
    pytest.param(repeated("  * a\n"), id="one long list"),
    pytest.param(repeated("| a |\n"), id="one long table"),
    pytest.param(repeated("**a "), id="unclosed bold"),
    pytest.param(repeated("//a **b __c ''d ((e "), id="all openers, none closed"),
]


@pytest.mark.parametrize("text", LONG)
def test_time_grows_with_length_on_the_longest_pages(text: Callable[[int], str]) -> None:
    assert growth(text, 64 * KB, 1024 * KB, 0.01, 2.4**4) < 2.4**4


TAGS = frozenset(
    [
        "a",
        "abbr",
        "audio",
        "blockquote",
        "br",
        "code",
        "dd",
        "del",
        "div",
        "dl",
        "dt",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "hr",
        "img",
        "li",
        "ol",
        "p",
        "pre",
        "source",
        "span",
        "strong",
        "sub",
        "sup",
        "table",
        "td",
        "th",
        "thead",
        "tr",
        "track",
        "ul",
        "video",
    ]
)
VOID = frozenset({"br", "hr", "img", "source", "track"})
ATTRIBUTES = frozenset(
    [
        "alt",
        "class",
        "colspan",
        "controls",
        "data-wiki-id",
        "height",
        "href",
        "id",
        "kind",
        "label",
        "loading",
        "poster",
        "rel",
        "rowspan",
        "src",
        "srclang",
        "start",
        "target",
        "title",
        "type",
        "width",
    ]
)
SCHEMES = (
    "http:",
    "https:",
    "telnet:",
    "gopher:",
    "wais:",
    "ftp:",
    "ed2k:",
    "irc:",
    "ldap:",
    "mailto:",
    "file:",
    "tel:",
)


class Checker(html.parser.HTMLParser):
    """Fails on what a page must never hold."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in TAGS
        names = [name for name, _ in attrs]
        assert set(names) <= ATTRIBUTES
        assert len(set(names)) == len(names)
        for name, value in attrs:
            if name in ("href", "src", "poster"):
                check_address(value or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert tag not in VOID
        assert self.open
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(data)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)


def check_address(url: str) -> None:
    """Inside this wiki, or one of the known schemes; a shortcut's scheme counts."""
    assert url.startswith(("/", "#")) or url.lower().startswith((*SCHEMES, "callto:", "skype:"))


def check(page: str) -> None:
    checker = Checker()
    checker.feed(page)
    checker.close()
    assert checker.open == []


PIECES = st.sampled_from(
    [
        "**",
        "//",
        "__",
        "''",
        "<sub>",
        "</sub>",
        "<sup>",
        "</sup>",
        "<del>",
        "</del>",
        "((",
        "))",
        "[[",
        "]]",
        "{{",
        "}}",
        "|",
        "^",
        ":::",
        "\\\\",
        "%%",
        "<nowiki>",
        "</nowiki>",
        "<code>",
        "</code>",
        "<file",
        "php",
        "a.php>",
        "</file>",
        "==",
        "======",
        "----",
        ">",
        ">>",
        "~~NOTOC~~",
        "~~INFO:x~~",
        "{{backlinks>.}}",
        "{{rss>http://a.b/",
        "5}}",
        "http://a.b/c",
        "www.a.bc",
        "<a@b.cd>",
        "\\\\srv\\share",
        "3x4",
        ":-)",
        "HTML",
        "->",
        "(c)",
        '"',
        "'",
        "CamelCase",
        "javascript:",
        "data:",
        "onclick=",
        "<script>",
        "<b>",
        "&lt;",
        "&#x41;",
        "a",
        "wp>",
        "user>",
        "this>",
        "nope>",
        "#top",
        "?x=1",
        ".png",
        ".mp4",
        "{{a.png?50|t}}",
        "[[a|b]]",
        "[[#x]]",
        "[[javascript://x|y]]",
        "é",
        "😀",
        "\x00",
        "\r",
        "\ud800",
        "<code php>",
        "<file java a.java [enable_line_numbers]>",
    ]
)
GAPS = st.sampled_from(
    ["", "", " ", "  ", "\t", "\n", "\n\n", "\n  ", "\n  * ", "\n    - ", "\n| ", "\n^ ", "\n> ", "\n>> "]
)
SPANS = st.sampled_from(["**", "//", "__", "''"])
BLOCKS = st.sampled_from(["{{backlinks>.}}", "{{rss>http://a.b/}}", "~~INFO:x~~", "((n))", "\n", "<code>c</code>"])
NESTED = st.recursive(
    st.tuples(GAPS, PIECES | BLOCKS).map("".join),
    lambda inner: st.tuples(GAPS, SPANS, st.lists(inner, max_size=4)).map(
        lambda parts: f"{parts[0]}{parts[1]}x{''.join(parts[2])}x{parts[1]}"
    ),
    max_leaves=12,
)
PAGES = st.lists(st.tuples(GAPS, PIECES), max_size=40).map(lambda parts: "".join(gap + piece for gap, piece in parts))


@given(PAGES | NESTED)
@settings(max_examples=400, deadline=None)
def test_every_tag_is_closed_in_order_and_harmless(page: str) -> None:
    check(work(page))


@given(st.text())
@settings(max_examples=200, deadline=None)
def test_any_text_has_a_page(page: str) -> None:
    check(work(page))


@given(PAGES)
@settings(max_examples=100, deadline=None)
def test_what_is_rendered_was_asked_about(page: str) -> None:
    """A page renders the same from the answers to its questions as from knowing the whole wiki."""
    everything = _Endless()
    document = parse(page, EVERYTHING)
    asked = questions(document, "ns:page", EVERYTHING)
    answered = Facts(
        {name: PageFact("T") for name in asked.pages},
        {name: MediaFact(9) for name in asked.media | asked.media_prefixes},
    )
    whole = Facts(everything, dict(answered.media))
    assert render(document, "ns:page", answered, EVERYTHING) == render(document, "ns:page", whole, EVERYTHING)


class _Endless(dict[str, PageFact]):
    """Knows every page that has a name."""

    def __contains__(self, name: object) -> bool:
        return name != ""

    def get(self, name: str, default: object = None) -> PageFact | None:  # type: ignore[override] # one shape is used
        del default
        return PageFact("T") if name else None


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("[[javascript:alert(1)|x]]", id="a script in a page link"),
        pytest.param("[[javascript://alert(1)|x]]", id="a script as an address"),
        pytest.param("[[JaVaScRiPt://%0aalert(1)|x]]", id="a script in mixed case"),
        pytest.param("{{javascript:alert(1)|x}}", id="a script as a file"),
        pytest.param("{{data:text/html;base64,AAAA.png}}", id="data as a picture"),
        pytest.param('[[http://a.b/" onmouseover="alert(1)|x]]', id="an attribute broken out of, in an address"),
        pytest.param('{{a.png|" onerror="alert(1)}}', id="an attribute broken out of, in a title"),
        pytest.param('{{http://a.b/" onerror="alert(1).png}}', id="an attribute broken out of, in a remote picture"),
        pytest.param('<a@b.cd> [[a@b.cd?subject=" onclick="x|m]]', id="an attribute broken out of, in a subject"),
        pytest.param('<code "><script>alert(1)</script>>x</code>', id="a script in a language"),
        pytest.param('<file php "><img src=x onerror=y>.php>x</file>', id="a tag in a file name"),
        pytest.param("== <script>alert(1)</script> ==", id="a script in a heading"),
        pytest.param("((<script>alert(1)</script>))", id="a script in a note"),
        pytest.param("{{rss>javascript:alert(1)}}", id="a script as a feed"),
        pytest.param('[[wp>" onclick="x]]', id="an attribute broken out of, in a shortcut"),
        pytest.param("[[this>javascript:alert(1)]]", id="a script behind a shortcut"),
        pytest.param('[[\\\\srv\\"onclick=x|y]]', id="an attribute broken out of, in a share"),
    ],
)
def test_an_attack_stays_text(page: str) -> None:
    check(work(page))


@pytest.mark.parametrize(
    "pattern", ["javascript:{NAME}", " JAVASCRIPT:", "data:text/html,{NAME}", "java\tscript:{NAME}"]
)
def test_a_shortcut_cannot_run_a_script(pattern: str) -> None:
    evil = WikiSettings(interwiki={"evil": pattern})
    (part,) = render(parse("[[evil>alert(1)|x]] {{evil>alert(1).png|x}}", evil), "p", Facts(), evil).parts
    assert isinstance(part, str)
    check(part)


def test_what_is_kept_is_plain_json() -> None:
    made = render(parse("== a ==\n{{backlinks>.}}\n| b |", EVERYTHING), "p", Facts(), EVERYTHING)
    assert json.loads(json.dumps(made.parts)) == [
        list(part) if not isinstance(part, str) else part for part in made.parts
    ]


def test_ten_thousand_levels_of_quotes_are_drawn() -> None:
    check(work(">" * 10_000 + "a"))


def test_five_thousand_links_ask_one_set_of_questions() -> None:
    page = "\n".join(f"  * [[page {number}]]" for number in range(5000))
    asked = questions(parse(page, EVERYTHING), "ns:page", EVERYTHING)
    assert len(asked.pages) == 5000
