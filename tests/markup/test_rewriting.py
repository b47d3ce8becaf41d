"""A file gets another name: references to it follow, everything else of the source stays."""

import gzip
import json
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from time import perf_counter
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.names import name_of
from app.domain.wiki_settings import WikiSettings
from app.markup import Facts, metadata, parse, render
from app.markup.nodes import Document, Markup
from app.markup.rewriting_media import rewrite_media

SETTINGS = WikiSettings()
PAGE = "ns:page"
CASES = Path(__file__).resolve().parents[1] / "conformance"
TOKEN = re.compile(r"tok=[0-9a-f]+")
BESIDE = {"ns:x.png": "ns:new.png"}
AWAY = {"ns:x.png": "far:off:new.png"}
ROOT = {"ns:x.png": "new.png"}
BELOW = {"ns:img:x.png": "ns:img:new.png"}
BELOW_AWAY = {"ns:img:x.png": "far:new.png"}
FILM = {"ns:f.mp4": "ns:g.mp4", "ns:f.jpg": "ns:g.jpg"}


def rewritten(text: str, markup: Markup = "dokuwiki", renames: dict[str, str] = BESIDE, page: str = PAGE) -> str:
    """The text of a page all of whose references could be written."""
    found = rewrite_media(text, page, markup, SETTINGS, renames)
    assert found.left == 0
    return found.text


# (what it is, before, after)
DOKUWIKI = [
    ("a picture", "a {{x.png}} b", "a {{new.png}} b"),
    (
        "size, options, title and blanks stay",
        "{{ x.png?200x100&nolink |The *x.png*}}",
        "{{ new.png?200x100&nolink |The *x.png*}}",
    ),
    ("an anchor stays", "{{x.png#page=2?linkonly}}", "{{new.png#page=2?linkonly}}"),
    ("absolute stays absolute", "{{:ns:x.png}} {{ns:x.png}}", "{{:ns:new.png}} {{ns:new.png}}"),
    (
        "relative stays relative",
        "{{.:x.png}} {{.x.png}} {{..:ns:x.png}}",
        "{{.:new.png}} {{.:new.png}} {{..:ns:new.png}}",
    ),
    ("another spelling of the same name", "{{ X.PNG }} {{:ns:!x.png}}", "{{ new.png }} {{:ns:new.png}}"),
    ("a link's picture", "[[page|{{x.png?20}}]] [[x.png|x.png]]", "[[page|{{new.png?20}}]] [[x.png|x.png]]"),
    ("in a table", "^ {{x.png}} ^\n| a {{x.png|t}} ||", "^ {{new.png}} ^\n| a {{new.png|t}} ||"),
    ("in a list", "  * {{x.png}}\n    - {{x.png}}", "  * {{new.png}}\n    - {{new.png}}"),
    ("in a quote", "> {{x.png}}\n>> {{x.png|a\n>> b}}", "> {{new.png}}\n>> {{new.png|a\n>> b}}"),
    ("in a note", "a(({{x.png}} b))", "a(({{new.png}} b))"),
    ("in bold text", "**{{x.png}}** ''{{x.png}}''", "**{{new.png}}** ''{{new.png}}''"),
    (
        "code",
        "<code>{{x.png}}</code> <file>{{x.png}}</file>{{x.png}}",
        "<code>{{x.png}}</code> <file>{{x.png}}</file>{{new.png}}",
    ),
    ("indented text", "  {{x.png}}\n\n{{x.png}}", "  {{x.png}}\n\n{{new.png}}"),
    (
        "nowiki",
        "<nowiki>{{x.png}}</nowiki> %%{{x.png}}%% {{x.png}}",
        "<nowiki>{{x.png}}</nowiki> %%{{x.png}}%% {{new.png}}",
    ),
    ("a heading", "== {{x.png}} ==\n{{x.png}}", "== {{x.png}} ==\n{{new.png}}"),
    ("a title", "{{b.png|{{x.png}} {{x.png}}", "{{b.png|{{x.png}} {{new.png}}"),
    ("behind the last border of a row", "| a | {{x.png}}\n| {{x.png}} |", "| a | {{x.png}}\n| {{new.png}} |"),
    ("braces without end", "{{x.png {{x.png}}", "{{x.png {{x.png}}"),
    ("three braces", "{{{x.png}}} {{{{x.png}}", "{{{new.png}}} {{{{new.png}}"),
    ("signs before the name", "%%{{%%{{x.png}}", "%%{{%%{{new.png}}"),
    (
        "other files",
        "{{y.png}} {{a:x.png}} {{https://e.org/x.png}} {{wp>x.png}} {{x.png}}",
        "{{y.png}} {{a:x.png}} {{https://e.org/x.png}} {{wp>x.png}} {{new.png}}",
    ),
    ("line ends of another system", "a\r\n{{x.png}}\r\n", "a\r\n{{new.png}}\r\n"),
]
MARKDOWN = [
    ("a picture", 'a ![b](x.png "c") d', 'a ![b](new.png "c") d'),
    ("size and options stay", "![a](x.png?200x100&nolink)", "![a](new.png?200x100&nolink)"),
    (
        "absolute stays absolute",
        "![](/ns/x.png) ![](:ns:x.png) ![](ns:x.png)",
        "![](/ns/new.png) ![](:ns:new.png) ![](ns:new.png)",
    ),
    ("relative stays relative", "![](./x.png) ![](../ns/x.png)", "![](./new.png) ![](../ns/new.png)"),
    ("in pointed brackets", "![a](<x.png>)", "![a](<new.png>)"),
    ("by reference", "![a][b] and ![b]\n\n[b]: x.png?40 'c'", "![a][b] and ![b]\n\n[b]: new.png?40 'c'"),
    ("with encoded letters", "![a](%78.png) ![](&#120;.png)", "![a](new.png) ![](new.png)"),
    ("a link's picture", "[![a](x.png)](page) [[page|{{x.png}}]]", "[![a](new.png)](page) [[page|{{new.png}}]]"),
    ("a link to a page of that name", "[a](x.png) ![b](x.png)", "[a](x.png) ![b](new.png)"),
    ("braces", "{{x.png?100|t}}", "{{new.png?100|t}}"),
    ("in a table", "| a |\n|---|\n| {{x.png\\|t}} ![b](x.png) |", "| a |\n|---|\n| {{new.png\\|t}} ![b](new.png) |"),
    ("in a list", "- ![](x.png)\n\n  ![](x.png)", "- ![](new.png)\n\n  ![](new.png)"),
    ("in a quote, over lines", "> ![a](\n> x.png)", "> ![a](\n> new.png)"),
    ("in a note", "a[^1] (({{x.png}}))\n\n[^1]: ![](x.png)", "a[^1] (({{new.png}}))\n\n[^1]: ![](new.png)"),
    ("in a heading", "# a ![b](x.png)", "# a ![b](new.png)"),
    (
        "code",
        "`![](x.png)` ![](x.png)\n\n```\n![](x.png)\n```\n\n    ![](x.png)",
        "`![](x.png)` ![](new.png)\n\n```\n![](x.png)\n```\n\n    ![](x.png)",
    ),
    (
        "comments and raw tags",
        "<!-- ![](x.png) -->\n\n<div>\n![](x.png)\n</div>\n\n![](x.png)",
        "<!-- ![](x.png) -->\n\n<div>\n![](x.png)\n</div>\n\n![](new.png)",
    ),
    (
        "a comment beside a definition used twice",
        "![r] ![r]\n\n[r]: x.png\n\n<!-- ![](x.png) -->",
        "![r] ![r]\n\n[r]: new.png\n\n<!-- ![](x.png) -->",
    ),
    ("escaped", "\\![](x.png) !\\[](x.png) ![](x.png)", "\\![](x.png) !\\[](x.png) ![](new.png)"),
]


@pytest.mark.parametrize("before, after", [pytest.param(*case[1:], id=case[0]) for case in DOKUWIKI])
def test_references_in_dokuwiki_follow(before: str, after: str) -> None:
    assert rewritten(before) == after


@pytest.mark.parametrize("before, after", [pytest.param(*case[1:], id=case[0]) for case in MARKDOWN])
def test_references_in_markdown_follow(before: str, after: str) -> None:
    assert rewritten(before, "markdown") == after


@pytest.mark.parametrize(
    "markup, renames, before, after",
    [
        ("dokuwiki", AWAY, "{{x.png}} {{.:x.png}}", "{{:far:off:new.png}} {{:far:off:new.png}}"),
        ("dokuwiki", AWAY, "{{ns:x.png}} {{:ns:x.png}}", "{{far:off:new.png}} {{:far:off:new.png}}"),
        ("dokuwiki", AWAY, "{{..:ns:x.png}}", "{{..:far:off:new.png}}"),
        ("dokuwiki", ROOT, "{{x.png}} {{ns:x.png}} {{..:ns:x.png}}", "{{:new.png}} {{:new.png}} {{..:new.png}}"),
        ("dokuwiki", BELOW, "{{.:img:x.png}} {{ns:img:x.png}}", "{{.:img:new.png}} {{ns:img:new.png}}"),
        ("dokuwiki", FILM, "{{f.mp4}} {{f.jpg}} {{f.webm}}", "{{g.mp4}} {{g.jpg}} {{f.webm}}"),
        ("markdown", AWAY, "![](x.png) ![](/ns/x.png)", "![](:far:off:new.png) ![](/far/off/new.png)"),
        ("markdown", BELOW, "![](img/x.png) ![](./img/x.png)", "![](img/new.png) ![](./img/new.png)"),
        ("markdown", BELOW_AWAY, "![](img/x.png) ![](../ns/img/x.png)", "![](/far/new.png) ![](../far/new.png)"),
    ],
)
def test_names_are_spelled_as_they_were_where_that_is_right(
    markup: Markup, renames: dict[str, str], before: str, after: str
) -> None:
    assert rewritten(before, markup, renames) == after


def test_a_page_below_itself_names_files_by_a_tilde() -> None:
    assert rewritten("{{~x.png}}", renames={"ns:page:x.png": "ns:page:y.png"}) == "{{~:y.png}}"


def test_a_page_of_the_root_names_files_without_a_namespace() -> None:
    assert rewritten("{{x.png}} {{:x.png}}", renames={"x.png": "y.png"}, page="start") == "{{y.png}} {{:y.png}}"
    assert rewritten("{{x.png}}", renames={"x.png": "a:y.png"}, page="start") == "{{:a:y.png}}"


@pytest.mark.parametrize("text", ["", "no file", "{{y.png}}", "%%{{x.png}}%%", "{{x.png", "{{https://x.png}}"])
def test_a_page_without_the_file_stays(text: str) -> None:
    assert rewritten(text) == text


def test_what_cannot_be_written_is_counted_and_stays() -> None:
    found = rewrite_media("{{x.png?a?b}} {{a{{x.png}}", PAGE, "dokuwiki", SETTINGS, {"ns:a_x.png": "ns:new.png"})

    assert found[:2] == ("{{x.png?a?b}} {{a{{x.png}}", 1)


# ------------------------------------------------------------------ the law


def holds(text: str, page: str, markup: Markup, old: str, new: str) -> bool:
    """What is known of the page and what it shows differ in the name of the file, and in nothing else."""
    found = rewrite_media(text, page, markup, SETTINGS, {old: new})
    if found.left:
        return False
    before, after = parse(text, SETTINGS, markup), parse(found.text, SETTINGS, markup)
    facts = Facts()
    known = [(one.kind, one.target) for one in metadata(before, page, facts, SETTINGS).references]
    follow = [(kind, new if (kind, target) == ("media", old) else target) for kind, target in known]
    assert [(one.kind, one.target) for one in metadata(after, page, facts, SETTINGS).references] == follow
    shown = [_nameless(each, page, (old, new)) for each in (before, after)]
    assert shown[0] == shown[1]
    return True


def _nameless(document: Document, page: str, names: tuple[str, ...]) -> str:
    html = unquote(TOKEN.sub("tok=", "".join(map(str, render(document, page, Facts(), SETTINGS).parts))))
    for name in (*names, *map(name_of, names)):
        html = html.replace(name, "FILE")
    return html


def _text(name: str) -> str:
    return (CASES / f"{name}.jsonl").read_text(encoding="utf-8")


def _cases() -> Iterator[tuple[str, str, Markup, str]]:
    """Text, page, markup and a file of each case that names one."""
    lines = [line for name in ("dokuwiki", "markdown") for line in _text(name).split("\n") if line]
    with gzip.open(CASES / "fuzz.jsonl.gz", "rt", encoding="utf-8") as fuzz:
        lines += islice(fuzz, 0, None, 3)
    for case in map(json.loads, lines):
        markup: Markup = "markdown" if case.get("markup") == "markdown" else "dokuwiki"
        known = metadata(parse(case["text"], SETTINGS, markup), case["id"], Facts(), SETTINGS)
        for file in known.targets("media"):
            if "." in file:
                yield case["text"], case["id"], markup, file


def test_every_file_of_the_conformance_cases_can_be_renamed() -> None:
    """But for names made of what stands between two pairs of braces by accident."""
    left = []
    for number, (text, page, markup, old) in enumerate(_cases()):
        space = "else:where:" if number % 2 else old.removesuffix(name_of(old))
        if not holds(text, page, markup, old, f"{space}brandnew.{old.rpartition('.')[2]}"):
            left.append(old)

    assert number > 600
    assert len(left) <= number // 50
    assert not [name for name in left if len(name) < 20]


SPELLINGS = st.sampled_from(["x.png", "X.png", ":ns:x.png", "ns:x.png", ".:x.png", "..:ns:x.png", "y.png", "a:x.png"])
SHAPES = ["{{%s}}", "{{ %s?10|t}}", "![a](%s)", "![a](<%s> 'b')", "[[p|{{%s}}]]", "[a](%s)", "\n\n[r]: %s\n\n", "![r]"]
WRAPS = [
    "%s",
    "**%s**",
    "`%s`",
    "((%s))",
    "\n> %s\n",
    "\n  * %s\n",
    "\n- %s\n",
    "\n| %s |\n",
    "%%%%%s%%%%",
    "<!-- %s -->",
    "\n<code>%s</code>\n",
    "\n```\n%s\n```\n",
    "<nowiki>%s</nowiki>",
    "\n  %s\n",
    "{{%s",
    "%s}}",
    "[%s",
    "\\%s",
]
PIECES = st.builds(
    lambda wrap, shape, name: wrap.replace("%%", "%").replace("%s", shape.replace("%s", name)),
    st.sampled_from(WRAPS),
    st.sampled_from(SHAPES),
    SPELLINGS,
)


@settings(deadline=None)
@given(
    st.lists(PIECES, max_size=6), st.sampled_from(["dokuwiki", "markdown"]), st.sampled_from(["ns:new.png", "b:n.png"])
)
def test_the_law_holds_for_random_pages(pieces: list[str], markup: Markup, new: str) -> None:
    holds(" ".join(pieces), PAGE, markup, "ns:x.png", new)


# ------------------------------------------------------------------ bounds


@pytest.mark.parametrize("markup", ["dokuwiki", "markdown"])
@pytest.mark.parametrize(
    "unit",
    ["{{", "{{x.png", "{{x.png}}", "{{x.png|", "](x.png", "]:x.png", "]:", "![](", "![](x.png)", "{{{x.png}", "]: ("],
)
def test_hostile_pages_take_time_in_proportion(unit: str, markup: Markup) -> None:
    text = "{{x.png}} " + unit * (60_000 // len(unit))
    start = perf_counter()
    rewrite_media(text, PAGE, markup, SETTINGS, BESIDE)
    assert perf_counter() - start < 8
