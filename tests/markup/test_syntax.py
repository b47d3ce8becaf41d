"""Syntaxes in one piece: what they add, and that a broken one breaks nothing else."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from app.domain.feeds import FeedContent
from app.domain.wiki_settings import WikiSettings
from app.markup import Facts, Live, filler, metadata, parse, plain_text, questions, render
from app.markup import installed as module
from app.markup.elements import Piece, element
from app.markup.grammar import Trigger, at_trigger
from app.markup.installed import Installed, installed
from app.markup.nodes import Media, PageLink
from app.markup.syntax import Syntax, until
from app.markup.writer import Writer

SETTINGS = WikiSettings()


@dataclass(frozen=True)
class Alone:
    """A wiki of nothing, for live places."""

    page_id: str = "p"
    settings: WikiSettings = SETTINGS
    now: int = 0

    def backlinks(self, page: str, *, only: str, without: bool) -> Sequence[tuple[str, str | None]]:
        del page, only, without
        return ()

    def feed(self, url: str, *, refresh: int) -> FeedContent:
        del url, refresh
        return FeedContent()


def write(w: Writer, value: str) -> None:
    w.out.append(element("b", value))


PLAIN = Syntax(
    name="box",
    sort=312,
    category="substitution",
    triggers=(Trigger("{", r"\{box>"),),
    reach=until("}}"),
    parse=lambda token: token[6:-2],
    write=write,
    plain=lambda value: f"box of {value}",
    pointers=lambda value: (PageLink(value, None),),
    examples=("{{box>x}}",),
)
Put = Callable[..., None]


@pytest.fixture
def put(monkeypatch: pytest.MonkeyPatch) -> Put:
    """Installs syntaxes for one test."""

    def install(*syntaxes: Syntax) -> None:
        found = tuple(Installed(syntax, "tests", "1") for syntax in syntaxes)
        monkeypatch.setattr(module, "installed", lambda: found)

    return install


def html(text: str, settings: WikiSettings = SETTINGS) -> str:
    fill = filler(Alone(settings=settings))
    parts = render(parse(text, settings), "p", Facts(), settings).parts
    return "".join(part if isinstance(part, str) else fill(part) for part in parts)


def fail(*_given: Any) -> Any:
    raise RuntimeError("broken")


def test_its_html_words_and_links_are_there(put: Put) -> None:
    put(PLAIN)
    document = parse("see {{box>ivy}} **{{box>a}}** ((note {{box>b}}))", SETTINGS)
    assert "<b>ivy</b> <strong><b>a</b></strong>" in html("see {{box>ivy}} **{{box>a}}**")
    assert "box of ivy" in plain_text(document)
    assert metadata(document, "p", Facts(), SETTINGS).targets("page") == ("ivy", "a", "b")
    assert {"ivy", "a", "b"} <= questions(document, "p", SETTINGS).pages


def test_a_block_stands_between_paragraphs(put: Put) -> None:
    put(replace(PLAIN, block=True))
    assert html("a {{box>x}} b") == "\n<p>\na \n</p>\n<b>x</b>\n<p>\nb\n</p>\n"


def test_what_it_does_not_read_stays_text(put: Put) -> None:
    put(replace(PLAIN, parse=lambda _token: None))
    assert html("{{box>x}}") == html_without("{{box>x}}", put)


def html_without(text: str, put: Put) -> str:
    put()
    return html(text)


def test_a_verbatim_span_is_not_looked_into(put: Put) -> None:
    put(PLAIN)
    assert "<b>" not in html("<nowiki>{{box>x}}</nowiki> %%{{box>x}}%% <code>{{box>x}}</code>")


@pytest.mark.parametrize("part", ["parse", "reach", "write", "plain", "pointers"])
@pytest.mark.parametrize("block", [False, True], ids=["in a paragraph", "between paragraphs"])
def test_one_that_fails_breaks_no_page(put: Put, part: str, *, block: bool) -> None:
    broken: dict[str, Any] = {part: fail}
    put(replace(PLAIN, block=block, **broken))
    text = "before {{box><script>}} **after**"
    document = parse(text, SETTINGS)
    shown = html(text)
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
    assert "<strong>after</strong>" in shown
    plain_text(document)
    metadata(document, "p", Facts(), SETTINGS)


def test_half_of_what_a_failing_one_wrote_is_taken_back(put: Put) -> None:
    def half(w: Writer, _value: str) -> None:
        w.out.append("<table>")
        w.out = []
        fail()

    put(replace(PLAIN, write=half))
    assert html("a {{box>x}} b") == "\n<p>\na {{box&gt;x}} b\n</p>\n"


def live(w: Writer, value: str) -> None:
    w.out += ["<i>", Live("box", {"value": value}, fresh=60), "</i>"]


def test_a_live_place_is_filled_for_each_reader(put: Put) -> None:
    put(replace(PLAIN, write=live, fill=lambda wiki, args: element("b", args["value"], wiki.page_id)))
    assert "<i><b>xp</b></i>" in html("{{box>x}}")


def test_a_live_place_that_fails_shows_its_source(put: Put) -> None:
    put(replace(PLAIN, write=live, fill=fail))
    assert "<i>{{box&gt;&amp;}}</i>" in html("{{box>&}}")


def test_what_fails_is_told_once(put: Put, caplog: pytest.LogCaptureFixture) -> None:
    def differently(*_given: object) -> None:
        raise RuntimeError("told once")

    put(replace(PLAIN, write=differently))
    with caplog.at_level(logging.ERROR):
        html("{{box>x}} {{box>y}}")
        html("{{box>x}}")
    assert [record.getMessage() for record in caplog.records if "told once" in record.getMessage()] == [
        "syntax box failed in write: RuntimeError('told once')"
    ]


def test_ours_can_be_switched_off_by_name_alone() -> None:
    text = "{{backlinks>.}} ~~INFO:x~~"
    assert "plugin__backlinks" in html(text, WikiSettings(plugins={"*": "0"}))
    assert "plugin__backlinks" not in html(text, WikiSettings(plugins={"backlinks": "0"}))
    assert "~~INFO:x~~" in html(text, WikiSettings(plugins={"info": "0"}))


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"name": "Two words"}, id="a name with a blank"),
        pytest.param({"triggers": (Trigger("{{", "box"),)}, id="two first characters"),
        pytest.param({"triggers": (Trigger("{", r"(\{box>)"),)}, id="a group that captures"),
    ],
)
def test_what_would_break_the_grammar_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"box|name"):
        replace(PLAIN, **wrong)


@pytest.mark.parametrize(
    ("word", "holds"),
    [
        pytest.param("syntaxmodes", "320 <strong>media</strong>", id="rules with their numbers"),
        pytest.param("syntaxtypes", "<strong>formatting</strong> strong, emphasis", id="rules by category"),
        pytest.param("SyntaxPlugins", "<strong>backlinks</strong> <code>{{backlinks&gt;.}}</code>", id="syntaxes"),
        pytest.param("hooks", "none", id="what there is not"),
        pytest.param("datetime", "Thu, 01 Jan 1970 00:00:00 +0000", id="the hour"),
        pytest.param("cheese", "no info about cheese", id="anything else"),
    ],
)
def test_what_the_wiki_says_of_itself(word: str, holds: str) -> None:
    assert holds in html(f"~~INFO:{word}~~")


def test_the_hour_is_no_part_of_what_is_kept() -> None:
    places = [part for part in render(parse("~~INFO:datetime~~", SETTINGS), "p", Facts(), SETTINGS).parts if part]
    assert [(part.kind, part.fresh) for part in places if isinstance(part, Live)] == [("info", 0)]


def test_elements_escape_all_but_finished_pieces() -> None:
    assert element("a", "<", Piece("<b>x</b>"), href="/a?b&c", class_="x y", data_day=1, title=None) == (
        '<a href="/a?b&amp;c" class="x y" data-day="1">&lt;<b>x</b></a>'
    )
    assert element("br") == "<br />"


@pytest.mark.parametrize(
    ("name", "attributes"),
    [
        pytest.param("script", {}, id="a script"),
        pytest.param("b><script", {}, id="more than a tag"),
        pytest.param("b", {"onclick": "x"}, id="an event"),
        pytest.param("b", {"style": "x"}, id="a style"),
        pytest.param("a", {"href": "javascript:alert(1)"}, id="an address that runs"),
        pytest.param("a", {"href": " java\nscript:alert(1)"}, id="an address that runs, disguised"),
        pytest.param("img", {"src": "data:text/html,x"}, id="a page in an address"),
    ],
)
def test_elements_refuse_what_runs(name: str, attributes: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"no page|no element"):
        element(name, **attributes)


def test_pictures_of_a_syntax_count_as_media(put: Put) -> None:
    put(replace(PLAIN, pointers=lambda value: (Media(value, None, "", 0, 0, "cache", "details", external=False),)))
    assert metadata(parse("{{box>a.png}}", SETTINGS), "p", Facts(), SETTINGS).targets("media") == ("a.png",)


def test_a_token_matched_as_a_whole(put: Put) -> None:
    put(replace(PLAIN, triggers=(Trigger("%", r"\w++%"),), reach=at_trigger, parse=lambda token: token))
    assert "<b>%x%</b>" in html("a %x% b")


def test_nothing_is_installed_here_but_what_tests_install() -> None:
    assert installed() == ()
