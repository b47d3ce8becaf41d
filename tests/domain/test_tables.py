import pytest

from app.domain.tables import ENTITIES, INTERWIKI, MIME, SCHEMES, SMILEYS, merged, read_list, read_table, switches


@pytest.mark.parametrize(
    "text, table",
    [
        pytest.param(
            "wp  https://x/ y \nLOL\tlaughing", {"wp": "https://x/ y", "LOL": "laughing"}, id="keys and values"
        ),
        pytest.param("# remark\n\na b # remark\n", {"a": "b"}, id="comments and empty lines"),
        pytest.param("a b\\#c &#39;", {"a": "b#c &#39;"}, id="signs that begin no comment"),
        pytest.param("\ufeffa b\r\nc d\r", {"a": "b", "c": "d"}, id="byte order mark and foreign line ends"),
        pytest.param("a 1\na 2\nb", {"a": "2", "b": ""}, id="the last line of a key counts and may be empty"),
        pytest.param("~ \u00a0", {"~": "\u00a0"}, id="a no-break space is a value"),
    ],
)
def test_table_files_are_read(text: str, table: dict[str, str]) -> None:
    assert read_table(text) == table


def test_an_empty_value_takes_an_entry_away() -> None:
    assert merged({"a": "1", "b": "2"}, {"a": "", "c": "3"}) == {"b": "2", "c": "3"}


def test_a_line_with_an_exclamation_mark_takes_a_scheme_away() -> None:
    own = switches(read_list("# ours\ngemini\n!irc\n!none"))
    assert own == {"gemini": "on", "irc": "", "none": ""}
    assert merged({"http": "on", "irc": "on"}, own) == {"http": "on", "gemini": "on"}


def test_the_shipped_tables_are_whole() -> None:
    assert (len(INTERWIKI), len(SMILEYS), len(ENTITIES), len(MIME), len(SCHEMES)) == (23, 24, 14, 43, 9)


@pytest.mark.parametrize("ext, mime, download", [("png", "image/png", False), ("zip", "application/zip", True)])
def test_types_know_whether_they_are_shown(ext: str, mime: str, download: bool) -> None:
    assert (MIME[ext].mime, MIME[ext].download) == (mime, download)
