# ruff: noqa: E501 HTML is read on one line
"""Raw HTML in Markdown, attacks through it and through links, and what holds for any text."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.wiki_settings import WikiSettings
from app.markup.allowed import VOID
from app.markup.markdown.html_tags import balance, html_block
from app.markup.markdown.inline import References, grammar_for, read_inline
from app.markup.nodes import (
    Close,
    Event,
    ExternalLink,
    Heading,
    Html,
    Label,
    Link,
    Media,
    Note,
    Open,
)
from app.markup.sections import everything
from tests.markup.drawing import PLAIN
from tests.markup.inline_markdown import UNTYPOGRAPHIC, draw, read

WITHOUT_WORDS = grammar_for(UNTYPOGRAPHIC, small=False)  # any word might be an acronym


@pytest.mark.parametrize(
    "source, expected",
    [
        pytest.param("H<sub>2</sub>O", "H<sub>2</sub>O", id="a tag"),
        pytest.param("<B>a</B>", "<b>a</b>", id="in capitals"),
        pytest.param("<b>*a*</b>", "<b><em>a</em></b>", id="markup inside"),
        pytest.param("a<br>b<br/>c</br>", "a<br>b<br>c", id="a tag without end"),
        pytest.param("<b>a", "<b>a</b>", id="never closed"),
        pytest.param("a</b>", "a", id="never opened"),
        pytest.param("<b>a<i>b</b>c</i>", "<b>a<i>b</i></b>c", id="crossing tags"),
        pytest.param("*a<b>c*d</b>", "<em>a<b>c</b></em>d", id="crossing a span"),
        pytest.param("<kbd/>a", "<kbd></kbd>a", id="closed in itself"),
        pytest.param("<a href='x'>a<a href=y>b</a>", '<a href="x">a</a><a href="y">b</a>', id="no link in a link"),
        pytest.param("a<!-- *b* -->c<!--> -->", "ac –&gt;", id="comments"),
        pytest.param("a<!-- b", "a&lt;!– b", id="a comment without end"),
        pytest.param("<b title='a &amp; \"b\"'>c</b>", '<b title="a &amp; &quot;b&quot;">c</b>', id="attributes are written anew"),
        pytest.param("<img src=a.png alt>", '<img src="a.png" alt="">', id="an attribute without value"),
        pytest.param("<b\nlang='de'>a</b>", '<b lang="de">a</b>', id="over lines"),
        pytest.param("<b lang='de' lang='fr'>a</b>", '<b lang="de">a</b>', id="of two attributes the first"),
        pytest.param("<b class=x id=y style='z' onclick='f()'>a</b>", "<b>a</b>", id="attributes that are not on the list"),
        pytest.param("<nope>a</nope>", "&lt;nope&gt;a&lt;/nope&gt;", id="a tag that is not on the list"),
        pytest.param("<b a='>", "&lt;b a=&#039;&gt;", id="what is no tag"),
        pytest.param("<b a=b*c>d*", "<b>d*</b>", id="no markup in a tag"),
        pytest.param(f"<b title='{'a' * 2000}'>", f"&lt;b title=&#039;{'a' * 2000}&#039;&gt;", id="a tag that is too long"),
        pytest.param("<?a?> <!X y> <![CDATA[b]]>", "&lt;?a?&gt; &lt;!X y&gt; &lt;![CDATA[b]]&gt;", id="other markup of HTML"),
    ],
)  # fmt: skip
def test_raw_tags(source: str, expected: str) -> None:
    assert draw(source) == expected


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("[a](javascript:alert(1))", id="a target"),
        pytest.param("[a](JaVaScRiPt:alert(1))", id="in odd case"),
        pytest.param("[a](<java\tscript:alert(1)>)", id="with a tab"),
        pytest.param("[a](&#106;avascript&colon;alert(1))", id="in characters by number"),
        pytest.param("[a](java&#10;script:alert(1))", id="with a line end by number"),
        pytest.param("[a](&#1;javascript:alert(1))", id="behind a control character"),
        pytest.param("[a](javascript\\:alert(1))", id="with an escape"),
        pytest.param("[a](javascript:alert('m@x.org'))", id="that looks like mail"),
        pytest.param("[a](data:text/html;base64,PHNjcmlwdD4=)", id="data"),
        pytest.param("[a](vbscript:x)", id="another language"),
        pytest.param("[a](javascript://x.org/%0aalert(1))", id="with slashes"),
        pytest.param("[a][x]", id="a reference"),
        pytest.param("![a](javascript:alert(1))", id="a picture"),
        pytest.param("![a](data:image/svg+xml,x)", id="a picture in its address"),
        pytest.param("<javascript:alert(1)>", id="between angle brackets"),
        pytest.param("<javascript://x.org/%0aalert(1)>", id="between angle brackets, with slashes"),
        pytest.param("javascript://x.org/%0aalert(1)", id="in the text"),
        pytest.param("<a href='javascript:alert(1)'>a</a>", id="a tag"),
        pytest.param("<a href='&#106;avascript:alert(1)'>a</a>", id="a tag, in characters by number"),
        pytest.param("<a href='java&Tab;script:alert(1)'>a</a>", id="a tag, with a tab by name"),
        pytest.param("<img src=x onerror=alert(1)>", id="a tag with an event"),
        pytest.param("<img src='data:image/svg+xml,x'>", id="a tag with data"),
        pytest.param("<script>alert(1)</script>", id="a script"),
        pytest.param("<svg/onload=alert(1)>", id="a drawing"),
        pytest.param("<iframe srcdoc='a'></iframe>", id="a frame"),
        pytest.param('[a](b "\\"onclick=alert(1) x=\\"")', id="a hint that ends its attribute"),
        pytest.param('[a](x"onclick=alert(1))', id="a target that ends its attribute"),
        pytest.param('![a"onerror=alert(1)](b.png)', id="a title that ends its attribute"),
        pytest.param("[<img src=x onerror=alert(1)>](b)", id="in a link's text"),
    ],
)
def test_attacks_by_scheme_and_event(source: str) -> None:
    references = References()
    references.links["x"] = ("javascript:alert(1)", "")
    html = draw(source, references=references)
    assert not re.search(r"<[^>]*?(?:href|src)=[\"']?\s*(?:javascript|vbscript|data):", html, re.IGNORECASE)
    assert not re.search(r"<(?:[^>\"]|\"[^\"]*\")*?\son\w+=", html, re.IGNORECASE)
    assert not re.search(r"<(?:script|svg|iframe)", html, re.IGNORECASE)
    assert html


def test_a_refused_target_leaves_its_text() -> None:
    assert draw("[*a* b](javascript:alert(1)) ![c](data:x)") == "<em>a</em> b c"


def test_schemes_are_those_of_the_wiki() -> None:
    settings = WikiSettings(typography=0, schemes={"http": "", "gemini": "on"})
    read_as = [type(event) for event in read("http://x.org gemini://x.org", settings)]
    assert read_as == [str, ExternalLink]


# What ends where it began


def is_balanced(events: tuple[Event, ...]) -> bool:
    """Spans and tags close what was opened last, in inner pieces too."""
    open_ones: list[tuple[type, str]] = []
    for event in events:
        if isinstance(event, Open) or (isinstance(event, Html) and not event.closing and event.name not in VOID):
            open_ones.append((Open if isinstance(event, Open) else Html, event.name))
        elif isinstance(event, Close) or (isinstance(event, Html) and event.closing):
            opened = (Open if isinstance(event, Close) else Html, event.name)
            if not open_ones or open_ones.pop() != opened:
                return False
        elif (isinstance(event, Note) and not is_balanced(event.events)) or (
            isinstance(event, Link) and isinstance(event.title, Label) and not is_balanced(event.title.events)
        ):
            return False
    return not open_ones


TOKENS = [*string.punctuation, *"ab1é \n", "**", "__", "~~", "![", "[[", "]]", "](", "((", "))", "{{", "}}", "``"]
PIECES = ["[a](b)", "[^n]", "[ivy]", "<b>", "</b>", "<i x='y'>", "</i>", "<a href=x>", "</a>", "<br>", "<!--", "-->"]
WHOLE = ["https://x.org", "a@x.org", "www.x.org", "&amp;", "&#42;", "~~NOTOC~~", "{{backlinks>.}}", "  \n", "\\\n"]
TEXTS = st.lists(st.sampled_from(TOKENS + PIECES + WHOLE), max_size=40).map("".join)


@given(TEXTS | st.text())
def test_any_text_is_balanced(source: str) -> None:
    references = References(links={"ivy": ("x", ""), "a": ("y", "")}, notes={"n"})
    assert is_balanced(tuple(read(source, PLAIN, references)))


@given(TEXTS)
def test_no_link_stands_in_a_link(source: str) -> None:
    references = References(links={"ivy": ("x", "")}, notes={"n"})
    for event in everything(tuple(read(source, PLAIN, references))):
        if isinstance(event, Link) and isinstance(event.title, Label):
            inside = event.title.events
            assert not any(
                isinstance(each, Link | Note) or (isinstance(each, Html) and each.name == "a") for each in inside
            )


@given(
    st.text(alphabet=string.ascii_letters + string.digits + ",;é ", min_size=1).filter(
        lambda text: text.strip() == text
    )
)
def test_text_without_markup_stays_as_it_is(source: str) -> None:
    assert read_inline(source, WITHOUT_WORDS, References()) == [source]


@given(st.text(min_size=1).map(lambda text: "".join(text.split())).filter(bool))
def test_escaped_text_is_text(source: str) -> None:
    escaped = re.sub(rf"([{re.escape(string.punctuation)}])", r"\\\1", source)
    assert read_inline(escaped, WITHOUT_WORDS, References()) == [source]


# Bounds


def depth(events: tuple[Event, ...]) -> int:
    deepest = now = 0
    for event in events:
        now += (isinstance(event, Open) or (isinstance(event, Html) and not event.closing)) - (
            isinstance(event, Close) or (isinstance(event, Html) and event.closing)
        )
        deepest = max(deepest, now)
    return deepest


@pytest.mark.parametrize(
    "source, deepest",
    [
        pytest.param("*a " * 500 + "b*" * 500, 50, id="italic"),
        pytest.param("*" * 1000 + "a" + "*" * 1000, 50, id="a long run"),
        pytest.param("~~a ~b " * 200 + "c~ d~~" * 200, 50, id="struck out"),
        pytest.param("<b>" * 500 + "a" + "</b>" * 500, 50, id="tags"),
        pytest.param("<b>*a " * 500, 50, id="tags that are not closed"),
    ],
)
def test_deep_nesting_is_text(source: str, deepest: int) -> None:
    events = tuple(read(source))
    assert depth(events) == deepest
    assert is_balanced(events)


def test_pictures_in_pictures_come_to_an_end() -> None:
    media = [event for event in read("![x" * 2000 + "](b)" * 2000) if isinstance(event, Media)]
    assert [event.title for event in media] == ["x" * 50]


# Tags over a whole page


@pytest.mark.parametrize(
    "source, expected",
    [
        pytest.param("<div>\n*a* &copy;\n</div>\n", [Html("div"), "\n*a* ©\n", Html("div", closing=True), "\n"], id="tags and text"),
        pytest.param("a<!-- b\n<i> -->c", ["a", "c"], id="comments"),
        pytest.param("<script>a</script>", ["<script>a</script>"], id="tags that are not on the list"),
        pytest.param("<p", ["<p"], id="no tag"),
    ],
)  # fmt: skip
def test_html_blocks(source: str, expected: list[Event]) -> None:
    events = html_block(source, PLAIN)
    assert [event for event in events if not isinstance(event, str)] == [
        event for event in expected if not isinstance(event, str)
    ]
    assert "".join(event for event in events if isinstance(event, str)) == "".join(
        event for event in expected if isinstance(event, str)
    )


B, B_END = Html("b"), Html("b", closing=True)


@pytest.mark.parametrize(
    "events, expected",
    [
        pytest.param([B, Open("p"), "a", Close("p"), B_END], [B, Open("p"), "a", Close("p"), B_END], id="around a paragraph"),
        pytest.param([Open("p"), B, Close("p"), B_END], [Open("p"), B, B_END, Close("p")], id="closed where its paragraph ends"),
        pytest.param([B, Open("p"), B_END, Close("p")], [B, Open("p"), Close("p"), B_END], id="not closed from inside a paragraph"),
        pytest.param([B, Heading(1, "a", 0), B_END], [B, B_END, Heading(1, "a", 0)], id="closed before a heading"),
        pytest.param([B, Close("section")], [B, B_END, Close("section")], id="closed where a section ends"),
    ],
)  # fmt: skip
def test_balance(events: list[Event], expected: list[Event]) -> None:
    assert balance(events) == expected
    assert balance(expected) == expected
