import pytest

from app.domain.resolve import page_target, resolve_media, resolve_page
from app.domain.wiki_settings import WikiSettings
from tests.domain.agreement import rows, settings_of

PLAIN = WikiSettings()
PLURAL = WikiSettings(autoplural=True)


def test_every_row_for_pages_agrees() -> None:
    wrong = []
    for row in rows("resolve_page"):
        found = resolve_page(row["raw"], row["context"], set(row["pages"]).__contains__, settings_of(row))
        if (found.id, found.hash, found.exists) != (row["id"], row.get("hash", ""), row["exists"]):
            wrong.append((row, found))
    assert wrong == []


def test_every_row_for_media_agrees() -> None:
    wrong = []
    for row in rows("resolve_media"):
        found = resolve_media(row["raw"], row["context"], settings_of(row))
        if (found, found in row["media"]) != (row["id"], row["exists"]):
            wrong.append((row, found))
    assert wrong == []


@pytest.mark.parametrize(
    "raw, from_below, from_root",
    [
        ("foo", "a:b:foo", "foo"),
        (".:.:foo", "a:b:foo", "foo"),
        (":foo", "foo", "foo"),
        ("..foo", "a:foo", "foo"),
        ("..:..:..:foo", "foo", "foo"),
        ("...foo", "a:b:foo", "foo"),
        (".foo:bar", "a:b:foo:bar", "foo:bar"),
        ("foo:..:bar", "bar", "bar"),
        ("foo..", "a:b:foo", "foo"),
        ("..", "a:b:start", "start"),
        ("..:", "a:start", "start"),
        (":", "start", "start"),
        ("foo:", "foo:start", "foo:start"),
        ("~foo", "a:b:c:foo", "start:foo"),
        ("~..:foo", "a:b:foo", "foo"),
        ("~", "a:b:c:start", "start:start"),
        ("", "a:b:c", "start"),
        ("/foo", "a:b:foo", "foo"),
    ],
)
def test_links_start_from_the_page_they_stand_on(raw: str, from_below: str, from_root: str) -> None:
    for context, name in (("a:b:c", from_below), ("start", from_root)):
        found = resolve_page(raw, context, lambda _: False, PLAIN)
        assert (found.id, found.hash, found.exists) == (name, "", False)


def test_a_hash_is_cleaned_and_kept() -> None:
    found = resolve_page("..:foo#Bar Baz", "a:b:c", lambda _: True, PLAIN)
    assert (found.id, found.hash, found.exists) == ("a:foo", "bar_baz", True)


@pytest.mark.parametrize(
    "raw, settings, candidates",
    [
        pytest.param("Out:", PLAIN, ("out:start", "out:out", "out"), id="a namespace has three start pages"),
        pytest.param(
            "a:b:", WikiSettings(start="home"), ("a:b:home", "a:b:b", "a:b"), id="the start page is a setting"
        ),
        pytest.param("tree", PLURAL, ("x:tree", "x:trees"), id="the plural is tried after the name"),
        pytest.param("trees", PLURAL, ("x:trees", "x:tree"), id="the singular is tried after the name"),
        pytest.param("out:", PLURAL, ("out:start", "out:out", "out", "out:starts"), id="plural after the start pages"),
        pytest.param("#here", PLURAL, ("x:page",), id="the page itself has no plural"),
    ],
)
def test_candidates_come_in_the_order_they_are_tried(
    raw: str, settings: WikiSettings, candidates: tuple[str, ...]
) -> None:
    target = page_target(raw, "x:page", settings)
    assert (target.candidates, target.fallback) == (candidates, candidates[0])


@pytest.mark.parametrize(
    "raw, name",
    [
        ("I.PNG", "a:b:i.png"),
        (":x.png", "x.png"),
        ("Ns:I.PNG", "ns:i.png"),
        (".:x.png", "a:b:x.png"),
        ("..:x y.png", "a:x_y.png"),
    ],
)
def test_media_names_start_from_the_namespace_of_the_page(raw: str, name: str) -> None:
    assert resolve_media(raw, "a:b:c", PLAIN) == name
