# ruff: noqa: E501 HTML is read on one line
"""Code: source and HTML, by rule."""

import pytest

from tests.markup.drawing import draw


@pytest.mark.parametrize(
    "source, expected",
    [
        pytest.param("<code>\n**a** <b>\n</code>", '<pre class="code">**a** &lt;b&gt;</pre>', id="code"),
        pytest.param("<file>a</file>", '<pre class="file">a</pre>', id="a file"),
        pytest.param(
            "<code python>x = 1</code>",
            '<pre class="code python"><span class="n">x</span> <span class="o">=</span> <span class="mi">1</span></pre>',
            id="a language",
        ),
        pytest.param(
            "<code php a&b.php>x</code>",
            '<dl class="code"> <dt><a href="/_export/code/ns:page?codeblock=0" title="Download Snippet" class="mediafile mf_php">a&amp;b.php</a></dt> <dd><pre class="code php"><span class="nx">x</span></pre> </dd></dl>',
            id="a file name",
        ),
        pytest.param("<code zzz>a</code>", '<pre class="code zzz">a</pre>', id="a language nobody knows"),
        pytest.param(
            "<code java>Color COLOR</code>",
            '<pre class="code java"><span class="n"><a href="http://www.google.com/search?hl=en&amp;q=allinurl%3Adocs.oracle.com+javase+docs+api+color">Color</a></span> <span class="n">COLOR</span></pre>',
            id="classes of Java lead to where they are told of",
        ),
        pytest.param(
            '<code java [enable_keyword_links="false"]>Color</code>',
            '<pre class="code java"><span class="n">Color</span></pre>',
            id="links can be switched off",
        ),
        pytest.param(
            "<code sql>select Name</code>",
            '<pre class="code sql"><span class="k">SELECT</span> <span class="n">Name</span></pre>',
            id="reserved words of SQL in capitals",
        ),
        pytest.param("<code>a", "<p> &lt;code&gt;a </p>", id="no end"),
        pytest.param(
            "a <code>b</code> c", '<p> a </p> <pre class="code">b</pre> <p> c </p>', id="splits its paragraph"
        ),
        pytest.param(
            '<code zzz [enable_line_numbers start_line_numbers_at="5" highlight_lines_extra="2"]>a\nb</code>',
            '<pre class="code zzz"><ol start="5"><li class="li1"><div class="de1">a</div></li><li class="li1 ln-xtra"><div class="de1">b</div></li></ol></pre>',
            id="numbered lines",
        ),
        pytest.param(
            "**a <code>b</code> c**", "<p> <strong>a &lt;code&gt;b&lt;/code&gt; c</strong> </p>", id="not in bold"
        ),
    ],
)
def test_code(source: str, expected: str) -> None:
    assert draw(source) == expected
