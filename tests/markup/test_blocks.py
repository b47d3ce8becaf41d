# ruff: noqa: E501 HTML is read on one line
"""Headings, paragraphs, lists, quotes, rules, notes: source and HTML, by rule."""

import pytest

from tests.markup.drawing import draw


@pytest.mark.parametrize(
    "source, expected",
    [
        pytest.param("a", "<p> a </p>", id="one line is a paragraph"),
        pytest.param("a  \n b", "<p> a b </p>", id="blanks beside a line end go"),
        pytest.param("a\n\nb", "<p> a </p> <p> b </p>", id="an empty line parts paragraphs"),
        pytest.param("a\n \nb", "<p> a </p> <p> b </p>", id="a line of one blank parts paragraphs"),
        pytest.param("a\n  \nb", "<p> a </p> <p> b </p>", id="a line of two blanks parts paragraphs"),
        pytest.param("a\r\n\r\nb", "<p> a </p> <p> b </p>", id="carriage returns before newlines are nothing"),
        pytest.param(
            "====== A ======\nx",
            '<h1 class="sectionedit1" id="a">A</h1> <div class="level1"> <p> x </p> </div>',
            id="six signs make the largest heading",
        ),
        pytest.param(
            "== A ==", '<h5 id="a">A</h5> <div class="level5"> </div>', id="two signs make the smallest heading"
        ),
        pytest.param("== A == b", "<p> == A == b </p>", id="text behind a heading makes it text"),
        pytest.param(
            "== **A** & <b> ==",
            '<h5 id="a_b">**A** &amp; &lt;b&gt;</h5> <div class="level5"> </div>',
            id="a heading keeps no markup",
        ),
        pytest.param(
            "== A ==\n== A ==",
            '<h5 id="a">A</h5> <div class="level5"> </div> <h5 id="a1">A</h5> <div class="level5"> </div>',
            id="equal headings get ids of their own",
        ),
        pytest.param(
            "=====", '<div class="level2"> </div>', id="a heading of signs alone has a section but no heading"
        ),
        pytest.param("  == A ==", '<pre class="code">== A ==</pre>', id="indented by two blanks a heading is code"),
        pytest.param(
            "  * a\n  * b",
            '<ul> <li class="level1"><div class="li"> a</div> </li> <li class="level1"><div class="li"> b</div> </li> </ul>',
            id="a list",
        ),
        pytest.param("  - a", '<ol> <li class="level1"><div class="li"> a</div> </li> </ol>', id="a numbered list"),
        pytest.param(
            "  * a\n    - b\n  * c",
            '<ul> <li class="level1 node"><div class="li"> a</div> <ol> <li class="level2"><div class="li"> b</div> </li> </ol> </li> <li class="level1"><div class="li"> c</div> </li> </ul>',
            id="a list in an item",
        ),
        pytest.param(
            "  * a\n  - b",
            '<ul> <li class="level1"><div class="li"> a</div> </li> </ul> <ol> <li class="level1"><div class="li"> b</div> </li> </ol>',
            id="a change of kind begins another list",
        ),
        pytest.param(
            "  * a\n      * b\n    * c",
            '<ul> <li class="level1 node"><div class="li"> a</div> <ul> <li class="level3"><div class="li"> b</div> </li> </ul> </li> <li class="level1"><div class="li"> c</div> </li> </ul>',
            id="an item that skips a level goes one deeper",
        ),
        pytest.param(
            "  * a\nb",
            '<ul> <li class="level1"><div class="li"> a</div> </li> </ul> <p> b </p>',
            id="an item ends with its line",
        ),
        pytest.param(" * a", "<p> * a </p>", id="one blank makes no list"),
        pytest.param("\t* a", '<ul> <li class="level1"><div class="li"> a</div> </li> </ul>', id="a tab makes a list"),
        pytest.param("> a\n> b", '<blockquote><div class="no"> a<br/> b</div></blockquote>', id="a quote"),
        pytest.param(
            "> a\n>> b\n> c",
            '<blockquote><div class="no"> a<blockquote><div class="no"> b</div></blockquote> <p> c </p> </div></blockquote>',
            id="a quote in a quote",
        ),
        pytest.param(
            ">   * a",
            '<blockquote><div class="no"> <ul> <li class="level1"><div class="li"> a</div> </li> </ul> </div></blockquote>',
            id="a quote holds lists",
        ),
        pytest.param(
            "> == a ==", '<blockquote><div class="no"> == a ==</div></blockquote>', id="no heading in a quote"
        ),
        pytest.param("a\n----\nb", "<p> a </p> <hr /> <p> b </p>", id="a rule"),
        pytest.param("---", "<p> — </p>", id="three dashes are no rule"),
        pytest.param("  a\n    b\n\nc", '<pre class="code">a b</pre> <p> c </p>', id="indented text"),
        pytest.param("  a **b** <b>", '<pre class="code">a **b** &lt;b&gt;</pre>', id="indented text is literal"),
        pytest.param(
            "a((b)) c",
            '<p> a<sup><a href="#fn__1" id="fnt__1" class="fn_top">1)</a></sup> c </p> <div class="footnotes"> <div class="fn"><sup><a href="#fnt__1" id="fn__1" class="fn_bot">1)</a></sup> <div class="content">b</div></div> </div>',
            id="text of a note goes to the end",
        ),
        pytest.param(
            "a((x)) b((x))",
            '<p> a<sup><a href="#fn__1" id="fnt__1" class="fn_top">1)</a></sup> b<sup><a href="#fn__2" id="fnt__2" class="fn_top">2)</a></sup> </p> <div class="footnotes"> <div class="fn"><sup><a href="#fnt__1" id="fn__1" class="fn_bot">1)</a></sup> , <sup><a href="#fnt__2" id="fn__2" class="fn_bot">2)</a></sup> <div class="content">x</div></div> </div>',
            id="notes that read the same share an entry",
        ),
        pytest.param("a((b", "<p> a((b </p>", id="a note without end is text"),
        pytest.param(
            "a((b((d)) e",
            '<p> a<sup><a href="#fn__1" id="fnt__1" class="fn_top">1)</a></sup> e </p> <div class="footnotes"> <div class="fn"><sup><a href="#fnt__1" id="fn__1" class="fn_bot">1)</a></sup> <div class="content">b((d</div></div> </div>',
            id="no note in a note",
        ),
        pytest.param("~~NOTOC~~\na", "<p> a </p>", id="a contents switch leaves nothing behind"),
    ],
)
def test_blocks(source: str, expected: str) -> None:
    assert draw(source) == expected
