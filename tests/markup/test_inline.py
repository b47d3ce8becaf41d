# ruff: noqa: E501 HTML is read on one line
"""What stands inside a line: source and HTML, by rule."""

import pytest

from tests.markup.drawing import draw


@pytest.mark.parametrize(
    "source, expected",
    [
        pytest.param(
            "**a** //b// __c__ ''d''",
            '<p> <strong>a</strong> <em>b</em> <em class="u">c</em> <code>d</code> </p>',
            id="bold, italic, underlined, fixed",
        ),
        pytest.param(
            "<sub>a</sub> <sup>b</sup> <del>c</del>",
            "<p> <sub>a</sub> <sup>b</sup> <del>c</del> </p>",
            id="below, above, deleted",
        ),
        pytest.param("a**b**c", "<p> a<strong>b</strong>c </p>", id="bold inside a word"),
        pytest.param("**a //b// c**", "<p> <strong>a <em>b</em> c</strong> </p>", id="spans in each other"),
        pytest.param("**a //b** c//", "<p> <strong>a //b</strong> c// </p>", id="crossing spans: the outer one wins"),
        pytest.param("**a", "<p> **a </p>", id="an unclosed span is text"),
        pytest.param("**a\n\nb**", "<p> **a </p> <p> b** </p>", id="a span ends with its paragraph"),
        pytest.param("**a\nb**", "<p> <strong>a b</strong> </p>", id="a span goes on over a line"),
        pytest.param("** a**", "<p> ** a** </p>", id="a blank behind the opener makes it text"),
        pytest.param(
            "//a http://b.cd// e",
            '<p> //a <a href="http://b.cd//" class="urlextern" title="http://b.cd//" rel="ugc nofollow">http://b.cd//</a> e </p>',
            id="an address hides a closer",
        ),
        pytest.param("****", "<p> **** </p>", id="nothing between is text"),
        pytest.param("<nowiki>**a**</nowiki> %%//b//%%", "<p> **a** //b// </p>", id="nowiki"),
        pytest.param("<nowiki>a", "<p> &lt;nowiki&gt;a </p>", id="nowiki without end is text"),
        pytest.param("a\\\\ b\\\\\nc", "<p> a<br/> b<br/> c </p>", id="a forced line break"),
        pytest.param("a\\\\b", "<p> a\\\\b </p>", id="backslashes in a word are text"),
        pytest.param("<b>&amp; \"'", "<p> &lt;b&gt;&amp;amp; “&#039; </p>", id="everything is escaped"),
        pytest.param("a -> b -- c --- d ... (c)", "<p> a → b – c — d … © </p>", id="arrows and dashes"),
        pytest.param(
            "a :-) FIXME",
            '<p> a <span class="icon smiley smiley-smile" title=":-)">:-)</span> <span class="icon smiley smiley-fixme" title="FIXME">FIXME</span> </p>',
            id="smileys",
        ),
        pytest.param("a:-)", "<p> a:-) </p>", id="no smiley in a word"),
        pytest.param(
            "HTML, HTML5", '<p> <abbr title="HyperText Markup Language">HTML</abbr>, HTML5 </p>', id="acronyms"
        ),
        pytest.param("640x480 0x80", "<p> 640&times;480 0x80 </p>", id="sizes"),
        pytest.param('"a" b', "<p> “a” b </p>", id="quotation marks"),
        pytest.param("it's", "<p> it&#039;s </p>", id="an apostrophe is left alone"),
    ],
)
def test_inline(source: str, expected: str) -> None:
    assert draw(source) == expected
