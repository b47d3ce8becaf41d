"""Pages change their markup: what each construct becomes, and that it reads the same afterwards."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.markup import parse
from app.markup.conversion import convert
from app.markup.nodes import Markup
from tests.markup.conversions import PLAIN, pointed, shown, there
from tests.markup.random_pages import page

ROOT = Path(__file__).resolve().parents[2]
REAL = ROOT.parent / "shared" / "conformance" / "real.jsonl.gz"

# (what it is, in DokuWiki's markup, in Markdown): one becomes the other, both ways, and reads the same.
BOTH_WAYS = [
    ("a paragraph", "two lines\nof text", "two lines\nof text"),
    ("a paragraph with a line break", "one\\\\\ntwo", "one\\\ntwo"),
    ("headings", "====== A ======\n\n===== B =====\n\n==== C ====", "# A\n\n## B\n\n### C"),
    ("a heading of small replacements", "===== 640x480 -- HTML =====", "## 640x480 -- HTML"),
    ("a heading with signs in it", "====== *a* _b_ ======", "# \\*a\\* \\_b\\_"),
    ("a heading that ends in a sign", "====== C # ======", "# C \\#"),
    ("bold and italic", "**a** //b// and c**d**e", "**a** *b* and c**d**e"),
    ("italic in bold", "**a //b//**", "**a _b_**"),
    ("a word of both", "//**a**//", "_**a**_"),
    ("italic beside a letter", '//"a"//b', '<em>"a"</em>b'),
    ("bold beside bold", "**a****b**", "**a**<strong>b</strong>"),
    ("struck out, low and high", "<del>a</del> H<sub>2</sub> x<sup>2</sup>", "~~a~~ H<sub>2</sub> x<sup>2</sup>"),
    ("fixed width", "''ls -l''", "`ls -l`"),
    ("fixed width with markup in it", "''a **b**''", "<code>a **b**</code>"),
    ("fixed width of signs", "''%%**a** [[b]]%%''", "`**a** [[b]]`"),
    ("fixed width with the sign itself", "''a`b''", "``a`b``"),
    ("small replacements", '"so" -- 640x480 => HTML :-)', '"so" -- 640x480 => HTML :-)'),
    ("a list", "  * a\n    * b\n  * c", "- a\n  - b\n- c"),
    ("a numbered list", "  - a\n    * b\n  - c", "1. a\n   - b\n2. c"),
    ("two lists", "  * a\n\n  * b", "- a\n\n* b"),
    ("two numbered lists", "  - a\n\n  - b", "1. a\n\n1) b"),
    ("code in an item", "  * a <code>\nb\n\nc\n</code>", "- a\n  ```\n  b\n\n  c\n  ```"),
    ("a quote", "> a\n>\n> > b", "> a\n>\n> > b"),
    ("two quotes", "> a\n\n> b", "> a\n\n> b"),
    ("a list in a quote", "> a\n>\n>   * b", "> a\n>\n> - b"),
    ("a rule", "a\n\n----\n\nb", "a\n\n---\n\nb"),
    ("indented text", "  a\n    b\n  c", "    a\n      b\n    c"),
    ("indented text below a list", "  * a\n\n  b", "- a\n\n<!-- -->\n\n    b"),
    ("a block of code", "<code python a.py>\nx = 1\n</code>", "```python a.py\nx = 1\n```"),
    ("a file", "<file - a.txt>\n~~~\n</file>", "~~~~- a.txt\n~~~\n~~~~"),
    (
        "code with numbers",
        '<code php [enable_line_numbers="true"]>\n1\n</code>',
        '```php [enable_line_numbers="true"]\n1\n```',
    ),
    ("a table", "^ A ^ B ^\n| a | b |", "| A | B |\n| --- | --- |\n| a | b |"),
    (
        "a table with alignment",
        "^ A  ^  B ^  C  ^\n| a  |  b |  c  |",
        "| A | B | C |\n| :-- | --: | :-: |\n| a | b | c |",
    ),
    ("borders in a cell", "^ A ^\n| a%%|%%b [[c|d]] |", "| A |\n| --- |\n| a\\|b [d](c) |"),
    ("a note", "a((b **c**)) d", "a[^1] d\n\n[^1]: b **c**"),
    ("links to pages", "[[a]] [[b c|d]] [[:e:f#g|h]] [[~i|j]]", "[[a]] [[b c|d]] [h](:e:f#g) [j](~i)"),
    ("a link with signs in its text", "[[a|b *c*]]", "[[a|b *c*]]"),
    ("links out of the wiki", "[[https://e.org/a_b|t]] https://e.org", "[t](https://e.org/a_b) https://e.org"),
    ("an address in a sentence", "see https://e.org/a, or (www.e.org).", "see https://e.org/a, or (www.e.org)."),
    ("an address of this computer", "http://localhost/a", "<http://localhost/a>"),
    ("a link with brackets in its address", "[[https://e.org/?a[1]=b|t]]", "[t](<https://e.org/?a[1]=b>)"),
    ("a shortcut", "[[wp>Ivy]] [[wp>Ivy|ivy]]", "[[wp>Ivy]] [ivy](wp>Ivy)"),
    ("a section", "[[#a|b]]", "[b](#a)"),
    ("mail", "<a@e.org> [[a@e.org|b]]", "<a@e.org> [[a@e.org|b]]"),
    ("a share", "[[\\\\server\\share|b]]", "[[\\\\server\\share|b]]"),
    ("a picture", "{{a.png?100|A boat}}", "![A boat](a.png?100)"),
    ("a picture that floats", "{{ a.png?100x50&nolink|A boat}}", "{{ a.png?100x50&nolink|A boat}}"),
    ("a file to load", "{{a.pdf|The paper}}", "{{a.pdf|The paper}}"),
    ("a picture as a link", "[[a|{{b.png}}]]", "[[a|{{b.png}}]]"),
    ("macros", "~~NOTOC~~\n\n~~NOCACHE~~ a", "~~NOTOC~~\n\n~~NOCACHE~~ a"),
    ("backlinks", "a\n\n{{backlinks>.}}\n\nb", "a\n\n{{backlinks>.}}\n\nb"),
]


@pytest.mark.parametrize(("dokuwiki", "markdown"), [row[1:] for row in BOTH_WAYS], ids=[row[0] for row in BOTH_WAYS])
def test_what_both_say_is_said_in_either(dokuwiki: str, markdown: str) -> None:
    in_markdown = convert(parse(dokuwiki, PLAIN), "markdown", PLAIN)
    in_dokuwiki = convert(parse(markdown, PLAIN, "markdown"), "dokuwiki", PLAIN)

    assert (in_markdown.text, in_markdown.lost) == (markdown + "\n", ())
    assert (in_dokuwiki.text, in_dokuwiki.lost) == (dokuwiki + "\n", ())
    assert shown(parse(dokuwiki, PLAIN)) == shown(parse(markdown, PLAIN, "markdown"))


# (text that stands for itself in one markup, as it is written in the other)
ESCAPED: dict[Markup, list[tuple[str, str]]] = {
    "dokuwiki": [
        ("2 * 3 and snake_case, a_b_c.", "2 * 3 and snake_case, a_b_c."),
        ("*a* and _b_", "\\*a\\* and \\_b\\_"),
        ("# a", "\\# a"),
        ("#a", "#a"),
        ("1. a", "1\\. a"),
        ("- a", "\\- a"),
        ("a\n- b", "a\n\\- b"),
        ("a\n==", "a\n\\=="),
        ("%%>%% a", "\\> a"),
        ("~~a~~ ~b", "\\~\\~a\\~\\~ \\~b"),
        ("[a](b)", "[a\\](b)"),
        ("[a]: b", "[a]\\: b"),
        ("[a] b", "[a] b"),
        ("![a](b)", "![a\\](b)"),
        ("%%[[a]]%%", "\\[[a]]"),
        ("![[a|b]]", "\\![b](a)"),
        ("%%{{a}}%% and %%((b))%%", "\\{{a}} and \\((b))"),
        ("a `b` c", "a \\`b\\` c"),
        ("it`s", "it`s"),
        ("<b>a</b>", "\\<b>a\\</b>"),
        ("a < b", "a < b"),
        ("&copy; and R&D", "\\&copy; and R&D"),
        ("a\\b c\\*d", "a\\b c\\\\*d"),
        ("a@b.org", "a\\@b.org"),
        ("%%http://e.org www.e.org%%", "http\\://e.org www\\.e.org"),
        ("%%--- -> (c)%%", "\\-\\-- \\-> \\(c)"),
        ("%%HTML 640x480 :-) 8-)%%", "HT&#77;L 640&#120;480 \\:-) 8\\-)"),
        ('%%"a"%%', '\\"a\\"'),
        ("[[a|b]](c)", "[b](a)(c)"),
        ("[[a b|c]](d)", "[[a b|c]]\\(d)"),
        ("a((b)): c", "a[^1]: c\n\n[^1]: b"),
        ("a ((x)) ((y)) ((x))", "a [^1] [^2] [^1]\n\n[^1]: x\n\n[^2]: y"),
        ("a\n---", "a\n—"),
        ("| a%%`b|c`%% |", "|  |\n| --- |\n| a\\`b\\|c\\` |"),
        ("  * [ ] a", "- \\[ ] a"),
        ("  * # a", "- \\# a"),
    ],
    "markdown": [
        ("2 \\*\\* 3", "2 ** 3"),
        ("2\\*\\*3", "2**3"),
        ("\\*\\*a\\*\\* b", "%%**a**%% b"),
        ("a // b, c//d", "a // b, c//d"),
        ("//a//", "%%//a//%%"),
        ("a ''b''", "a %%''b''%%"),
        ("*a /b/ c//*", "//a /b/ c%%//%%//"),
        ("&lt;sub>a&lt;/sub>", "%%<sub>a</sub>%%"),
        ("&lt;code>a", "%%<code>a%%"),
        ("\\[[a]] b", "%%[[%%a]] b"),
        ("5%% a", "5<nowiki>%%</nowiki> a"),
        ("100%\\[[a]]", "100%<nowiki>[[</nowiki>a]]"),
        ("\\-- a \\-> b", "%%-- a ->%% b"),
        ("HTM&#76;", "%%HTML%%"),
        ("== a ==", "%%==%% a =="),
        ("^ a", "%%^%% a"),
        ("\\| a", "%%|%% a"),
        ("\\> a", "%%>%% a"),
        ("a\\\\\\\\ b", "a%%\\\\ %%b"),
        ("a ((b \\)\\) c)) d", "a ((b %%))%% c)) d"),
        ("a[^1]\n\n[^1]: b (d)", "a((b (d%%)%%))"),
        ("[[a]]\\]", "[[a]]%%]%%"),
        ("<http://e.org/>(a)", "http://e.org/(a)"),
        ("<http://e.org/>a", "[[http://e.org/]]a"),
    ],
}


@pytest.mark.parametrize(
    ("markup", "text", "other"),
    [(markup, *row) for markup, rows in ESCAPED.items() for row in rows],
    ids=[text for rows in ESCAPED.values() for text, _ in rows],
)
def test_text_stands_for_itself_in_the_other_markup(markup: Markup, text: str, other: str) -> None:
    document, converted, after = there(text, markup)
    lost = [each.what for each in converted.lost]

    assert converted.text == other + "\n"
    assert shown(document, lost) == shown(after, lost)


# (text, as it is written in the other markup, what is listed as lost)
LOST: dict[Markup, list[tuple[str, str, list[str]]]] = {
    "dokuwiki": [
        ("__a__ b", "<u>a</u> b", ["underline"]),
        ("^ A ^ B ^\n| a || ", "| A | B |\n| --- | --- |\n| a |  |", ["column span"]),
        ("^ A ^ B ^\n| a | b |\n| ::: | c |", "| A | B |\n| --- | --- |\n| a | b |\n|  | c |", ["row span"]),
        ("| a | b |", "|  |  |\n| --- | --- |\n| a | b |", ["head row"]),
        ("^ A ^ B ^\n^ a | b |", "| A | B |\n| --- | --- |\n| a | b |", ["heading cell"]),
        ("^ A ^\n| a  |\n|  b |\n|  c |", "| A |\n| --: |\n| a |\n| b |\n| c |", ["cell alignment"]),
        ("^ A ^\n| <code>a\nb</code> |", "| A |\n| --- |\n| `a b` |", ["block in a cell"]),
        ("  * a\n      * b", "- a\n  - b", ["list level"]),
        ("  * a <code>b</code> c", "- a\n  ```\n  b\n  ```\n  c", ["paragraph in an item"]),
        ("a((b\n  * c\n))", "a[^1]\n\n[^1]: b\n\n    - c", ["blocks in a note"]),
    ],
    "markdown": [
        ("###### a", "== a ==", ["heading level"]),
        ("# a *b*", "====== a b ======", ["markup in a heading"]),
        ("# =a=", "====== a ======", ["heading title"]),
        ("> # a", "> **a**", ["heading in a block"]),
        ("3. a\n4. b", "  - a\n  - b", ["list number"]),
        ("- [ ] a\n- [x] b", "  * ☐ a\n  * ☑ b", ["task", "task"]),
        ("> [!TIP]\n> a", "> **Tip**\n>\n> a", ["callout"]),
        ("<kbd>a</kbd> <mark>b</mark>", "''a'' b", ["raw HTML", "raw HTML"]),
        ("<div>\n\na\n\n</div>", "a", ["raw HTML"]),
        ('[a](b "c")', "[[b|a]]", ["hint"]),
        ("[a *b*](c)", "[[c|a b]]", ["markup in a link"]),
        ("- a\n\n  b", "  * a\\\\ \\\\ b", ["paragraph in an item"]),
        ("- a\n\n  > b\n- c", "  * a\n\n> b\n\n  * c", ["block in an item"]),
        ("a[^1]\n\n[^1]: b[^2]\n\n[^2]: x", "a((b (x%%)%%))", ["note in a note"]),
        ("*a **b *c* d***", "//a **b c d**//", ["nesting"]),
        ("```\n</code>\n```", "<code>\n</ code>\n</code>", ["code"]),
        ("- a\n  - b\n\n  * c", "  * a\n    * b\n    * c", ["list split"]),
    ],
}


@pytest.mark.parametrize(
    ("markup", "text", "other", "lost"),
    [(markup, *row) for markup, rows in LOST.items() for row in rows],
    ids=[f"{markup}: {row[2][0]}" for markup, rows in LOST.items() for row in rows],
)
def test_what_cannot_be_said_is_listed(markup: Markup, text: str, other: str, lost: list[str]) -> None:
    _, converted, _ = there(text, markup)

    assert converted.text == other + "\n"
    assert [each.what for each in converted.lost] == lost


def test_losses_are_shown_with_their_words() -> None:
    converted = convert(parse("a __b c__ d", PLAIN), "markdown", PLAIN)

    assert [(each.what, each.excerpt) for each in converted.lost] == [("underline", "b c")]


def test_many_losses_are_counted() -> None:
    converted = convert(parse("__a__ " * 1000, PLAIN), "markdown", PLAIN)

    assert (len(converted.lost), converted.more) == (200, 800)


@pytest.mark.parametrize("markup", ["dokuwiki", "markdown"])
def test_a_page_in_its_own_markup_stays_as_it_is(markup: Markup) -> None:
    assert convert(parse("  * a  \n\n\n* b", PLAIN, markup), markup, PLAIN).text == "  * a  \n\n\n* b"


def _pages() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "content" / "pages").rglob("*.txt")):
        yield path.stem, path.read_text("utf-8")
    if REAL.exists():
        with gzip.open(REAL, "rt", encoding="utf-8") as lines:
            yield from ((row["name"], row["text"]) for row in list(map(json.loads, lines))[::3])


@pytest.mark.parametrize("part", range(4))
def test_whole_pages_read_the_same_there_and_back(part: int) -> None:
    """Of the pages shipped, and of real ones where these are at hand."""
    different = []
    for name, text in list(_pages())[part::4]:
        document, converted, after = there(text, "dokuwiki")
        _, back, again = there(converted.text, "markdown")
        lost = {each.what for each in converted.lost}
        if (shown(document, lost), pointed(document)) != (shown(after, lost), pointed(after)):
            different.append(name)
        lost = {each.what for each in back.lost} | {"paragraph in an item"}
        if (shown(after, lost), pointed(after)) != (shown(again, lost), pointed(again)):
            different.append(f"{name}, back")
    assert different == []


@pytest.mark.parametrize("part", range(4))
def test_random_pages_read_the_same_there_and_back(part: int) -> None:
    different = []
    for number in range(part, 240, 4):
        document, converted, after = there(page(number), "dokuwiki")
        _, back, again = there(converted.text, "markdown")
        lost = {each.what for each in converted.lost}
        if (shown(document, lost), pointed(document)) != (shown(after, lost), pointed(after)):
            different.append((number, document.source))
        lost = {each.what for each in back.lost} | {"paragraph in an item"}
        if (shown(after, lost), pointed(after)) != (shown(again, lost), pointed(again)):
            different.append((number, converted.text))
    assert different == []
