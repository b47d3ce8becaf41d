"""From an empty folder to a wiki, once."""

import pytest

from app.first_start import BUILDER, ENDINGS, init_wiki
from app.resources import resource_dir
from app.services.indexes import all_pages
from app.services.media_list import all_media
from app.services.pages import delete_page, read_page, save_page
from app.services.setting_rows import load_settings
from app.wiki import Wiki
from tests.conftest import NOW

PAGES = len([path for path in (resource_dir("content") / "pages").rglob("*") if path.suffix in ENDINGS])


def names(wiki: Wiki) -> list[str]:
    with wiki.sessions() as session:
        return [page.name for page in all_pages(session, viewer=BUILDER)]


def test_a_new_wiki_has_pages_a_picture_and_their_language(wiki: Wiki) -> None:
    assert init_wiki(wiki) == PAGES == len(names(wiki))

    with wiki.sessions() as session:
        assert [file.mime for file in all_media(session, viewer=BUILDER)] == ["image/jpeg"]
        assert load_settings(session).lang == "fr"
        markups = [read_page(session, name, viewer=BUILDER).markup for name in ("wiki:syntax", "wiki:markdown")]
        assert markups == ["dokuwiki", "markdown"]


def test_starting_again_changes_nothing(wiki: Wiki) -> None:
    init_wiki(wiki)
    with wiki.sessions() as session:
        delete_page(session, "playground:playground", viewer=BUILDER, now=NOW)

    assert init_wiki(wiki) == 0
    assert "playground:playground" not in names(wiki)


def test_an_empty_wiki_stays_empty(wiki: Wiki) -> None:
    assert init_wiki(wiki, empty=True) == 0
    assert init_wiki(wiki) == 0
    assert names(wiki) == []


def test_an_interrupted_start_goes_on(wiki: Wiki, monkeypatch: pytest.MonkeyPatch) -> None:
    saves = 0

    def counted(*args: object, **more: object) -> object:
        nonlocal saves
        saves += 1
        if saves > 3:
            raise KeyboardInterrupt
        return save_page(*args, **more)  # type: ignore[arg-type]  # passed through

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("app.first_start.save_page", counted)
        init_wiki(wiki)
    assert len(names(wiki)) == 3

    assert init_wiki(wiki) == PAGES - 3
    assert len(names(wiki)) == PAGES
    with wiki.sessions() as session:
        assert read_page(session, "ia:modeles", viewer=BUILDER).exists
