"""Paths of what is exported: any file system takes them, none leads out, and no two names share one."""

import random
import unicodedata

import pytest

from app.domain.names import clean_id
from app.domain.wiki_settings import WikiSettings
from app.exchange.file_paths import inert_path, media_path, page_path, relative

DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("garden:ivy", "garden/ivy.html"),
        ("jardin:café_№5", "jardin/café_=E2=84=965.html"),
        ("a:..", "a/=2E=2E.html"),
        ("..:..:etc", "=2E=2E/=2E=2E/etc.html"),
        ("con", "=63on.html"),
        ("nul.x:com1", "=6Eul.x/=63om1.html"),
        ("a.:b.", "a=2E/b=2E.html"),
        ("_index", "=5Findex.html"),
        ("a.html:b", "a=2Ehtml/b.html"),
        ("a=2e", "a=3D2e.html"),
        ('<|>*?"', "=3C=7C=3E=2A=3F=22.html"),
        ("x" * 255, None),
        ("葉" * 85, None),
    ],
)
def test_a_page_has_a_path_that_every_system_takes(name: str, path: str | None) -> None:
    found = page_path(name, ".html")
    assert path is None or found == path
    _assert_taken(found)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("a:ivy.png", "a/ivy.png"),
        ("a.png:ivy.png", "a=2Epng/ivy.png"),
        ("noending", "noending="),
        ("con.png", "=63on.png"),
        ("a.tar.gz", "a.tar.gz"),
        ("a.ünd", "a=2Eünd="),
    ],
)
def test_a_file_keeps_its_ending(name: str, path: str) -> None:
    assert media_path(name) == path
    _assert_taken(path)


def test_no_two_names_share_a_path_and_none_is_a_folder_of_another() -> None:
    """Not even where capitals are small letters, and letters with marks one or two signs, as on some systems."""
    chance = random.Random(7)
    signs = "aé=._-2eE葉%/\u0301con"
    names = {"".join(chance.choice(f"{signs}:::") for _ in range(chance.randint(1, 9))) for _ in range(4000)}
    names = {clean for name in names if (clean := clean_id(name, WikiSettings()))}
    assert len(names) > 500
    for made in (lambda name: page_path(name, ".html"), media_path, inert_path):
        paths = {name: unicodedata.normalize("NFC", made(name).casefold()) for name in names}
        assert len(set(paths.values())) == len(names)
        folders = {path.rpartition("/")[0] for path in paths.values()}
        assert folders.isdisjoint(paths.values())
        for name in names:
            _assert_taken(made(name))


@pytest.mark.parametrize(
    ("path", "below", "address"),
    [
        ("a/b.html", "a/c.html", "b.html"),
        ("a/b.html", "c.html", "a/b.html"),
        ("b.html", "a/c/d.html", "../../b.html"),
        ("a/a/b.html", "a/b/c.html", "../a/b.html"),
        ("a", "a/b", "../a"),
    ],
)
def test_one_file_names_another(path: str, below: str, address: str) -> None:
    assert relative(path, below) == address


def _assert_taken(path: str) -> None:
    for part in path.split("/"):
        assert part not in ("", ".", "..")
        assert not part.endswith((".", " "))
        assert len(part.encode()) <= 255
        assert part.partition(".")[0].lower() not in DEVICES
        assert not set(part) & set('<>:"/\\|?*\0%')
