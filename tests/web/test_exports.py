"""Pages for other programs."""

import pytest

from app.domain.wiki_settings import WikiSettings
from app.markup import Facts, parse, render
from app.services.rendering import one_picture
from app.wiki import Wiki
from tests.web.conftest import Browser
from tests.web.writing import NOW, write

CODE = '<code python>print("one")</code>\n\n<file c two.c>\nint main;\n</file>\n'


def test_raw_is_the_source_as_a_file(eve: Browser, wiki: Wiki) -> None:
    write(wiki, "a:b", "**source** é\n")

    response = eve.get("/_export/raw/a:b")

    assert response.data == "**source** é\n".encode()
    assert response.content_type == "text/plain; charset=utf-8"
    assert response.headers["Content-Disposition"] == "attachment; filename=b.txt"
    assert response.headers["X-Robots-Tag"] == "noindex"


def test_raw_of_a_markdown_page_is_named_as_such(eve: Browser, wiki: Wiki) -> None:
    write(wiki, "a:b", "*source*\n", markup="markdown")

    response = eve.get("/_export/raw/a:b")

    assert response.data == b"*source*\n"
    assert response.headers["Content-Disposition"] == "attachment; filename=b.md"


def test_code_of_a_markdown_page_is_counted_as_its_markup_has_it(eve: Browser, wiki: Wiki) -> None:
    write(wiki, "a", "```python\none\n```\n\n<code>no</code>\n\n~~~ c two.c\nint main;\n~~~\n", markup="markdown")

    first, second, third = (eve.get(f"/_export/code/a?codeblock={number}") for number in range(3))

    assert (first.text.strip(), second.text.strip(), third.status_code) == ("one", "int main;", 404)
    assert first.headers["Content-Disposition"] == "attachment; filename=snippet.python"
    assert second.headers["Content-Disposition"] == "attachment; filename=two.c"


def test_raw_of_an_old_revision(eve: Browser, wiki: Wiki) -> None:
    write(wiki, "a", "old")
    write(wiki, "a", "new", now=NOW + 60)

    assert eve.get(f"/_export/raw/a?rev={NOW}").text == "old"


def test_xhtml_is_the_page_alone(eve: Browser, wiki: Wiki) -> None:
    write(wiki, "a", "====== Title ======\n\n**bold**")

    whole, body = eve.get("/_export/xhtml/a"), eve.get("/_export/xhtmlbody/a")

    assert "<title>Title</title>" in whole.text
    assert "<strong>bold</strong>" in whole.text
    assert "<strong>bold</strong>" in body.text
    assert "<html" not in body.text


@pytest.mark.parametrize(
    ("query", "text", "filename"),
    [
        pytest.param("", 'print("one")', "snippet.python", id="the first without a number"),
        pytest.param("?codeblock=1", "int main;", "two.c", id="a block under its own name"),
    ],
)
def test_a_block_of_code_is_sent_as_a_file(eve: Browser, wiki: Wiki, query: str, text: str, filename: str) -> None:
    write(wiki, "a", CODE)

    response = eve.get(f"/_export/code/a{query}")

    assert response.text.strip() == text
    assert response.mimetype == "text/plain"
    assert filename in response.headers["Content-Disposition"]


@pytest.mark.parametrize(
    "address",
    ["/_export/raw/none", "/_export/xhtml/none", "/_export/code/none", "/_export/code/a?codeblock=9",
     "/_export/code/a?codeblock=x", "/_export/code/a?codeblock=-1"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(eve: Browser, wiki: Wiki, address: str) -> None:
    write(wiki, "a", CODE)

    assert eve.get(address).status_code == 404


@pytest.mark.parametrize(
    ("given", "sent"),
    [
        pytest.param("../../etc/passwd.txt", "filename=passwd.txt", id="no folders"),
        pytest.param('a;b="c.txt', "filename=a_b_c.txt", id="nothing that means something in a header"),
        pytest.param(".bashrc", "filename=bashrc", id="nothing hidden"),
    ],
)
def test_the_name_a_page_gives_is_made_harmless(eve: Browser, wiki: Wiki, given: str, sent: str) -> None:
    write(wiki, "a", f"<file text {given}>words</file>")

    assert eve.get("/_export/code/a").headers["Content-Disposition"].endswith(sent)


def test_exported_pages_name_one_size_of_each_picture() -> None:
    shown = '<p><img src="/a?w=32" class="media" srcset="/a?w=64&amp;tok=x 2x" width="32"> srcset="words"</p>'

    assert one_picture(shown) == '<p><img src="/a?w=32" class="media" width="32"> srcset="words"</p>'


def test_code_is_offered_in_the_language_of_the_wiki() -> None:
    document = parse("<file py a.py>\nx\n</file>", WikiSettings(lang="fr"))

    assert 'title="Télécharger cet extrait"' in str(render(document, "a", Facts(), WikiSettings(lang="fr")).parts)
