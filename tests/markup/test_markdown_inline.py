# ruff: noqa: E501 HTML is read on one line
"""Text in Markdown, by construct: spans, code, escapes, line ends, addresses, small replacements."""

import pytest

from app.markup.markdown.inline import References, grammar_for, read_inline
from app.markup.nodes import (
    Close,
    Event,
    ExternalLink,
    MailLink,
    Note,
    Open,
    Raw,
)
from tests.markup.drawing import PLAIN
from tests.markup.inline_markdown import draw, read, spans


@pytest.mark.parametrize(
    "source, expected",
    [
        pytest.param(
            "*a* _b_ **c** __d__", "<em>a</em> <em>b</em> <strong>c</strong> <strong>d</strong>", id="both signs"
        ),
        pytest.param("***a***", "<em><strong>a</strong></em>", id="three signs: both"),
        pytest.param("*a **b** c*", "<em>a <strong>b</strong> c</em>", id="bold in italic"),
        pytest.param("**a *b* c**", "<strong>a <em>b</em> c</strong>", id="italic in bold"),
        pytest.param("***a* b**", "<strong><em>a</em> b</strong>", id="two spans begin together"),
        pytest.param("***a** b*", "<em><strong>a</strong> b</em>", id="two spans begin together, the other way"),
        pytest.param("**a***", "<strong>a</strong>*", id="a sign too many behind"),
        pytest.param("****a*", "***<em>a</em>", id="signs too many in front"),
        pytest.param("*a _b* c_", "<em>a _b</em> c_", id="of crossing spans the first that closes wins"),
        pytest.param("*foo**bar*", "<em>foo**bar</em>", id="lengths that add up to a triple do not pair"),
        pytest.param("a*b*c", "a<em>b</em>c", id="stars work inside a word"),
        pytest.param("a_b_c snake_case_word", "a_b_c snake_case_word", id="low lines do not"),
        pytest.param("é_a_é", "é_a_é", id="nor between other letters"),
        pytest.param("(_a_)", "(<em>a</em>)", id="low lines beside punctuation"),
        pytest.param("* a * b*", "* a * b*", id="a blank behind an opener"),
        pytest.param("*a *", "*a *", id="a blank before a closer"),
        pytest.param("*\xa0a*", "*\xa0a*", id="a hard blank is a blank"),
        pytest.param("a*“b”*c", "a*“b”*c", id="punctuation beyond ASCII is punctuation"),
        pytest.param("*a\nb*", "<em>a\nb</em>", id="over a line end"),
        pytest.param("*a", "*a", id="without an end: text"),
        pytest.param("** a **", "** a **", id="no flank"),
        pytest.param("~~a~~ ~b~", "<del>a</del> <del>b</del>", id="one or two tildes"),
        pytest.param("~~~a~~~", "~~~a~~~", id="three tildes are text"),
        pytest.param("~~a~ b~~", "<del>a~ b</del>", id="tildes pair with as many"),
        pytest.param("*a ~~b~~*", "<em>a <del>b</del></em>", id="struck out in italic"),
        pytest.param(r"\_\_a_b_", "__a_b_", id="an escaped low line is text"),
        pytest.param(r"\__a_", "_<em>a</em>", id="a low line behind an escaped one is none"),
        pytest.param(r"\**a*", "*<em>a</em>", id="a star behind an escaped one"),
    ],
)
def test_emphasis(source: str, expected: str) -> None:
    assert spans(source) == expected


@pytest.mark.parametrize(
    "source, expected",
    [
        pytest.param("`a*b*`", "<code>a*b*</code>", id="nothing is markup inside"),
        pytest.param("``a`b``", "<code>a`b</code>", id="a backtick inside two"),
        pytest.param("```a```", "<code>a</code>", id="any number of backticks"),
        pytest.param("`` ` ``", "<code>`</code>", id="one blank on either side goes"),
        pytest.param("`  a  `", "<code> a </code>", id="only one goes"),
        pytest.param("` `", "<code> </code>", id="nothing but a blank stays"),
        pytest.param("` a`", "<code> a</code>", id="a blank on one side stays"),
        pytest.param("`a\nb`", "<code>a b</code>", id="a line end is a blank"),
        pytest.param("``a`", "``a`", id="runs of other length do not close"),
        pytest.param(r"`a\`b`", r"<code>a\</code>b`", id="a backslash is itself"),
        pytest.param("`<b>&amp;`", "<code>&lt;b&gt;&amp;amp;</code>", id="tags and characters are themselves"),
        pytest.param("*a`*`", "*a<code>*</code>", id="code comes before emphasis"),
        pytest.param("[a`](b)`", "[a<code>](b)</code>", id="code comes before links"),
        pytest.param(r"\`a`", "`a`", id="an escaped backtick opens nothing"),
    ],
)
def test_code(source: str, expected: str) -> None:
    assert draw(source) == expected


@pytest.mark.parametrize(
    "source, expected",
    [
        pytest.param(r"\*a\*", "*a*", id="an escape"),
        pytest.param(r"\a\ \é", r"\a\ \é", id="only punctuation can be escaped"),
        pytest.param("\\<b>", "&lt;b&gt;", id="an escaped tag"),
        pytest.param("&copy; &#35; &#x22; &amp;", "© # &quot; &amp;", id="characters by name and number"),
        pytest.param(
            "&nope; &copy &; &#; &#x;", "&amp;nope; &amp;copy &amp;; &amp;#; &amp;#x;", id="what is no character"
        ),
        pytest.param("&#0;&#55296;&#x110000;", "\ufffd\ufffd\ufffd", id="characters that cannot be"),
        pytest.param("&#42;a&#42;", "*a*", id="a decoded sign is text"),
        pytest.param("&lt;b&gt;", "&lt;b&gt;", id="a decoded tag is text"),
        pytest.param("a  \nb", "a<br/>\nb", id="two blanks break the line"),
        pytest.param("a \n  b", "a\nb", id="one blank does not"),
        pytest.param("a\\\nb", "a<br/>\nb", id="a backslash breaks the line"),
        pytest.param("a\\", "a\\", id="not at the end"),
        pytest.param("a  ", "a", id="nor do blanks"),
        pytest.param("*a*  \nb", "<em>a</em><br/>\nb", id="a break behind a span"),
        pytest.param("`a  \nb`", "<code>a   b</code>", id="no break in code"),
    ],
)
def test_escapes_and_lines(source: str, expected: str) -> None:
    assert draw(source) == expected


def test_code_is_what_no_rule_looks_into() -> None:
    assert read("`a`") == [Open("monospace"), Raw("a"), Close("monospace")]


@pytest.mark.parametrize(
    "source, expected",
    [
        pytest.param("https://x.org", [ExternalLink("https://x.org", None)], id="an address"),
        pytest.param("HTTPS://x.org", [ExternalLink("HTTPS://x.org", None)], id="any case"),
        pytest.param("http://wiki/a_b_c", [ExternalLink("http://wiki/a_b_c", None)], id="a host without a dot"),
        pytest.param("www.x.org/a", [ExternalLink("http://www.x.org/a", "www.x.org/a")], id="a host alone"),
        pytest.param("awww.x.org", ["awww.x.org"], id="not inside a word"),
        pytest.param("http://x.org.", [ExternalLink("http://x.org", None), "."], id="a full stop ends the sentence"),
        pytest.param("http://x.org/?a=b,", [ExternalLink("http://x.org/?a=b", None), ","], id="a comma too"),
        pytest.param("(http://x.org/a(b))", ["(", ExternalLink("http://x.org/a(b)", None), ")"], id="parentheses in pairs"),
        pytest.param("http://x.org/a&copy;", [ExternalLink("http://x.org/a", None), "©"], id="a character at the end"),
        pytest.param("http://x.org/a;", [ExternalLink("http://x.org/a", None), ";"], id="a semicolon at the end"),
        pytest.param("http://x.org/<b", [ExternalLink("http://x.org/", None), "<b"], id="up to a tag"),
        pytest.param("*http://x.org*", [Open("emphasis"), ExternalLink("http://x.org", None), Close("emphasis")], id="in emphasis"),
        pytest.param("[http://x.org]", ["[", ExternalLink("http://x.org", None), "]"], id="in brackets"),
        pytest.param("((http://x.org/a))", [Note((ExternalLink("http://x.org/a", None),))], id="in a note"),
        pytest.param("http://a_b.c_d", ["http://a_b.c_d"], id="no host has low lines at its end"),
        pytest.param("http://", ["http://"], id="nothing behind the scheme"),
        pytest.param("foo://x.org", ["foo://x.org"], id="a scheme that is not the wiki's"),
        pytest.param("a.b_c@x.org, d", [MailLink("a.b_c@x.org", None), ", d"], id="mail"),
        pytest.param("mailto:a@x.org", [MailLink("a@x.org", None)], id="mail with its scheme"),
        pytest.param("a@b a@b.c_", ["a@b a@b.c_"], id="what is no mail address"),
        pytest.param("<https://x.org/a_b>", [ExternalLink("https://x.org/a_b", None)], id="between angle brackets"),
        pytest.param("<a@x.org>", [MailLink("a@x.org", None)], id="mail between angle brackets"),
        pytest.param("<mailto:a@x.org>", [MailLink("a@x.org", None)], id="the same with its scheme"),
        pytest.param("<foo:bar>", ["<foo:bar>"], id="another scheme between angle brackets"),
        pytest.param(r"http\://x.org a\@x.org", ["http://x.org a@x.org"], id="escaped"),
    ],
)  # fmt: skip
def test_addresses(source: str, expected: list[Event]) -> None:
    assert read(source) == expected


@pytest.mark.parametrize(
    "source, expected",
    [
        pytest.param('"a" -- b ... (c)', "“a” – b … ©", id="typography"),
        pytest.param(r"\"a\" \-- \(c)", "&quot;a&quot; -- (c)", id="escaped"),
        pytest.param("640x480", "640&times;480", id="sizes"),
        pytest.param("HTML", '<abbr title="HyperText Markup Language">HTML</abbr>', id="acronyms"),
        pytest.param(":-)", '<span class="icon smiley smiley-smile" title=":-)">:-)</span>', id="smileys"),
        pytest.param("`-- :-)`", "<code>-- :-)</code>", id="not in code"),
        pytest.param("~~NOTOC~~a", "a", id="an order to the wiki"),
    ],
)
def test_small_replacements(source: str, expected: str) -> None:
    assert draw(source, PLAIN) == expected


def test_small_replacements_can_be_left_out() -> None:
    events = read_inline('"HTML" -- :-) *a*', grammar_for(PLAIN, small=False), References())
    assert events == ['"HTML" -- :-) ', Open("emphasis"), "a", Close("emphasis")]


def test_lists_of_backlinks_have_a_place() -> None:
    (event,) = read("{{backlinks>.}}")
    assert type(event).__name__ == "Extra"
