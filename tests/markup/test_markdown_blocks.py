"""The block structure of Markdown: what GitHub makes of the same text, as a line of tags."""

from collections.abc import Callable
from typing import Any

import pytest

from app.domain.wiki_settings import WikiSettings
from app.markup import parse, sections
from app.markup.markdown import read_markdown
from app.markup.markdown.blocks.tables import MOST_EMPTY_CELLS
from app.markup.markdown.frame import DEEPEST
from app.markup.nodes import (
    Callout,
    CellOpen,
    Close,
    Code,
    Event,
    Heading,
    Html,
    ItemOpen,
    Mark,
    Note,
    NoteText,
    Numbered,
    Open,
    PageLink,
    Preformatted,
    Raw,
    SectionOpen,
    TableClose,
    TableOpen,
)

SETTINGS = WikiSettings(typography=0)
_SHORT = {"emphasis": "em", "strong": "b", "ulist": "ul", "olist": "ol", "content": "div", "linebreak": "br"}
_SHOWN: dict[type, Callable[[Any], str]] = {
    str: lambda text: text.replace("\n", "¶"),
    Open: lambda event: f"<{_SHORT.get(event.name, event.name)}>",
    Close: lambda event: f"</{_SHORT.get(event.name, event.name)}>",
    Mark: lambda mark: f"<{_SHORT.get(mark.name, mark.name)}>",
    Heading: lambda heading: f"<h{heading.level}>{heading.title}",
    SectionOpen: lambda section: f"</h{section.level}>",
    Numbered: lambda numbered: f"<ol {numbered.start}>",
    Callout: lambda callout: f"<callout {callout.kind}>",
    Html: lambda tag: f"</{tag.name.upper()}>" if tag.closing else f"<{tag.name.upper()}>",
    ItemOpen: lambda item: f"<item {item.level}{'+' if item.parent else ''}>",
    TableOpen: lambda _: "<table>",
    TableClose: lambda _: "</table>",
    CellOpen: lambda cell: f"<{' '.join(('th' if cell.header else 'td', cell.align)).strip()}>",
    Raw: lambda raw: raw.text,
    Preformatted: lambda block: f"<pre>{block.text}</pre>".replace("\n", "¶"),
    Code: lambda block: f"<{f'{block.kind} {block.language} {block.filename}'.strip()}>{_body(block)}",
    PageLink: lambda link: f"[{link.title}>{link.target}]",
    Note: lambda note: f"({shown(note.events)}{note.label})",
    NoteText: lambda note: f"{{{note.label}: {shown(note.events)}}}",
}


def _body(block: Code) -> str:
    assert block.text.startswith("\n")
    return block.text.removeprefix("\n").replace("\n", "¶")


def shown(events: list[Event] | tuple[Event, ...]) -> str:
    return "".join(_SHOWN[type(event)](event) for event in events)


def read(source: str) -> str:
    """The page's events as tags; ``¶`` is a line end in text."""
    return shown(read_markdown(source, SETTINGS))


def of(*cases: tuple[str, str, str]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("source, result", [pytest.param(*rest, id=name) for name, *rest in cases])


@of(
    ("six levels", "# a\n###### b", "<h1>a</h1><h6>b</h6>"),
    ("seven signs are text", "####### a", "<p>####### a</p>"),
    ("no blank, no heading", "#a", "<p>#a</p>"),
    ("indented by three", "   ## a", "<h2>a</h2>"),
    ("indented by four is code", "    # a", "<pre># a</pre>"),
    ("closing signs", "## a ##  ", "<h2>a</h2>"),
    ("closing signs need a blank", "# a#", "<h1>a#</h1>"),
    ("only signs", "### ###", "<h3></h3>"),
    ("an escaped closing sign stays", "# a \\#", "<h1>a #</h1>"),
    ("markup in a title", "# a *b* [c](d)", "<h1>a b c</h1>"),
    ("in the middle of a paragraph", "a\n# b\nc", "<p>a</p><h1>b</h1><p>c</p>"),
    ("underlined", "a\n===\nb\n-", "<h1>a</h1><h2>b</h2>"),
    ("underlined over two lines", "a\n*b*\n==", "<h1>a b</h1>"),
    ("underlined needs text", "===\na", "<p>===¶a</p>"),
    ("blanks in the underline", "a\n= =", "<p>a¶= =</p>"),
    ("a lazy line underlines nothing", "> a\n---", "<quote><p>a</p></quote><hr>"),
    ("in a quote it is no section", "> # a", "<quote><heading1>a</heading1></quote>"),
    ("in an item it is no section", "- # a", "<ul><item 1><div><heading1>a</heading1></div></item></ul>"),
    ("a no-break space stays", "# a\xa0!", "<h1>a\xa0!</h1>"),
)
def test_headings(source: str, result: str) -> None:
    assert read(source) == result


@of(
    ("three of each", "***\n---\n___", "<hr><hr><hr>"),
    ("blanks between", " *  * *\t", "<hr>"),
    ("two are text", "__", "<p>__</p>"),
    ("other signs are text", "___a", "<p>___a</p>"),
    ("mixed signs are text", "_-*", "<p>_-*</p>"),
    ("between items", "- a\n***\n- b", "<ul><item 1><div>a</div></item></ul><hr><ul><item 1><div>b</div></item></ul>"),
    ("below text it underlines", "a\n---", "<h2>a</h2>"),
    ("below text with stars it does not", "a\n***", "<p>a</p><hr>"),
)
def test_rulers(source: str, result: str) -> None:
    assert read(source) == result


@of(
    ("two lines", "a\nb", "<p>a¶b</p>"),
    ("parted by blank lines", "a\n  \n\nb", "<p>a</p><p>b</p>"),
    ("blanks in front", "  a\n      b", "<p>a¶b</p>"),
    ("blanks at the end break the line", "a  \nb  ", "<p>a<br>b</p>"),
    ("nothing", " \n\t\n", ""),
    ("what stands alone parts it", "a\n{{backlinks>.}}\nb", "BLOCK"),
)
def test_paragraphs(source: str, result: str) -> None:
    if result != "BLOCK":
        assert read(source) == result
        return
    kinds = [type(event).__name__ for event in read_markdown(source, SETTINGS)]
    assert kinds == ["Open", "str", "Close", "Extra", "Open", "str", "Close"]


@of(
    ("plain", "```\na\n\nb\n```", "<code>a¶¶b¶"),
    ("tildes are a file", "~~~\na\n~~~", "<file>a¶"),
    ("empty", "```\n```", "<code>"),
    ("a language", "```python\na\n```", "<code python>a¶"),
    ("language and file name", "``` js  x.js\na\n```", "<code js x.js>a¶"),
    ("a list of lines is no file name", "```js {1,3}\na\n```", "<code js>a¶"),
    ("braces behind the language", "```js{1,3}\na\n```", "<code js>a¶"),
    ("a language in braces", "```{r}\na\n```", "<code r>a¶"),
    ("words behind a comma", "```rust,no_run\na\n```", "<code rust>a¶"),
    ("options of other programs", '```js title="x.js"\na\n```', "<code js>a¶"),
    ("escapes in what stands behind", "``` a\\+&amp;\nb\n```", "<code a+&>b¶"),
    ("closed by a longer one", "```\na\n`````\nb", "<code>a¶<p>b</p>"),
    ("not closed by a shorter one", "````\n```\n````", "<code>```¶"),
    ("not closed by the other sign", "~~~\n```\n~~~", "<file>```¶"),
    ("not closed by one with words", "```\n``` x\n```", "<code>``` x¶"),
    ("never closed", "```\na\n\nb", "<code>a¶¶b¶"),
    ("never closed in a quote", "> ```\n> a\nb", "<quote><code>a¶</quote><p>b</p>"),
    ("backticks behind backticks are text", "``` a`b\nc", "<p>``` a`b¶c</p>"),
    ("indented with its lines", "  ```\n  a\n   b\nc\n  ```", "<code>a¶ b¶c¶"),
    ("below text", "a\n```\nb\n```\nc", "<p>a</p><code>b¶<p>c</p>"),
    ("in an item", "- ```\n  a\n    b\n  ```", "<ul><item 1><div><code>a¶  b¶</div></item></ul>"),
    ("markup inside is text", "```\n# a\n- b\n> c\n```", "<code># a¶- b¶> c¶"),
    ("tabs inside stay", "```\n\ta\n```", "<code>\ta¶"),
)
def test_fences(source: str, result: str) -> None:
    assert read(source) == result


def test_options_of_code_are_those_of_the_other_markup() -> None:
    (block,) = read_markdown('```python x.py [enable_line_numbers="true"]\na\n```', SETTINGS)
    assert isinstance(block, Code)
    assert (block.language, block.filename, block.options.first) == ("python", "x.py", 1)


@of(
    ("four blanks", "    a\n      b", "<pre>a¶  b</pre>"),
    ("a tab", "\ta\tb", "<pre>a\tb</pre>"),
    ("blanks and a tab", "  \ta", "<pre>a</pre>"),
    ("blank lines inside", "    a\n\n  \n      \n    b", "<pre>a¶¶¶  ¶b</pre>"),
    ("blank lines at the ends are not seen", "\n\n    a\n\nb", "<pre>a</pre><p>b</p>"),
    ("never below text", "a\n    b", "<p>a¶b</p>"),
    ("below a heading", "# a\n    b", "<h1>a</h1><pre>b</pre>"),
    ("in an item", "- a\n\n      b", "<ul><item 1><div><p>a</p><pre>b</pre></div></item></ul>"),
    ("in a quote", ">     a", "<quote><pre>a</pre></quote>"),
    ("a tab behind the sign of a quote", ">\t\ta", "<quote><pre>  a</pre></quote>"),
)
def test_indented_code(source: str, result: str) -> None:
    assert read(source) == result


@of(
    ("two lines", "> a\n>b", "<quote><p>a¶b</p></quote>"),
    ("inside each other", "> a\n>> b", "<quote><p>a</p><quote><p>b</p></quote></quote>"),
    ("text goes on without the sign", "> a\nb", "<quote><p>a¶b</p></quote>"),
    ("text goes on out of three", ">>> a\nb", "<quote><quote><quote><p>a¶b</p></quote></quote></quote>"),
    ("a blank line ends it", "> a\n\nb", "<quote><p>a</p></quote><p>b</p>"),
    ("parted in two", "> a\n\n> b", "<quote><p>a</p></quote><quote><p>b</p></quote>"),
    ("paragraphs inside", "> a\n>\n> b", "<quote><p>a</p><p>b</p></quote>"),
    ("code does not go on", ">     a\nb", "<quote><pre>a</pre></quote><p>b</p>"),
    ("below text", "a\n> b", "<p>a</p><quote><p>b</p></quote>"),
    ("a list inside", "> - a\n> - b", "<quote><ul><item 1><div>a</div></item><item 1><div>b</div></item></ul></quote>"),
    ("empty", ">", "<quote></quote>"),
)
def test_quotes(source: str, result: str) -> None:
    assert read(source) == result


@of(
    ("of a kind", "> [!NOTE]\n> a", "<callout note><p>a</p></callout>"),
    ("in small letters", "> [!tip]  \n> a", "<callout tip><p>a</p></callout>"),
    ("with a blank line", "> [!WARNING]\n>\n> a\n>\n> b", "<callout warning><p>a</p><p>b</p></callout>"),
    ("empty it is a quote", "> [!NOTE]", "<quote><p>[!NOTE]</p></quote>"),
    ("of no kind", "> [!BEWARE]\n> a", "<quote><p>[!BEWARE]¶a</p></quote>"),
    ("with text behind", "> [!NOTE] a\n> b", "<quote><p>[!NOTE] a¶b</p></quote>"),
    ("inside a quote", "> > [!NOTE]\n> > a", "<quote><quote><p>[!NOTE]¶a</p></quote></quote>"),
)
def test_callouts(source: str, result: str) -> None:
    assert read(source) == result


def items(*texts: str) -> str:
    return "".join(f"<item 1><div>{text}</div></item>" for text in texts)


@of(
    ("three signs", "- a", f"<ul>{items('a')}</ul>"),
    ("another sign is another list", "- a\n+ b", f"<ul>{items('a')}</ul><ul>{items('b')}</ul>"),
    ("another closing sign too", "1. a\n1) b", f"<ol>{items('a')}</ol><ol>{items('b')}</ol>"),
    ("no blank, no item", "-a\n\n1.b", "<p>-a</p><p>1.b</p>"),
    ("a number to begin with", "3. a\n9. b", f"<ol 3>{items('a', 'b')}</ol>"),
    ("nought", "0. a", f"<ol 0>{items('a')}</ol>"),
    ("ten digits are text", "1234567890. a", "<p>1234567890. a</p>"),
    ("below text", "a\n- b", f"<p>a</p><ul>{items('b')}</ul>"),
    ("below text from one only", "a\n2. b\n\nc\n1. d", f"<p>a¶2. b</p><p>c</p><ol>{items('d')}</ol>"),
    ("below text not an empty one", "a\n*", "<p>a¶*</p>"),
    ("empty items", "-\n- a\n-", f"<ul>{items('', 'a', '')}</ul>"),
    ("text below an empty item", "-\n  a", f"<ul>{items('a')}</ul>"),
    ("no text two lines below an empty item", "-\n\n  a", f"<ul>{items('')}</ul><p>a</p>"),
    ("lines of an item", "- a\n  b", f"<ul>{items('a¶b')}</ul>"),
    ("text goes on without blanks", "- a\nb", f"<ul>{items('a¶b')}</ul>"),
    ("code after the sign", "-     a", f"<ul>{items('<pre>a</pre>')}</ul>"),
    ("a ruler as item", "- * * *", f"<ul>{items('<hr>')}</ul>"),
    ("a quote as item", "- > a", f"<ul>{items('<quote><p>a</p></quote>')}</ul>"),
    ("indented by three", "   - a", f"<ul>{items('a')}</ul>"),
)
def test_lists(source: str, result: str) -> None:
    assert read(source) == result


def numbered(tag: str) -> str:
    return tag + ONE_IN_ONE.removeprefix("<ul>").removesuffix("</ul>") + "</ol>"


IN_QUOTE = f"<ul>{items('a')}</ul>"
ONE_IN_ONE = "<ul><item 1+><div>a</div><ul><item 2><div>b</div></item></ul></item></ul>"


@of(
    ("by two blanks", "- a\n  - b", ONE_IN_ONE),
    ("by a tab", "- a\n\t- b", ONE_IN_ONE),
    (
        "by the width of the marker",
        "10. a\n    - b",
        numbered("<ol 10>"),
    ),
    ("one blank is too few", "- a\n - b", f"<ul>{items('a', 'b')}</ul>"),
    ("three blanks below a number", "1. a\n   - b", numbered("<ol>")),
    ("two blanks below a number are too few", "1. a\n  - b", f"<ol>{items('a')}</ol><ul>{items('b')}</ul>"),
    ("two signs on a line", "- - a", "<ul><item 1+><ul><item 2><div>a</div></item></ul></item></ul>"),
    (
        "text behind the inner list",
        "- a\n  - b\n\n  c",
        "<ul><item 1+><div><p>a</p></div><ul><item 2><div>b</div></item></ul><div><p>c</p></div></item></ul>",
    ),
    ("a list in a quote counts anew", "- > - a", f"<ul>{items('<quote>' + IN_QUOTE + '</quote>')}</ul>"),
)
def test_lists_inside_lists(source: str, result: str) -> None:
    assert read(source) == result


@of(
    ("a blank line between items", "- a\n\n- b\n- c", f"<ul>{items('<p>a</p>', '<p>b</p>', '<p>c</p>')}</ul>"),
    ("a blank line in an item", "- a\n\n  b\n- c", f"<ul>{items('<p>a</p><p>b</p>', '<p>c</p>')}</ul>"),
    ("a blank line in code parts nothing", "- ```\n\n  ```\n- b", f"<ul>{items('<code>¶', 'b')}</ul>"),
    ("a blank line in a quote parts nothing", "- > a\n  >\n- b", f"<ul>{items('<quote><p>a</p></quote>', 'b')}</ul>"),
    ("a blank line behind the list parts nothing", "- a\n- b\n\nc", f"<ul>{items('a', 'b')}</ul><p>c</p>"),
    (
        "definitions count as blocks",
        "- a\n- b\n\n  [x]: y\n- c",
        f"<ul>{items('<p>a</p>', '<p>b</p>', '<p>c</p>')}</ul>",
    ),
    ("a comment parts two lists", "- a\n\n<!-- -->\n\n- b", f"<ul>{items('a')}</ul><ul>{items('b')}</ul>"),
)
def test_blank_lines_in_lists(source: str, result: str) -> None:
    assert read(source) == result


@of(
    ("open and done", "- [ ] a\n- [x] b\n- [X] c", f"<ul>{items('<task_open>a', '<task_done>b', '<task_done>c')}</ul>"),
    ("numbered", "1. [ ] a", f"<ol>{items('<task_open>a')}</ol>"),
    ("with paragraphs", "- [ ] a\n\n- b", f"<ul>{items('<p><task_open>a</p>', '<p>b</p>')}</ul>"),
    ("no blank behind", "- [x]a", f"<ul>{items('[x]a')}</ul>"),
    ("nothing behind", "- [ ]", f"<ul>{items('[ ]')}</ul>"),
    ("other letters", "- [y] a", f"<ul>{items('[y] a')}</ul>"),
    ("outside of lists", "[ ] a", "<p>[ ] a</p>"),
)
def test_tasks(source: str, result: str) -> None:
    assert read(source) == result


def table(head: str, *rows: str) -> str:
    body = f"<tbody>{''.join(f'<row>{row}</row>' for row in rows)}</tbody>" if rows else ""
    return f"<table><thead><row>{head}</row></thead>{body}</table>"


AB = "<th>a</th><th>b</th>"


@of(
    ("with borders", "| a | b |\n|---|---|\n| c | d |", table(AB, "<td>c</td><td>d</td>")),
    ("without borders", "a|b\n-|-\nc|d", table(AB, "<td>c</td><td>d</td>")),
    ("a head alone", "|a|b|\n|-|-|", table(AB)),
    (
        "alignment",
        "|a|b|c|d|\n|:-|-:|:-:|-|",
        table("<th left>a</th><th right>b</th><th center>c</th><th>d</th>"),
    ),
    ("one column", "|a|\n|-|", table("<th>a</th>")),
    ("one column by a colon", "a\n:-", table("<th left>a</th>")),
    ("short rows are filled up", "|a|b|\n|-|-|\n|c|", table(AB, "<td>c</td><td></td>")),
    ("long rows are cut", "|a|b|\n|-|-|\n|c|d|e|", table(AB, "<td>c</td><td>d</td>")),
    ("text is a row", "|a|b|\n|-|-|\nc", table(AB, "<td>c</td><td></td>")),
    ("another number of cells is text", "|a|b|\n|-|", "<p>|a|b|¶|-|</p>"),
    ("an escaped border", "|a\\|b|\n|-|", table("<th>a|b</th>")),
    ("an escaped border in code", "|`a\\|b`|\n|-|", table("<th><monospace>a|b</monospace></th>")),
    ("an unescaped border in code parts", "|`a|b`|\n|-|-|", table("<th>`a</th><th>b`</th>")),
    ("below text", "x\n|a|b|\n|-|-|", "<p>x</p>" + table(AB)),
    ("ended by a blank line", "|a|b|\n|-|-|\n\nc", table(AB) + "<p>c</p>"),
    ("ended by a quote", "|a|b|\n|-|-|\n> c", table(AB) + "<quote><p>c</p></quote>"),
    ("ended by a heading", "|a|b|\n|-|-|\n# c", table(AB) + "<h1>c</h1>"),
    ("ended by a list", "|a|b|\n|-|-|\n- c", table(AB) + f"<ul>{items('c')}</ul>"),
    ("a border alone is no row", "|a|b|\n|-|-|\n|", table(AB) + "<p>|</p>"),
    ("not by lazy lines", "> |a|\n|-|", "<quote><p>|a|¶|-|</p></quote>"),
    ("in an item", "- |a|b|\n  |-|-|", f"<ul>{items(table(AB))}</ul>"),
)
def test_tables(source: str, result: str) -> None:
    assert read(source) == result


@of(
    ("tags of the list", "<div>\n*a*\n</div>", "<DIV>¶*a*¶</DIV>"),
    ("markup behind a blank line", "<div>\n\n*a*\n\n</div>", "<DIV><p><em>a</em></p></DIV>"),
    ("what is never closed ends with its container", "> <div>\n\na", "<quote><DIV></DIV></quote><p>a</p>"),
    ("ends without beginning are gone", "</div>\n\na", "<p>a</p>"),
    ("scripts are text", "<script>\n\nx()\n</script>\na", "<script>¶¶x()¶</script><p>a</p>"),
    ("comments are gone", "<!-- a\n\nb -->\nc", "<p>c</p>"),
    ("any tag alone on its line", "<kbd>\n*a*\n</kbd>", "<KBD>¶*a*¶</KBD>"),
    ("any tag below text is inline", "a\n<kbd>*b*</kbd>", "<p>a¶<KBD><em>b</em></KBD></p>"),
    ("a block's tag below text", "a\n<div>\nb", "<p>a</p><DIV>¶b</DIV>"),
    ("preformatted over blank lines", "<pre>\na\n\n*b*\n</pre>", "<PRE>¶a¶¶*b*¶</PRE>"),
)
def test_raw_html(source: str, result: str) -> None:
    assert read(source) == result


@of(
    ("inside raw tags it is no section", "<div>\n\n# a\n\n</div>", "<DIV><heading1>a</heading1></DIV>"),
    ("behind them it is one", "<div>\n\n</div>\n\n# a", "<DIV></DIV><h1>a</h1>"),
    ("tags never closed hold none", "<div>\n\n# a", "<DIV></DIV><h1>a</h1>"),
    (
        "only the closed ones count",
        "<div>\n\n<p>\n\n# a\n\n</div>\n\n# b",
        "<DIV><P><heading1>a</heading1></P></DIV><h1>b</h1>",
    ),
)
def test_headings_and_raw_tags(source: str, result: str) -> None:
    assert read(source) == result


@of(
    ("used before", "[a]\n\n[a]: b", "<p>[a>b]</p>"),
    ("the first one wins", "[a]: b\n[a]: c\n\n[a]", "<p>[a>b]</p>"),
    ("in front of text", "[a]: b\n[a]", "<p>[a>b]</p>"),
    ("not behind text", "x\n[a]: b", "<p>x¶[a]: b</p>"),
    ("in a quote", "> [a]: b\n\n[a]", "<quote></quote><p>[a>b]</p>"),
    ("in front of a heading", "[a]: b\nc\n===\n[a]", "<h1>c</h1><p>[a>b]</p>"),
    ("no heading of definitions", "[a]: b\n===\n[a]", "<p>===¶[a>b]</p>"),
    ("parts two lists", "- x\n\n[a]: b\n\n- y", f"<ul>{items('x')}</ul><ul>{items('y')}</ul>"),
)
def test_definitions(source: str, result: str) -> None:
    assert read(source) == result


@of(
    ("a paragraph", "x[^1]\n\n[^1]: a", "<p>x(1)</p>{1: a}"),
    ("in any case of letters", "x[^Ab]\n\n[^aB]: a", "<p>x(ab)</p>{ab: a}"),
    ("more than one", "x[^1]\n\n[^1]: a\n\n    b\n\nc", "<p>x(1)</p><p>c</p>{1: <p>a</p><p>b</p>}"),
    ("blocks", "x[^1]\n\n[^1]: - a\n    - b", f"<p>x(1)</p>{{1: <ul>{items('a', 'b')}</ul>}}"),
    ("text goes on without blanks", "x[^1]\n\n[^1]: a\nb", "<p>x(1)</p>{1: a¶b}"),
    ("used twice it is said once", "[^1] [^1]\n\n[^1]: a", "<p>(1) (1)</p>{1: a}"),
    ("in order of use", "[^b] [^a]\n\n[^a]: x\n[^b]: y", "<p>(b) (a)</p>{b: y}{a: x}"),
    ("the first one wins", "[^1]\n\n[^1]: a\n[^1]: b", "<p>(1)</p>{1: a}"),
    ("never used it is not seen", "x\n\n[^1]: a", "<p>x</p>"),
    ("of itself", "[^1]\n\n[^1]: a [^1]", "<p>(1)</p>{1: a (1)}"),
    ("by another note", "[^1]\n\n[^1]: a [^2]\n[^2]: b", "<p>(1)</p>{1: a (2)}{2: b}"),
    ("below text", "x[^1]\n[^1]: a", "<p>x(1)</p>{1: a}"),
    ("nobody wrote it", "x[^1]", "<p>x[^1]</p>"),
)
def test_notes(source: str, result: str) -> None:
    assert read(source) == result


def places(source: str) -> list[tuple[str, str, str]]:
    """Kind, title and source of each part that can be edited alone."""
    document = parse(source, SETTINGS, "markdown")
    return [(part.kind, part.title, source[part.start : part.end]) for part in sections(document, SETTINGS)]


def test_sections_are_exact_pieces_of_the_source() -> None:
    assert places("x\n\n# A\n\na\n\n  B\n---\nb\n## C *c*") == [
        ("section", "A", "# A\n\na\n"),
        ("section", "B", "  B\n---\nb"),
        ("section", "C c", "## C *c*"),
    ]


def test_a_heading_behind_definitions_begins_at_its_own_line() -> None:
    assert places("x\n\n[a]: b\nA\n===\n") == [("section", "A", "A\n===\n")]


@of(
    ("at page level", "x\n\n|a|\n|-|\n|b|\n\ny", "|a|\n|-|\n|b|"),
    ("below text", "x\n|a|\n|-|", "|a|\n|-|"),
    ("in a quote", "> |a|\n> |-|\n> |b|", "|a|\n> |-|\n> |b|"),
)
def test_tables_are_exact_pieces_of_the_source(source: str, result: str) -> None:
    assert places(source) == [("table", "", result)]


def test_a_page_of_the_other_line_ends_reads_the_same() -> None:
    assert parse("# a\r\n\r\n- b\r\n", SETTINGS, "markdown") == parse("# a\n\n- b\n", SETTINGS, "markdown")


@pytest.mark.parametrize("sign", ["> ", "- ", "1. ", "[^a]: "], ids=["quotes", "items", "numbers", "notes"])
def test_what_nests_deeper_than_any_page_is_text(sign: str) -> None:
    text = read(sign * 200 + "a\n\n[^a]")
    assert text.count("<item") + text.count("<quote>") <= DEEPEST
    assert "a" in text


def test_a_wide_head_and_many_rows_make_a_bounded_table() -> None:
    source = "|a" * 2000 + "|\n" + "|-" * 2000 + "|\n" + "|b\n" * 2000
    cells = sum(isinstance(event, CellOpen) for event in read_markdown(source, SETTINGS))
    assert cells <= MOST_EMPTY_CELLS + 4000


def test_a_long_chain_of_notes_is_read_without_recursion() -> None:
    source = "[^0]\n\n" + "".join(f"[^{n}]: x [^{n + 1}]\n" for n in range(3000))
    assert sum(isinstance(event, NoteText) for event in read_markdown(source, SETTINGS)) == 3000
