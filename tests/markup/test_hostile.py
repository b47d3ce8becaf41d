"""Under attack: what costs more than its length, what leaves a tag open, what runs in the reader's browser."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.wiki_settings import WikiSettings
from app.markup import Facts, MediaFact, PageFact, parse, questions, render
from app.markup.nodes import Markup
from tests.markup.growing import EVERYTHING, grows_with_length, work
from tests.markup.harmless import check
from tests.markup.shapes import DOKUWIKI, KB


@pytest.mark.parametrize("name", DOKUWIKI)
def test_time_grows_with_length(name: str) -> None:
    assert grows_with_length(DOKUWIKI[name], "dokuwiki", 8 * KB, 64 * KB)


# Copying grows unseen as long as it is quick: what is long in one piece is tried at the length of the longest pages.
LONG = [
    "one paragraph of short lines",
    "lines of what looks blank",
    "one quote of short lines",
    "one long list",
    "rows",
    "unclosed bold",
    "all openers, none closed",
]


@pytest.mark.parametrize("name", LONG)
def test_time_grows_with_length_on_the_longest_pages(name: str) -> None:
    assert grows_with_length(DOKUWIKI[name], "dokuwiki", 64 * KB, 1024 * KB)


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


@pytest.mark.parametrize("markup", ["dokuwiki", "markdown"])
def test_what_the_wiki_says_of_itself_does_not_swell_a_page(markup: Markup) -> None:
    """A page of a megabyte could ask for the longest list 45,000 times."""
    page = work("~~INFO:syntaxmodes~~\n\n" * 5_000, markup)
    assert page.count("<strong>header</strong>") > 10
    assert len(page) < 1_000_000
    assert "~~INFO:syntaxmodes~~" in page
