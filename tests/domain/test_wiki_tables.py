"""A wiki's own tables: as typed, checked, and over the shipped ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain import table_text, wiki_tables
from app.domain.options import settings_with
from app.domain.table_text import Problem, What, read_own, text_of
from app.domain.tables import MIME, SCHEMES, FileType
from app.domain.wiki_settings import WikiSettings


@pytest.mark.parametrize(
    ("name", "text", "entries"),
    [
        pytest.param("acronyms", "TLA  three letters \nAPI # gone\n", {"TLA": "three letters", "API": ""}, id="words"),
        pytest.param("interwiki", "Foo https://x/{NAME}", {"foo": "https://x/{NAME}"}, id="shortcuts in small letters"),
        pytest.param(
            "schemes", "SSH\n!irc\n! gopher", {"ssh": "on", "irc": "", "gopher": ""}, id="schemes, one a line"
        ),
        pytest.param("schemes", "!javascript", {"javascript": ""}, id="a scheme that is refused may be taken away"),
        pytest.param(
            "mime", "TXT text/plain\nzip\npdf 0", {"txt": "text/plain", "zip": "", "pdf": ""}, id="file types"
        ),
        pytest.param("entities", "\\#\\# §", {"##": "§"}, id="the sign of remarks"),
        pytest.param("smileys", ":crow: 🐦‍⬛", {":crow:": "🐦‍⬛"}, id="a sign made of several"),
    ],
)
def test_a_table_is_read_as_the_old_wiki_reads_it(name: str, text: str, entries: dict[str, str]) -> None:
    own = read_own(name, text)
    assert (own.entries, own.problems) == (entries, ())


@pytest.mark.parametrize(
    ("name", "line", "what"),
    [
        pytest.param("schemes", "javascript", "script", id="a scheme that runs"),
        pytest.param("schemes", "JavaScript", "script", id="a scheme that runs, in other letters"),
        pytest.param("schemes", "vbscript", "script", id="a script of another kind"),
        pytest.param("schemes", "data", "script", id="a page in an address"),
        pytest.param("schemes", "java script", "scheme", id="two words"),
        pytest.param("schemes", "http://", "scheme", id="more than the scheme"),
        pytest.param("interwiki", "x javascript:alert(1)", "script", id="a shortcut to a script"),
        pytest.param("interwiki", "x  JAVA\x01SCRIPT:a", "signs", id="a shortcut with control characters"),
        pytest.param("interwiki", "x java script:alert(1)", "script", id="a shortcut with blanks in its scheme"),
        pytest.param("interwiki", "a>b https://x/", "shortcut", id="a shortcut that no link can name"),
        pytest.param("mime", ".txt text/plain", "ending", id="an ending with its dot"),
        pytest.param("mime", "txt text", "type", id="half a type"),
        pytest.param("acronyms", "A" * 101 + " x", "long", id="too long a word"),
        pytest.param("acronyms", "A " + "x" * 1001, "long", id="too long a meaning"),
        pytest.param("acronyms", "A\x07 x", "signs", id="a bell"),
    ],
)
def test_a_line_that_cannot_be_taken_is_named(name: str, line: str, what: What) -> None:
    own = read_own(name, f"# first\n{line}\n")
    assert (own.entries, own.problems) == ({}, (Problem(2, what),))


def test_a_table_has_an_end() -> None:
    text = "\n".join(f"W{number} word" for number in range(table_text.MOST_ENTRIES + 1))
    assert [problem.what for problem in read_own("acronyms", text).problems] == ["many"]


WORDS = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=8)


@given(st.dictionaries(WORDS, st.one_of(st.just(""), WORDS), max_size=5))
def test_what_is_written_reads_as_the_same_table(entries: dict[str, str]) -> None:
    kept = {key: value for key, value in entries.items() if not key.endswith(("&", "\\")) and "&#" not in key + value}
    kept = {key: value for key, value in kept.items() if "\\#" not in key + value and not value.endswith("&")}
    assert read_own("acronyms", text_of("acronyms", kept)).entries == kept


def test_switches_are_written_as_lines() -> None:
    assert text_of("schemes", {"ssh": "on", "irc": ""}) == "ssh\n!irc\n"


def test_own_entries_lie_over_the_shipped_ones() -> None:
    settings = settings_with(
        WikiSettings(),
        {
            "acronyms": {"API": "", "TLA": "three letters"},
            "smileys": ":-) \n:crow: 🐦",
            "entities": {"->": "", "(x)": "&times;"},
            "scheme": ["ssh", "!irc", "javascript"],
            "mime": {"zip": "", "TXT": "text/plain", "htm": "text/html", "x": "nonsense"},
        },
    )
    assert (wiki_tables.acronyms(settings)["TLA"], "API" in wiki_tables.acronyms(settings)) == ("three letters", False)
    assert (wiki_tables.smileys(settings)[":crow:"], ":-)" in wiki_tables.smileys(settings)) == ("🐦", False)
    assert (wiki_tables.entities(settings)["(x)"], "->" in wiki_tables.entities(settings)) == ("×", False)
    assert wiki_tables.schemes(settings) == (*(scheme for scheme in SCHEMES if scheme != "irc"), "ssh")
    types = wiki_tables.file_types(settings)
    assert types["txt"] == FileType("text/plain", download=False)
    assert ("zip" in types, "x" in types) == (False, False)
    assert types["png"] == MIME["png"]


@pytest.mark.parametrize("mime", ["text/html", "application/xhtml+xml", "text/xml", "application/javascript", "x/y"])
def test_what_could_act_as_a_page_is_only_ever_saved(mime: str) -> None:
    types = wiki_tables.file_types(settings_with(WikiSettings(), {"mime": {"htm": mime}}))
    assert types["htm"].download


def test_an_exclamation_mark_makes_a_file_one_to_save() -> None:
    types = wiki_tables.file_types(settings_with(WikiSettings(), {"mime": {"jpg": "!image/jpeg"}}))
    assert (types["jpg"].mime, types["jpg"].download) == ("image/jpeg", True)


@pytest.mark.parametrize("name", table_text.NAMES)
def test_the_shipped_tables_could_have_been_typed(name: str) -> None:
    own = read_own(name, table_text.shipped_text(name))
    assert own.problems == ()
    assert own.entries
