"""What a new wiki starts with: names, links, examples, picture."""

import re
from pathlib import Path

import pytest
from PIL import Image

from app.domain.anchors import SectionIds
from app.domain.names import page_name
from app.domain.resolve import resolve_page
from app.domain.texts import clean_text
from app.domain.wiki_settings import WikiSettings
from app.first_start import ENDINGS
from app.markup import Document, Facts, Metadata, PageFact, metadata, parse, plain_text
from app.markup.nodes import Heading

CONTENT = Path(__file__).parents[1] / "content"
FRENCH = WikiSettings(lang="fr")
# Left to be written by whoever comes first.
MISSING = {"ia:plongements", "ia:quantification", "ia:distillation"}
EXAMPLES_OF_MISSING = {"wiki:une_page_qui_n_existe_pas_encore", "wiki:en:a_page_that_does_not_exist_yet"}
GUIDES = ("wiki:syntax", "wiki:en:syntax")
MARKDOWN_GUIDES = ("wiki:markdown", "wiki:en:markdown")
FENCED = re.compile(r"^(```|~~~)markdown\n(.*?)\n\1$", re.DOTALL | re.MULTILINE)
CODE = re.compile(r"<(code|file)[^>\n]*>\n(.*?)\n</\1>", re.DOTALL)
LITERAL = re.compile(r"%%.*?%%|<nowiki>.*?</nowiki>|^ {2,}<code.*?^ {2,}</code>", re.DOTALL | re.MULTILINE)


def name_of_file(path: Path, root: str, suffix: str = "") -> str:
    return ":".join(path.relative_to(CONTENT / root).parts).removesuffix(suffix)


FILES = sorted(path for path in (CONTENT / "pages").rglob("*") if path.suffix in ENDINGS)
PAGES = {name_of_file(path, "pages", path.suffix): path for path in FILES}
OLD_MARKUP = [name for name, path in PAGES.items() if path.suffix == ".txt"]
NOTES = [name for name in PAGES if name.startswith("ia:") and name != "ia:modeles"]
MEDIA = {name_of_file(path, "media") for path in (CONTENT / "media").rglob("*") if path.is_file()}


def text_of(name: str) -> str:
    return PAGES[name].read_bytes().decode("utf-8")


def read(name: str) -> Metadata:
    here = Facts(pages={page: PageFact() for page in PAGES})
    return metadata(document(name), name, here, FRENCH)


def document(name: str, text: str = "") -> Document:
    return parse(text or text_of(name), FRENCH, ENDINGS[PAGES[name].suffix])


def anchors_of(name: str) -> set[str]:
    ids = SectionIds(FRENCH)
    titles = re.findall(r"^==+ *(.+?) *==+$", CODE.sub("", text_of(name)), re.MULTILINE)
    return {ids.unique(title) for title in titles}


def test_the_pages_that_were_promised_are_there() -> None:
    promised = "start sidebar playground:playground ia:start ia:modeles"
    promised += " wiki:syntax wiki:en:syntax wiki:markdown wiki:en:markdown"
    assert set(promised.split()) <= PAGES.keys()


@pytest.mark.parametrize("name", PAGES)
def test_names_clean_to_themselves(name: str) -> None:
    assert page_name(name, FRENCH) == name


@pytest.mark.parametrize("name", PAGES)
def test_texts_are_stored_as_they_are(name: str) -> None:
    text = text_of(name)
    assert clean_text(text) == text
    assert text.endswith("\n") or name == "ia:modeles"


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_to_a_page_or_to_one_left_to_be_written(name: str) -> None:
    assert set(read(name).targets("page")) - PAGES.keys() - MISSING - EXAMPLES_OF_MISSING == set()


@pytest.mark.parametrize("name", OLD_MARKUP)
def test_links_to_headings_find_them(name: str) -> None:
    text = LITERAL.sub("", CODE.sub("", text_of(name)))
    lost = []
    for page, title in re.findall(r"\[\[([\w:.-]*)#([^\]|]+)", text):
        target = resolve_page(f"{page}#{title}", name, PAGES.__contains__, FRENCH)
        if target.hash not in anchors_of(target.id):
            lost.append((page, title))
    assert lost == []


@pytest.mark.parametrize("name", NOTES)
def test_every_note_links_to_the_references_and_at_most_one_page_is_missing(name: str) -> None:
    links = read(name).targets("page")
    assert "ia:modeles" in links
    assert len(MISSING.intersection(links)) <= 1


@pytest.mark.parametrize("name", PAGES)
def test_pictures_of_the_wiki_are_there(name: str) -> None:
    assert set(read(name).targets("media")) <= MEDIA


@pytest.mark.parametrize("name", PAGES)
def test_every_page_has_a_title_but_the_sidebar(name: str) -> None:
    assert bool(read(name).title) == (name != "sidebar")


@pytest.mark.parametrize("name", OLD_MARKUP)
def test_nothing_is_left_of_the_markup(name: str) -> None:
    """No bold sign, bracket or brace in the text that readers see, apart from code and what is quoted on purpose."""
    text = LITERAL.sub("literal", CODE.sub("", text_of(name)))
    seen = plain_text(document(name, text))
    assert re.findall(r"\*\*|//(?!\w)|''|__|\[\[|\]\]|\{\{|\}\}|\(\(|\)\)|~~|</?\w+>", seen) == []


@pytest.mark.parametrize("name", GUIDES)
def test_every_example_is_followed_by_itself(name: str) -> None:
    text = LITERAL.sub("", text_of(name))
    unlike = []
    examples = [found for found in CODE.finditer(text) if found[0].startswith("<code>")]
    for found in examples:
        shown = text[found.end() :].removeprefix("\n\n")
        if not (shown + "\n").startswith(found[2] + "\n"):
            unlike.append(found[2])
    assert unlike == []
    assert len(examples) > 20


@pytest.mark.parametrize("name", MARKDOWN_GUIDES)
def test_every_example_in_markdown_is_followed_by_itself(name: str) -> None:
    text = text_of(name)
    examples = list(FENCED.finditer(text))
    unlike = [found[2] for found in examples if not text[found.end() :].startswith(f"\n\n{found[2]}\n")]
    titles = [example for example in unlike if "# Chap" in example]

    assert unlike == titles  # the two titles of a page would be titles of the guide
    assert len(examples) > 20


@pytest.mark.parametrize("name", MARKDOWN_GUIDES)
def test_nothing_is_left_of_markdown(name: str) -> None:
    seen = plain_text(document(name, FENCED.sub("", re.sub(r"`[^`\n]+`", "", text_of(name)))))

    assert re.findall(r"\*\*|__|\[\[|\]\]|\{\{|\}\}|\(\(|\)\)|~~|^#|\]\(|\[\^|\[!|</?\w+>", seen, re.MULTILINE) == []


@pytest.mark.parametrize("guides", [GUIDES, MARKDOWN_GUIDES], ids=["DokuWiki", "Markdown"])
def test_both_guides_have_the_same_chapters(guides: tuple[str, str]) -> None:
    french, english = (
        [event.level for event in document(name).events if isinstance(event, Heading)] for name in guides
    )
    assert french == english
    assert len(french) > 15


@pytest.mark.parametrize("name", MARKDOWN_GUIDES)
def test_links_to_headings_of_a_markdown_page_find_them(name: str) -> None:
    ids = SectionIds(FRENCH)
    anchors = {ids.unique(event.title) for event in document(name).events if isinstance(event, Heading)}
    hashes = re.findall(r"\]\(#([^)]+)\)", FENCED.sub("", text_of(name)))

    assert hashes
    assert set(hashes) <= anchors


def test_the_picture_is_large_and_light() -> None:
    path = CONTENT / "media" / "ia" / "schema_llm_open_source_pmdia_whi3h.jpg"
    with Image.open(path) as picture:
        assert (picture.format, picture.size) == ("JPEG", (1600, 900))
    assert path.stat().st_size < 200_000
