import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("home")


def render(lierre: Run, *rows: dict[str, Any]) -> list[str]:
    lines = "".join(
        json.dumps({"name": str(number), "id": "test:page", **row}) + "\n" for number, row in enumerate(rows)
    )
    result = lierre("render", "--jsonl", stdin=lines)
    assert (result.exit_code, result.stderr) == (0, "")
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert [answer["name"] for answer in answers] == [str(number) for number in range(len(rows))]
    return [answer["html"] for answer in answers]


def test_lines_come_back_in_order(lierre: Run) -> None:
    assert [f"n{number}" in html for number, html in enumerate(render(lierre, *({"text": f"n{n}"} for n in range(50))))]
    assert "<strong>fett</strong>" in render(lierre, {"text": "**fett**", "markup": "dokuwiki"})[0]


def test_links_know_this_wiki_or_the_one_described(lierre: Run) -> None:
    lierre("page", "put", "here", stdin="text")

    here, there, nothing = render(
        lierre,
        {"text": "[[:here]] [[:there]]"},
        {"text": "[[:here]] [[:there]]", "pages": ["there"]},
        {"text": "[[:here]] [[:there]]", "pages": []},
    )

    assert [html.count("wikilink1") for html in (here, there, nothing)] == [1, 1, 0]
    assert here.index("wikilink1") < here.index("wikilink2")
    assert there.index("wikilink2") < there.index("wikilink1")


@pytest.mark.parametrize("markup", ["dokuwiki", "markdown"])
def test_no_other_site_is_asked(lierre: Run, markup: str) -> None:
    line = {"text": "{{rss>http://127.0.0.1/}}", "markup": markup, "settings": {"feedhosts": "127.0.0.1"}}

    assert '<ul class="rss"><li><div class="li"><a href="http://127.0.0.1/"' in render(lierre, line)[0]


def test_settings_hold_for_their_line_alone(lierre: Run) -> None:
    plain, with_settings, again = render(
        lierre,
        {"text": '"a"'},
        {"text": '"a"', "settings": {"typography": 0, "no_such_setting": 1}},
        {"text": '"a"'},
    )

    assert "“a”" in plain
    assert "“" not in with_settings
    assert plain == again


@pytest.mark.parametrize(
    ("settings", "text", "holds"),
    [
        pytest.param({"acronyms": {"TLA": "three"}}, "TLA", '<abbr title="three">TLA</abbr>', id="words"),
        pytest.param({"acronyms": "TLA three\n"}, "TLA", '<abbr title="three">TLA</abbr>', id="words, as a file"),
        pytest.param({"acronyms": {"API": ""}}, "API", "\nAPI\n", id="a word taken away"),
        pytest.param({"smileys": {":crow:": "🐦"}}, ":crow:", ">🐦</span>", id="a smiley"),
        pytest.param({"entities": {"(x)": "☒"}}, "(x)", "☒", id="a sign"),
        pytest.param({"interwiki": {"bug": "https://b/{NAME}"}}, "[[bug>7]]", 'href="https://b/7"', id="a shortcut"),
        pytest.param({"scheme": ["ssh"]}, "ssh://a/b", 'href="ssh://a/b"', id="a scheme"),
        pytest.param({"mime": {"png": "!image/png"}}, "{{a.png}}", 'class="media"', id="a type"),
    ],
)
def test_tables_are_settings(lierre: Run, settings: dict[str, Any], text: str, holds: str) -> None:
    assert holds in render(lierre, {"text": text, "settings": settings})[0]


@pytest.mark.parametrize("scheme", ["javascript", "JavaScript", "data", "vbscript"])
def test_no_settings_make_links_that_run(lierre: Run, scheme: str) -> None:
    settings = {"scheme": [scheme], "schemes": {scheme: "on"}, "interwiki": {"x": f"{scheme}:{{NAME}}"}}
    text = f"{scheme}://%0aalert(1) [[{scheme}://a|b]] [[x>alert(1)]]"
    for html in render(
        lierre,
        {"text": text, "settings": settings},
        {"text": f"[a]({scheme}://b) <{scheme}://c> {text}", "settings": settings, "markup": "markdown"},
    ):
        assert "href" not in html


def test_markdown_is_rendered_where_the_line_says_so(lierre: Run) -> None:
    dokuwiki, markdown, old = render(
        lierre,
        {"text": "*a* //b//"},
        {"text": "*a* //b//", "markup": "markdown"},
        {"text": "*a* //b//", "settings": {"syntax": "md"}},
    )
    assert ("<em>b</em>" in dokuwiki, "<em>a</em>" in markdown, markdown == old) == (True, True, True)


def test_backlinks_are_those_of_an_anonymous_reader(lierre: Run) -> None:
    lierre("page", "put", "from", stdin="====== From here ======\n[[test:page]]")

    listed, alone = render(lierre, {"text": "{{backlinks>.}}"}, {"text": "{{backlinks>.}}", "pages": []})

    assert "From here" in listed
    assert "From here" not in alone


@pytest.mark.parametrize(
    ("line", "says"),
    [
        pytest.param("{", "line 2", id="no JSON"),
        pytest.param("[]", "line 2", id="no object"),
        pytest.param('{"name": "x", "id": "a"}', "text", id="no text"),
        pytest.param('{"name": "x", "id": "a", "text": "", "markup": "troff"}', "troff", id="an unknown markup"),
    ],
)
def test_a_bad_line_is_told_and_the_others_are_rendered(lierre: Run, line: str, says: str) -> None:
    good = '{"name": "good", "id": "a", "text": "text"}'

    result = lierre("render", "--jsonl", stdin=f"{good}\n{line}\n{good}\n")

    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 2
    assert says in result.stderr


def test_rendering_writes_nothing(lierre: Run, home: Path) -> None:
    render(lierre, {"text": "x"})
    before = (home / "wiki.db").read_bytes()

    render(lierre, {"text": "====== New ======\n[[here]]", "id": "new"})

    assert (home / "wiki.db").read_bytes() == before
    assert lierre("page", "list").stdout == ""
