"""Which pictures of other sites a page asks for through the wiki: those of listed hosts, with a token."""

import hmac
import re

import pytest

from app.domain.markups import Markup
from app.domain.wiki_settings import WikiSettings
from app.markup import Facts, parse, render
from app.markup.addresses import fetch_token, size_token

SECRET = b"for tests only"
THROUGH = "/_fetch?url=http%3A%2F%2Fa.bc%2Fd.png"


def shown(source: str, hosts: str, markup: Markup = "dokuwiki") -> list[str]:
    settings = WikiSettings(picturehosts=hosts)
    made = render(parse(source, settings, markup), "ns:page", Facts(), settings, SECRET)
    whole = "".join(part for part in made.parts if isinstance(part, str))
    return re.findall(r'<img src="([^"]*)"', whole)


@pytest.mark.parametrize(
    ("source", "hosts", "begins"),
    [
        pytest.param("{{http://a.bc/d.png}}", "", "http://a.bc/d.png", id="no host is listed"),
        pytest.param("{{http://a.bc/d.png}}", "a.bc", f"{THROUGH}&amp;tok=", id="a listed host"),
        pytest.param("{{HTTP://A.bc/d.png}}", "a.bc", "/_fetch?url=", id="in capitals"),
        pytest.param("{{http://x.a.bc/d.png}}", "*.a.bc", "/_fetch?url=", id="a host below"),
        pytest.param("{{http://a.bc/d.png}}", "*.a.bc", "http://a.bc/d.png", id="the host above"),
        pytest.param("{{http://a.bc/d.png?10x20}}", "a.bc", f"{THROUGH}&amp;w=10&amp;h=20&amp;tok=", id="with a size"),
        pytest.param("{{http://a.bc.evil/d.png}}", "a.bc", "http://a.bc.evil/d.png", id="a listed name as a part"),
        pytest.param("{{http://a.bc@evil/d.png}}", "a.bc", "http://a.bc@evil/d.png", id="a listed name as a login"),
        pytest.param("{{http://a.bc/d.svg}}", "a.bc", "http://a.bc/d.svg", id="a drawing: none is passed on"),
        pytest.param("{{ftp://a.bc/d.png}}", "a.bc", "ftp://a.bc/d.png", id="another scheme"),
        pytest.param("{{http://a.bc/d.png}}", "http://a.bc/ *", "http://a.bc/d.png", id="a list of nonsense"),
    ],
)
def test_a_picture_comes_through_the_wiki_or_not(source: str, hosts: str, begins: str) -> None:
    found = shown(source, hosts)

    assert len(found) == 1
    assert found[0].startswith(begins)


def test_markdown_does_the_same() -> None:
    assert shown("![Ivy](http://a.bc/d.png)", "a.bc", "markdown")[0].startswith(THROUGH)


def test_a_token_is_good_for_one_address_in_one_size_alone() -> None:
    url = "http://a.bc/d.png"
    tokens = {
        fetch_token(url, 10, 0, SECRET),
        fetch_token(url, 0, 10, SECRET),
        fetch_token(url, 0, 0, SECRET),
        fetch_token(url + "?", 0, 0, SECRET),
        fetch_token(url, 0, 0, b"another"),
        size_token(url, 0, 0, SECRET),
    }

    assert len(tokens) == 6
    assert hmac.compare_digest(fetch_token(url, 10, 0, SECRET), shown("{{" + url + "?10}}", "a.bc")[0][-16:])
