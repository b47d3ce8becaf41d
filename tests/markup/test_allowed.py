"""What raw HTML may hold."""

import pytest

from app.domain.wiki_settings import WikiSettings
from app.markup.allowed import ATTRIBUTES, TAGS, VOID, allowed_address, allowed_attribute

SETTINGS = WikiSettings()
ACTIVE = (
    "script style template noscript iframe object embed svg math foreignobject base meta link form input button select"
    " textarea title plaintext xmp frameset marquee noembed noframes applet"
)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://example.org/a:b?c=d:e#f", id="a web address"),
        pytest.param("HTTP://example.org", id="a scheme in capitals"),
        pytest.param("mailto:a@b.cd", id="mail"),
        pytest.param("irc://example.org/room", id="a scheme of the list"),
        pytest.param("/a/page", id="a path"),
        pytest.param("#part", id="a place on the page"),
        pytest.param("?do=edit:x", id="a query"),
        pytest.param("sub/page:x", id="a colon behind a slash"),
        pytest.param("", id="nothing"),
    ],
)
def test_an_address_is_allowed(url: str) -> None:
    assert allowed_address(url, SETTINGS)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("javascript:alert(1)", id="a script"),
        pytest.param("JaVaScRiPt:alert(1)", id="a script in mixed case"),
        pytest.param("javascript:0", id="a script that looks like a port"),
        pytest.param(" \t\n\x00\x01javascript:alert(1)", id="a script behind blanks and control characters"),
        pytest.param("java\tscr\nipt\r:alert(1)", id="a script with blanks inside"),
        pytest.param("java\x00script:alert(1)", id="a script with a zero inside"),
        pytest.param("\xa0javascript\u2028:alert(1)", id="a script among blanks beyond ASCII"),
        pytest.param("vbscript:msgbox(1)", id="a script of another kind"),
        pytest.param("data:text/html;base64,AAAA", id="data"),
        pytest.param("data:image/svg+xml,<svg onload=x>", id="data as a picture"),
        pytest.param("blob:https://a.b/c", id="a blob"),
        pytest.param("file:///etc/passwd", id="a file"),
        pytest.param("tel:123", id="a telephone"),
        pytest.param("x:y", id="a scheme nobody knows"),
    ],
)
def test_an_address_is_refused(url: str) -> None:
    assert not allowed_address(url, SETTINGS)


@pytest.mark.parametrize(
    ("tag", "name", "value", "allowed"),
    [
        pytest.param("a", "href", "https://a.bc", True, id="a link may lead somewhere"),
        pytest.param("a", "href", "javascript:x", False, id="a link runs no script"),
        pytest.param("img", "src", "data:image/png;base64,AA", False, id="a picture is no data"),
        pytest.param("source", "srcset", "a.png 1x, https://a.bc/d.png 2x", True, id="several pictures"),
        pytest.param("source", "srcset", "a.png 1x, javascript:x 2x", False, id="a script among several pictures"),
        pytest.param("blockquote", "cite", "javascript:x", False, id="a source runs no script"),
        pytest.param("td", "colspan", "2", True, id="a cell may span"),
        pytest.param("p", "align", "center", True, id="a paragraph may be centred"),
        pytest.param("p", "href", "https://a.bc", False, id="a paragraph is no link"),
        pytest.param("script", "src", "https://a.bc", False, id="a script has nothing"),
    ],
)
def test_attribute(tag: str, name: str, value: str, allowed: bool) -> None:
    assert allowed_attribute(tag, name, value, SETTINGS) is allowed


@pytest.mark.parametrize(
    "name", ["id", "class", "name", "style", "onclick", "onerror", "srcdoc", "formaction", "target"]
)
def test_no_element_has(name: str) -> None:
    assert not [tag for tag, names in ATTRIBUTES.items() if name in names]


@pytest.mark.parametrize("tag", ACTIVE.split())
def test_nothing_that_acts_is_an_element(tag: str) -> None:
    assert tag not in TAGS


def test_all_without_content_are_elements() -> None:
    assert VOID <= TAGS
