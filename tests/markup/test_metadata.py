"""What is kept of a page beside its text."""

import pytest

from app.domain.wiki_settings import WikiSettings
from app.markup import Metadata, Reference, TocEntry, metadata, parse, plain_text, questions, sections
from tests.markup.drawing import FACTS, PLAIN

PAGE = """====== Ivy ======
See [[wiki:syntax|the syntax]], [[nothing]] and ((a note on [[start]])).
> a quote of [[wp>Ivy]]
{{a.png?10|Picture}} http://a.bc {{http://a.bc/d.png}} [[wiki:syntax]]
%%[[hidden]]%% <code>[[hidden]]</code> [[#here]] [[nope>x]] {{rss>http://a.bc/feed 3}}
===== Leaf & root =====
~~NOTOC~~"""


def about(text: str, settings: WikiSettings = PLAIN) -> Metadata:
    return metadata(parse(text, settings), "ns:page", FACTS, settings)


def test_references_stand_in_order_of_appearance_once_each() -> None:
    assert [(each.kind, each.target, each.exists) for each in about(PAGE).references] == [
        ("page", "wiki:syntax", True),
        ("page", "ns:nothing", False),
        ("page", "ns:start", True),
        ("interwiki", "wp>Ivy", None),
        ("media", "ns:a.png", True),
        ("external", "http://a.bc", None),
        ("external", "http://a.bc/d.png", None),
        ("interwiki", "nope>x", None),  # shortcuts come and go without their pages being saved
    ]


def test_the_rest_of_what_is_kept() -> None:
    found = about(PAGE)
    assert found.title == "Ivy"
    assert found.first_image == "ns:a.png"
    assert found.headings == (TocEntry(1, "ivy", "Ivy"), TocEntry(2, "leaf_root", "Leaf & root"))
    assert found.feeds == ("http://a.bc/feed",)
    assert (found.notoc, found.nocache) == (True, False)
    assert found.abstract.startswith("Ivy\n\nSee the syntax, nothing and .")
    assert found.targets("page") == ("wiki:syntax", "ns:nothing", "ns:start")


@pytest.mark.parametrize(
    "text, excerpt",
    [
        pytest.param("before [[x|the link]] after", "before the link after", id="the words either side"),
        pytest.param("  * one\n  * two [[x]] three", "one two x three", id="on one line"),
        pytest.param("**b** [[x]]\n\nnext", "b x next", id="without markup"),
        pytest.param("((in [[x]] note))", "in x note", id="in a note"),
        pytest.param(
            "w" * 10 + " " + "a " * 60 + "[[x]]" + " b" * 60 + " " + "w" * 10,
            "… " + "a " * 39 + "x" + " b" * 39 + " …",
            id="eighty characters, whole words",
        ),
        pytest.param("a" * 200 + "[[x]]", "a" * 80 + "x", id="one long word is cut"),
    ],
)
def test_excerpt(text: str, excerpt: str) -> None:
    (found,) = about(text).references
    assert found == Reference("page", "ns:x", exists=False, excerpt=excerpt)


def test_plain_text_is_what_a_reader_sees() -> None:
    text = "== Head ==\n**bold** [[a:b|title]] [[a:b]] -> HTML\n| c | d |\n<code>x</code>%%**%% {{a.png|pic}}"
    assert plain_text(parse(text, PLAIN)).split() == "Head bold title b → HTML c d x ** pic".split()  # noqa: SIM905 read as a line


def test_questions_name_all_that_may_matter() -> None:
    asked = questions(
        parse("[[a:]] [[b]] [[user>Ann]] {{f.mp4}} {{g.png}} {{t.mp3}} [[b|{{h.png}}]]", PLAIN), "ns:page", PLAIN
    )
    assert asked.pages == {"a:start", "a:a", "a", "ns:b", "user:ann"}
    assert asked.choices == {"a:start", "a:a", "a"}
    assert asked.media == {
        *("ns:f.mp4", "ns:f.webm", "ns:f.ogv", "ns:f.jpg", "ns:f.png"),
        *("ns:g.png", "ns:h.png", "ns:t.mp3", "ns:t.ogg", "ns:t.wav"),
    }
    assert asked.media_prefixes == {"ns:f."}


def test_plural_forms_are_asked_about() -> None:
    plural = WikiSettings(autoplural=True)
    assert questions(parse("[[thing]]", plural), "p", plural).choices == {"thing", "things"}


def test_sections_are_slices_of_the_source() -> None:
    document = parse("é\n===== A =====\nx\n==== B ====\ny\n== C ==\nz\n| t |\nend", PLAIN)
    found = sections(document, PLAIN)
    assert [(each.kind, each.title, document.source[each.start : each.end]) for each in found] == [
        ("section", "A", "===== A =====\nx"),
        ("table", "", "| t |"),
        ("section", "B", "==== B ====\ny\n== C ==\nz\n| t |\nend"),
    ]
    assert [each.byte_range(document.source) for each in found] == [(4, 19), (44, 49), (20, None)]


def test_a_section_that_is_the_whole_page_is_none() -> None:
    assert sections(parse("== A ==\nx", WikiSettings(maxseclevel=5)), WikiSettings(maxseclevel=5)) == ()


def test_crlf_counts_as_one_line_end() -> None:
    document = parse("a\r\n== B ==\r\nc", WikiSettings(maxseclevel=5))
    (section,) = sections(document, WikiSettings(maxseclevel=5))
    assert document.source[section.start : section.end] == "== B ==\nc"
