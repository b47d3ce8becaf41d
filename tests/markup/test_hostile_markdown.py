"""Under attack, in Markdown: what costs more than its length, what leaves a tag open, what runs in a browser."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.markup import Facts, MediaFact, PageFact, parse, questions, render
from tests.markup.attacks import ATTACKS, BEFORE
from tests.markup.growing import EVERYTHING, grows_with_length, work
from tests.markup.harmless import check
from tests.markup.shapes import KB
from tests.markup.shapes_markdown import MARKDOWN

AROUND = ["{}", "a {} b", "- {}", "> {}", "# {}", "|a|\n|-|\n|{}|", "[^a]\n\n[^a]: {}", "[{}](b)", "**{}**"]
OF_THE_WIKI = "id name class style onclick data-wiki-id target rel role srcdoc formaction hidden"


def draw(text: str) -> str:
    return work(text, "markdown")


def draw_unsanitised(text: str) -> str:
    """What the front end and the writers let through: they are a wall of their own."""
    document = parse(text, EVERYTHING, "markdown")._replace(markup="dokuwiki")
    parts = render(document, "ns:page", Facts(), EVERYTHING).parts
    return "".join(part for part in parts if isinstance(part, str))


@pytest.mark.parametrize("name", MARKDOWN)
def test_time_grows_with_length(name: str) -> None:
    assert grows_with_length(MARKDOWN[name], "markdown", 2 * KB, 16 * KB)


# The shapes that take libraries for Markdown quadratic time or worse, and what is long in one piece.
LONG = [
    "opening brackets",
    "pictures in pictures",
    "links with an angle never closed",
    "backticks in all lengths",
    "definitions of links",
    "one paragraph",
    "one long table",
    "lists",
    "quotes, lazy",
    "notes, each once",
]


@pytest.mark.parametrize("name", LONG)
def test_time_grows_with_length_on_the_longest_pages(name: str) -> None:
    assert grows_with_length(MARKDOWN[name], "markdown", 32 * KB, 256 * KB)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, id=f"{name} are drawn and closed")
        for name in MARKDOWN
        if "deep" in name or "one line" in name
    ],
)
def test_depth_is_no_danger(name: str) -> None:
    check(draw(MARKDOWN[name](30_000)), raw=True)


@pytest.mark.parametrize("name", MARKDOWN)
def test_a_hostile_page_is_harmless(name: str) -> None:
    check(draw(MARKDOWN[name](3_000)), raw=True)


@pytest.mark.parametrize(
    "around", ["{}", "a {} b", "- {}", "> {}", "# {}", "|a|\n|-|\n|{}|", "[^a]\n\n[^a]: {}", "[{}](b)", "**{}**"]
)
@pytest.mark.parametrize("html", ATTACKS + BEFORE)
def test_an_attack_in_raw_html_is_disarmed(html: str, around: str) -> None:
    check(draw(around.format(html)), raw=True)
    check(draw_unsanitised(around.format(html)), raw=True)


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("[x](javascript:alert(1))", id="a script as an address"),
        pytest.param("[x](<java\nscript:alert(1)>)", id="a script over two lines"),
        pytest.param("[x](javascript&colon;alert(1))", id="a colon by its name"),
        pytest.param("[x](&#x6A;avascript:alert(1))", id="a letter by its number"),
        pytest.param("[x](\\javascript:alert(1))", id="a script behind a backslash"),
        pytest.param("[x]\n\n[x]: javascript:alert(1)", id="a script in a definition"),
        pytest.param("![x](javascript:alert(1).png)", id="a script as a picture"),
        pytest.param("![x](data:image/svg+xml;base64,AAAA.png)", id="data as a picture"),
        pytest.param("<javascript:alert(1)>", id="a script in angles"),
        pytest.param('[x](b "" onclick="alert(1)")', id="an attribute broken out of, in a title"),
        pytest.param('[x](b"onclick="alert(1))', id="an attribute broken out of, in an address"),
        pytest.param('![" onerror="alert(1)](b.png)', id="an attribute broken out of, in a picture"),
        pytest.param('```" onclick="alert(1)\nx\n```', id="an attribute broken out of, in a language"),
        pytest.param("```<script>\n</code></pre><script>alert(1)</script>\n```", id="a script in a fence"),
        pytest.param("`</code><script>alert(1)</script>`", id="a script in code"),
        pytest.param('[^"><script>alert(1)</script>]\n\n[^"><script>alert(1)</script>]: a', id="a script in a note"),
        pytest.param("> [!<script>alert(1)</script>]\n> a", id="a script in a callout"),
        pytest.param("[[javascript:alert(1)|x]] [[wp>javascript:x]]", id="a script in a wiki link"),
        pytest.param("{{javascript:alert(1)|x}}", id="a script as a file"),
        pytest.param("[wp](evil>javascript:alert(1))", id="a script behind a shortcut"),
    ],
)
def test_an_attack_stays_harmless(page: str) -> None:
    check(draw(page), raw=True)
    check(draw_unsanitised(page), raw=True)


@pytest.mark.parametrize("attribute", OF_THE_WIKI.split())
@pytest.mark.parametrize("tag", ["a", "p", "div", "img", "table", "details", "span"])
def test_raw_html_has_no_attribute_that_belongs_to_the_wiki(tag: str, attribute: str) -> None:
    """Nobody takes the place of the wiki's own parts, by name, look or behaviour."""
    page = f'<{tag} {attribute}="xyzzy">a</{tag}>'
    assert "xyzzy" not in draw(page) + draw_unsanitised(page)


PIECES = st.sampled_from(
    [
        *("*", "**", "***", "_", "__", "~", "~~", "`", "``", "```", "~~~", "[", "]", "![", "](", ")", "(", "[[", "]]"),
        *("{{", "}}", "((", "))", "|", "||", "|-|-|", "---", "===", "#", "##", ">", "> [!NOTE]", "- ", "* ", "1. "),
        *(
            "- [ ] ",
            "- [x] ",
            "[^a]",
            "[^a]: ",
            "[a]: ",
            "[a]",
            "<b ",
            '"',
            "'",
            "\\",
            "&",
            "&amp;",
            "&#106;",
            "&#x3c;",
        ),
        *(
            "<http://a.b>",
            "<a@b.cd>",
            "http://a.b/c",
            "www.a.bc",
            "a@b.cd",
            "~~NOTOC~~",
            "~~INFO:x~~",
            "{{backlinks>.}}",
        ),
        *(
            "{{rss>http://a.b}}",
            "[[wp>a]]",
            "[[a|b]]",
            "{{a.png?50|t}}",
            "{{a.mp4}}",
            "[a](b)",
            "![a](b.png)",
            '(b "c")',
        ),
        *("[x](javascript:alert(1))", "[x](<javascript:x>)", "[x](&#106;avascript:x)", "[a]: javascript:x\n"),
        *("![x](data:text/html,x)", "<javascript:alert(1)>", "[x](vbscript:x)", "[[javascript://x|y]]", "javascript:"),
        *("<b>", "</b>", "<div>", "</div>", "<p>", "</p>", '<a href="b">', "</a>", "<details open>", "<summary>"),
        *(
            "<table>",
            "<tr>",
            "<td>",
            "</td>",
            "</tr>",
            "</table>",
            "<ul>",
            "<li>",
            "</li>",
            "</ul>",
            "<br>",
            "<br/>",
            "<hr>",
        ),
        *(
            "<pre>",
            "</pre>",
            "<h1>",
            "</h1>",
            "<img src=x onerror=y>",
            '<img src="a.png" alt="b">',
            "<a href=javascript:x>",
        ),
        *(
            "<a href='jav&#x09;ascript:x'>",
            '<p align="center" id="x" class="y" style="z" onclick="w">',
            "<kbd>",
            "</kbd>",
        ),
        *(
            "<script>",
            "</script>",
            "<style>",
            "</style>",
            "<svg onload=x>",
            "<iframe srcdoc=x>",
            "<textarea>",
            "<title>",
        ),
        *(
            "<!--",
            "-->",
            "<!a",
            "<?a",
            "?>",
            "<![CDATA[",
            "]]>",
            "<",
            ">",
            "</",
            "/>",
            "<input>",
            "<math>",
            "<template>",
        ),
        *(
            "a",
            "é",
            "😀",
            "640x480",
            ":-)",
            "HTML",
            "->",
            "\x00",
            "\r",
            "\ud800",
            "\ufdd00\ufdd0",
            "\u2028",
            "onclick=",
            "=",
        ),
    ]
)
GAPS = st.sampled_from(
    [
        "",
        "",
        "",
        " ",
        "  ",
        "\t",
        "\n",
        "\n\n",
        "\n    ",
        "\n  ",
        "\n- ",
        "\n> ",
        "\n1. ",
        "\n# ",
        "\n| ",
        "  \n",
        "\\\n",
    ]
)
PAGES = st.lists(st.tuples(GAPS, PIECES), max_size=40).map(lambda parts: "".join(gap + piece for gap, piece in parts))
SPANS = st.sampled_from(
    [("*", "*"), ("**", "**"), ("~~", "~~"), ("[", "](b)"), ("<b>", "</b>"), ("((", "))"), ("`", "`")]
)
BLOCKS = st.sampled_from(["> ", "- ", "1. ", "    ", "# ", "[^a]: ", "| "])
NESTED = st.recursive(
    PAGES,
    lambda inner: st.one_of(
        st.tuples(SPANS, inner).map(lambda pair: f"{pair[0][0]}{pair[1]}{pair[0][1]}"),
        st.tuples(BLOCKS, inner).map(lambda pair: "\n".join(pair[0] + line for line in pair[1].split("\n"))),
        st.tuples(st.sampled_from(["div", "details", "ul", "table", "p", "a"]), inner).map(
            lambda pair: f"<{pair[0]}>\n\n{pair[1]}\n\n</{pair[0]}>"
        ),
    ),
    max_leaves=6,
)


@given(PAGES | NESTED)
@settings(max_examples=500, deadline=None)
def test_every_tag_is_closed_in_order_and_harmless(page: str) -> None:
    check(draw(page), raw=True)
    check(draw_unsanitised(page), raw=True)


@given(st.text())
@settings(max_examples=200, deadline=None)
def test_any_text_has_a_page(page: str) -> None:
    check(draw(page), raw=True)


@given(PAGES)
@settings(max_examples=100, deadline=None)
def test_what_is_rendered_was_asked_about(page: str) -> None:
    """A page renders the same from the answers to its questions as from knowing more."""
    document = parse(page, EVERYTHING, "markdown")
    asked = questions(document, "ns:page", EVERYTHING)
    pages = {name: PageFact("T") for name in asked.pages}
    media = {name: MediaFact(9) for name in asked.media | asked.media_prefixes}
    more = {name: PageFact("U") for name in ("a", "b", "ns:a", "ns:b", "c", "ns:c", "x", "ns:x", "ns", "ns:start")}
    answered, whole = Facts(pages, media), Facts(more | pages, media)
    assert render(document, "ns:page", answered, EVERYTHING) == render(document, "ns:page", whole, EVERYTHING)
