"""Names on a disk, in each way that the old wiki writes them."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.names import clean_id
from app.domain.wiki_settings import WikiSettings
from app.exchange.dokuwiki.file_names import ENCODINGS, decode, decode_any, encode
from app.exchange.dokuwiki.model import Encoding

ROWS = [
    ("ns:page", "ns/page", "ns/page"),
    ("ns:seite_mit_ß", "ns/seite_mit_%C3%9F", "ns/seite_mit_%5b]"),
    ("日本:語", "%E6%97%A5%E6%9C%AC/%E8%AA%9E", "%k3p%kcs]/%rcu]"),
    ("тест", "%D1%82%D0%B5%D1%81%D1%82", "%te%t1%td%te]"),
    ("über:x", "%C3%BCber/x", "%64]ber/x"),
]
KEPT = WikiSettings(deaccent=0)


def clean(name: str) -> str:
    return clean_id(name, KEPT)


@pytest.mark.parametrize(("name", "url", "safe"), ROWS, ids=[row[0] for row in ROWS])
def test_names_are_written_and_read(name: str, url: str, safe: str) -> None:
    written: dict[Encoding, str] = {"url": url, "safe": safe, "utf-8": name.replace(":", "/")}
    for way, path in written.items():
        assert encode(name, way) == path
        assert decode(path, way) == name


@pytest.mark.parametrize("way", ENCODINGS)
@given(raw=st.text(max_size=30))
def test_every_clean_name_survives_every_way(way: Encoding, raw: str) -> None:
    name = clean(raw)
    if way == "safe-old" and "." in name:  # a dot closes a run there, which is why that way was given up
        return

    assert decode(encode(name, way), way) == name


@pytest.mark.parametrize(
    ("path", "preferred", "found"),
    [
        pytest.param("%C3%BCber/x", "url", ("über:x", "url"), id="as it is written here"),
        pytest.param("%64]ber/x", "url", ("über:x", "safe"), id="written in another way"),
        pytest.param("über/x", "safe", ("über:x", "utf-8"), id="as it is"),
        pytest.param("plain/page", "safe", ("plain:page", "safe"), id="alike in all ways"),
        pytest.param("Upper/Page", "url", ("Upper:Page", "url"), id="a name that would be cleaned"),
        pytest.param("%c3%bcber/x", "utf-8", ("über:x", "url"), id="digits in small letters"),
        pytest.param("caf\udce9", "url", None, id="bytes that are no text"),
        pytest.param("caf%E9", "utf-8", ("caf%E9", "utf-8"), id="half a letter"),
    ],
)
def test_mixtures_are_told_apart(path: str, preferred: Encoding, found: tuple[str, Encoding] | None) -> None:
    assert decode_any(path, preferred, clean) == found


@pytest.mark.parametrize("path", ["%zzzzz]", "%rrrr]", "%1", "%%%", "]", "%]", "%" * 1000, "%0a" * 1000])
@pytest.mark.parametrize("way", ENCODINGS)
def test_nonsense_is_no_name_or_some_name_and_never_an_error(way: Encoding, path: str) -> None:
    found = decode(path, way)

    assert found is None or isinstance(found, str)


def test_a_cleaner_is_asked_for_each_way_once() -> None:
    asked: list[str] = []

    def noting(name: str) -> str:
        asked.append(name)
        return ""

    cleaner: Callable[[str], str] = noting
    assert decode_any("a%C3%A9", "url", cleaner) == ("aé", "url")
    assert len(asked) <= len(ENCODINGS)
