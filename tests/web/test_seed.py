"""The page this wiki was made for shows its own picture, brought once, in whatever sizes a page asks for."""

import re
from html import unescape

import pytest

from app.first_start import init_wiki
from app.services.media_history import media_history
from app.wiki import Wiki
from tests.conftest import ALICE
from tests.web.conftest import Browser
from tests.web.files import fetch, size_of
from tests.web.writing import write

PICTURE = "ia:schema_llm_open_source_pmdia_whi3h.jpg"


def test_one_upload_is_shown_at_three_sizes(eve: Browser, wiki: Wiki) -> None:
    init_wiki(wiki)
    write(wiki, "ia:sizes", " ".join(f"{{{{:{PICTURE}?{width}}}}}" for width in (120, 300, 600)))

    shown = re.findall(r'<img src="([^"]+)"[^>]* width="(\d+)"', eve.get("/ia:sizes").text)
    answers = [fetch(eve, unescape(address), Accept="image/webp,*/*") for address, _ in shown]

    assert [width for _, width in shown] == ["120", "300", "600"]
    assert [size_of(answer.data)[0] for answer in answers] == [120, 300, 600]
    assert len({len(answer.data) for answer in answers}) == 3
    with wiki.sessions() as session:
        assert len(media_history(session, PICTURE, viewer=ALICE).items) == 1


@pytest.mark.parametrize("markup", ["dokuwiki", "markdown"])
def test_the_examples_show_it_in_the_sizes_that_they_name(eve: Browser, wiki: Wiki, markup: str) -> None:
    init_wiki(wiki)

    shown = re.findall(r'<img src="(/_media/[^"]+)"', eve.get(f"/_syntax?markup={markup}").text)

    assert shown
    assert {fetch(eve, unescape(address)).status_code for address in shown} == {200}


def test_the_founding_page_shows_its_picture(eve: Browser, wiki: Wiki) -> None:
    init_wiki(wiki)

    address = re.search(rf'<img src="(/_media/{PICTURE}[^"]*)"', eve.get("/ia:modeles").text)

    assert address
    assert fetch(eve, unescape(address[1])).status_code == 200
