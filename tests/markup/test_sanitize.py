"""Nothing gets past the last pass over a Markdown page, and what our writers make gets through unchanged.

The attacks run against each library that can stand behind ``sanitize``: nh3 where it is installed.
"""

from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.wiki_settings import WikiSettings
from app.markup import Facts, Live, parse, render
from app.markup import sanitize as sanitizing
from app.markup.sanitize import sanitize
from tests.conformance.conform import tokens
from tests.markup.attacks import ATTACKS, BEFORE
from tests.markup.harmless import check

WIKI = WikiSettings(base_url="https://wiki.example.org", typography=2)
Clean = Callable[[str], str]


def whole(html: str, wiki: WikiSettings = WIKI) -> str:
    return "".join(part for part in sanitize([html], wiki) if isinstance(part, str))


def nh3_backend(protocols: frozenset[str]) -> Clean:
    library: Any = import_module("nh3")

    def kept(tag: str, name: str, value: str) -> str | None:
        return value if sanitizing.allowed(tag, name, value, protocols) else None

    attributes = {tag: set(names) for tag, names in sanitizing._ATTRIBUTES.items()}
    return lambda html: str(
        library.clean(
            html,
            tags=set(sanitizing.ELEMENTS),
            attributes=attributes,
            attribute_filter=kept,
            url_schemes=set(protocols),
            link_rel=None,
        )
    )


@pytest.fixture(
    params=[
        pytest.param("whole", id="through the whole pass"),
        pytest.param("bleach", id="bleach alone"),
        *([pytest.param("nh3", id="nh3 alone")] if find_spec("nh3") else []),
    ]
)
def clean(request: pytest.FixtureRequest) -> Clean:
    makers: dict[str, Callable[[frozenset[str]], Clean]] = {"bleach": sanitizing.backend, "nh3": nh3_backend}
    return makers[request.param](sanitizing.protocols_of(WIKI)) if request.param in makers else whole


@pytest.mark.parametrize("html", ATTACKS)
def test_an_attack_is_disarmed(clean: Clean, html: str) -> None:
    check(clean(html), raw=True)


@pytest.mark.parametrize("html", ATTACKS + BEFORE)
def test_what_was_disarmed_stays_so(html: str) -> None:
    """A browser that reads the page, writes it out and reads it again finds the same."""
    once = whole(html)
    assert whole(once) == once


@pytest.mark.parametrize(
    "around", ["<p>{}</p>", "<ul><li><div>{}</div></li></ul>", "<table><tr><td>{}</td></tr></table>"]
)
@pytest.mark.parametrize("html", ATTACKS + BEFORE)
def test_an_attack_is_disarmed_inside(around: str, html: str) -> None:
    check(whole(around.format(html)), raw=True)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param("a<br/>b<hr />", "a<br>b<hr>", id="tags without content"),
        pytest.param("a&nbsp;&#039;&quot;&times;b", "a&nbsp;&#039;&quot;&times;b", id="entities stay entities"),
        pytest.param(
            '<a href="mailto:&#97;&#64;&#x100;" class="mail" title="&#97;">&#97;&#64;</a>',
            '<a href="mailto:&#97;&#64;&#x100;" class="mail" title="&#97;">&#97;&#64;</a>',
            id="guarded mail stays guarded",
        ),
        pytest.param("a & b &lt c", "a &amp; b &amp;lt c", id="ampersands that begin nothing"),
        pytest.param("a < b > c", "a &lt; b &gt; c", id="brackets that are text"),
        pytest.param("<pre>\n\n a</pre>", "<pre>\n\n a</pre>", id="empty lines before code"),
        pytest.param("<pre>\n\n<b>a</b></pre>", "<pre>\n\n<b>a</b></pre>", id="empty lines before a tag in code"),
        pytest.param("<b><i>a</b>b</i>", "<b><i>a</i></b>b", id="crossing tags"),
        pytest.param("a</b></p>", "a", id="tags that close nothing"),
        pytest.param("<ul><li><b>a", "<ul><li><b>a</b></li></ul>", id="tags that stay open"),
        pytest.param("<p><button>a</button></p>", "<p>&lt;button&gt;a&lt;/button&gt;</p>", id="unknown tags are text"),
        pytest.param("<p onclick='x'>a", "&lt;p onclick='x'&gt;a", id="tags that no writer makes are text"),
        pytest.param(
            "<table><b>x</b><tr><td>a</td></tr></table>",
            "<table>x<tr><td>a</td></tr></table>",
            id="between rows there is no markup",
        ),
        pytest.param("a<tr><td>b</td></tr>", "ab", id="cells outside of tables are none"),
        pytest.param("a\x00\x1b\x0cb", "a\ufffd\ufffd\x0cb", id="control characters are replaced"),
        pytest.param(
            '<a href="file:///srv/x" class="windows">x</a>',
            '<a href="file:///srv/x" class="windows">x</a>',
            id="a share",
        ),
        pytest.param('<a href="tel:1">x</a>', '<a href="tel:1">x</a>', id="a shortcut's scheme"),
        pytest.param(
            '<a href="/a" data-wiki-id="a" data-x="b">x</a>', '<a href="/a" data-wiki-id="a">x</a>', id="our data"
        ),
    ],
)
def test_html(html: str, expected: str) -> None:
    assert whole(html) == expected


def test_a_scheme_of_this_wiki_is_allowed_and_one_of_another_is_not() -> None:
    matrix = WikiSettings(schemes={"matrix": "on", "gopher": ""}, interwiki={"sip": "sip:{NAME}"})
    html = '<a href="matrix:a">a</a><a href="sip:b">b</a><a href="gopher://c.d">c</a>'
    assert whole(html, matrix) == '<a href="matrix:a">a</a><a href="sip:b">b</a><a>c</a>'
    assert whole(html) == '<a>a</a><a>b</a><a href="gopher://c.d">c</a>'


@pytest.mark.parametrize("scheme", ["javascript", "data", "vbscript"])
def test_no_setting_allows_a_script(scheme: str) -> None:
    evil = WikiSettings(schemes={scheme: "on"}, interwiki={"evil": f"{scheme}:{{NAME}}"})
    assert whole(f'<a href="{scheme}:x">a</a>', evil) == "<a>a</a>"


def test_live_places_stay_where_they_are() -> None:
    one, two, three = Live("one", {}), Live("two", {"a": "b"}), Live("three", {})
    parts: list[str | Live] = ["<p>a<b>", one, "b</b>", two, "</p><table><tr><td>", three, "</td></tr></table>", one]
    assert sanitize(parts, WIKI) == (
        "<p>a<b>",
        one,
        "b</b>",
        two,
        "</p><table><tr><td>",
        three,
        "</td></tr></table>",
        one,
    )


def test_nobody_forges_a_live_place() -> None:
    place = Live("one", {})
    parts = sanitize(["<p title='\ufdd00\ufdd0'>\ufdd00\ufdd0<b>", place, "</b>\ufdd01\ufdd0</p>"], WIKI)
    assert [part for part in parts if isinstance(part, Live)] == [place]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param("<p>{}<b>a</b></p>", "<p>{}<b>a</b></p>", id="tags"),
        pytest.param(
            '<p onclick="x" class="y">{}<q title="z">a</q><br/></p>',
            '<p class="y">{}<q title="z">a</q><br></p>',
            id="attributes",
        ),
        pytest.param('<p>{}<a href="javascript:x" class="y">a</a></p>', '<p>{}<a class="y">a</a></p>', id="scripts"),
        pytest.param("<p>{}<button>a</button></p>", "<p>{}a</p>", id="unknown tags, which are dropped"),
        pytest.param("<p>{}</b>a<i></p>", "<p>{}a<i></i></p>", id="tags out of order"),
        pytest.param(
            '<table class="x"><tr><td colspan="2" onclick="y">{}a</td></tr></table>',
            '<table class="x"><tr><td colspan="2">{}a</td></tr></table>',
            id="cells",
        ),
    ],
)
def test_a_piece_beyond_its_bound_is_cleaned_tag_by_tag(html: str, expected: str) -> None:
    many = "<b></b>" * sanitizing.MOST_IN_PIECES
    assert whole(html.format(many)) == expected.format(many)


def test_beyond_all_bounds_tags_lose_their_attributes() -> None:
    html = "".join(f'<a href="/{number}">b</a>' for number in range(sanitizing.MOST_IN_PIECES))
    made = whole(f"<p>{html}</p><p><i>z</i></p>")
    assert made.startswith('<p><a href="/0">b</a>')
    assert made.endswith("<a>b</a></p><p><i>z</i></p>")
    check(made, raw=True)


def test_a_tag_of_too_many_attributes_is_text() -> None:
    many = "".join(f' x{number}="y"' for number in range(50))
    assert whole(f"<p{many}>a</p>") == f"&lt;p{many}&gt;a"


SOURCES = st.lists(
    st.sampled_from(
        [
            "**a** //b// ''c'' __d__ ",
            "<sub>x</sub>",
            "<del>y</del>",
            "\n\n",
            "\n",
            "((note [[a]]))",
            "[[a|b]] ",
            "[[wp>x y]] ",
            "[[tel>123]] ",
            "<a.b@c.de> ",
            "[[\\\\srv\\share]] ",
            "https://a.b/c?d=e&f=g#h ",
            "{{a.png?50|t}} ",
            "{{http://a.b/c.jpg}} ",
            "{{a.pdf}} ",
            "{{a.mp4}} ",
            "{{a.mp3}} ",
            "\"q\" 'r' ",
            "640x480 ",
            ":-) ",
            "HTML ",
            "-> (c) ",
            "& < > \" ' ",
            "&amp; &#64; ",
            "\n  * item",
            "\n    - two",
            "\n  * three\n",
            "\n> quote\n>> more\n",
            "\n<code php>\n$a = '<b>';\n\n</code>\n",
            "\n  code\n",
            "\n== Head ==\n",
            "\n----\n",
            "\\\\ ",
            "%%raw%%",
            "\n<file x a.x>b</file>\n",
            "{{backlinks>.}}",
            "é😀 ",
        ]
    ),
    max_size=25,
).map("".join)


@given(SOURCES)
@settings(max_examples=150, deadline=None)
def test_what_our_writers_make_comes_out_the_same(source: str) -> None:
    made = render(parse(source, WIKI), "ns:page", Facts(), WIKI).parts
    passed = sanitize(made, WIKI)

    assert [part for part in passed if isinstance(part, Live)] == [part for part in made if isinstance(part, Live)]
    assert tokens(shown(passed)) == tokens(shown(made))
    assert sanitize(passed, WIKI) == passed


def shown(parts: tuple[str | Live, ...]) -> str:
    return "".join(part if isinstance(part, str) else f"{{{part.kind}}}" for part in parts)


HTML = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "<",
                ">",
                "</",
                "/>",
                "<!--",
                "-->",
                "<![CDATA[",
                "]]>",
                "<!",
                "<?",
                '"',
                "'",
                "&",
                "&#",
                ";",
                "=",
                " ",
                "\n",
                "\x00",
                "<b>",
                "</b>",
                "<i ",
                "<p>",
                "</p>",
                "<div>",
                "</div>",
                "<table>",
                "<tr>",
                "<td>",
                "</td>",
                "</table>",
                '<a href="',
                "javascript:",
                'https://a.b">',
                "</a>",
                "<script>",
                "</script>",
                "<style>",
                "</style>",
                "<svg>",
                "</svg>",
                "<math>",
                "<mtext>",
                "<img ",
                "onerror=x ",
                "src=x ",
                ' title="',
                "<pre>",
                "</pre>",
                "<li>",
                "<ul>",
                "<br/>",
                "<template>",
                "<noscript>",
                "<select>",
                "a",
                "\ufdd00\ufdd0",
                "\ud800",
                "&lt;",
                "&amp;lt;",
                '<input type="checkbox">',
                '<details open="open">',
            ]
        ),
        st.text(max_size=3),
    ),
    max_size=40,
).map("".join)


@given(HTML)
@settings(max_examples=400, deadline=None)
def test_any_html_becomes_harmless_and_stays_so(html: str) -> None:
    once = whole(html)
    check(once, raw=True)
    assert whole(once) == once


@pytest.mark.parametrize(
    ("html", "cleaned"),
    [
        pytest.param(
            "<ul><li><div><li>a</li></div></li></ul>", "<ul><li><div>a</div></li></ul>", id="an item in an item"
        ),
        pytest.param("<div><dd>a</dd></div>", "<div>a</div>", id="a definition without its list"),
        pytest.param("<h2>a <h3>b</h3> c</h2>", "<h2>a b c</h2>", id="a heading in a heading"),
        pytest.param("<ul><li>a<ul><li>b</li></ul></li></ul>", "<ul><li>a<ul><li>b</li></ul></li></ul>", id="a list"),
    ],
)
def test_nothing_ends_what_stands_around_it(html: str, cleaned: str) -> None:
    """Browsers end an open item or heading where another one begins, and the page's own elements with it."""
    assert whole(html) == cleaned
