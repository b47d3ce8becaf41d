import time
from collections.abc import Callable
from itertools import pairwise
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import BadPageName
from app.domain.names import clean_id, clean_login, name_of, namespace_of, natural_key, page_name
from app.domain.wiki_settings import WikiSettings
from tests.domain.agreement import rows, settings_of

PLAIN = WikiSettings()


@pytest.mark.parametrize("table, clean", [("clean_id", clean_id), ("clean_user", clean_login)])
def test_every_row_of_the_old_wiki_agrees(table: str, clean: Callable[[str, WikiSettings], str]) -> None:
    wrong = [row for row in rows(table) if clean(row["raw"], settings_of(row)) != row["clean"]]
    assert wrong == []


@pytest.mark.parametrize(
    "raw, settings, clean",
    [
        pytest.param("Foo Bar", PLAIN, "foo_bar", id="blanks become the separator"),
        pytest.param("foo/bar", PLAIN, "foo_bar", id="a slash is a separator"),
        pytest.param("foo/bar", WikiSettings(useslash=True), "foo:bar", id="a slash parts namespaces where set so"),
        pytest.param("foo;bar", PLAIN, "foo:bar", id="a semicolon parts namespaces"),
        pytest.param(":foo::bar:", PLAIN, "foo:bar", id="empty namespaces vanish"),
        pytest.param("foo:_bar_:.baz", PLAIN, "foo:bar:baz", id="separators at the ends of a part vanish"),
        pytest.param("foo--bar..baz", PLAIN, "foo--bar..baz", id="runs of other separators stay"),
        pytest.param("foo--bar", WikiSettings(sepchar="-"), "foo-bar", id="runs of the separator shrink"),
        pytest.param("Ünïcödé ß", PLAIN, "uenicoede_ss", id="accents go"),
        pytest.param("Ünïcödé ß", WikiSettings(deaccent=0), "ünïcödé_ß", id="accents stay where set so"),
        pytest.param("Привет Мир", WikiSettings(deaccent=2), "privet_mir", id="Cyrillic is romanised"),
        pytest.param("きゃっと", WikiSettings(deaccent=2), "kyatto", id="syllables of several signs are romanised"),
        pytest.param("中文", WikiSettings(deaccent=2), "中文", id="Han characters stay"),
        pytest.param("%²½#", PLAIN, "", id="nothing may be left"),
        pytest.param("0", PLAIN, "0", id="nought is a name"),
    ],
)
def test_names_are_cleaned(raw: str, settings: WikiSettings, clean: str) -> None:
    assert clean_id(raw, settings) == clean


@given(st.text(), st.sampled_from("_-."), st.booleans(), st.sampled_from([0, 1, 2]))
def test_a_clean_name_holds_only_what_a_name_holds(
    raw: str, sepchar: Literal["_", "-", "."], useslash: bool, deaccent: Literal[0, 1, 2]
) -> None:
    clean = clean_id(raw, WikiSettings(sepchar=sepchar, useslash=useslash, deaccent=deaccent))
    assert all(part and part == part.strip("._-") for part in clean.split(":")) or clean == ""
    assert not set(clean) & set(" /;?#&<>\"'\\%|[]{}")


@given(st.from_regex(r"[a-zà-ÿа-я0-9_:. -]*", fullmatch=True))
def test_cleaning_a_clean_name_changes_nothing(raw: str) -> None:
    clean = clean_id(raw, PLAIN)
    assert clean_id(clean, PLAIN) == clean


def test_a_name_of_a_megabyte_takes_no_time_and_is_not_kept() -> None:
    raw = "a:-_. " * 200_000
    start = time.perf_counter()
    clean_id(raw, PLAIN)
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize(
    "raw, reason",
    [
        pytest.param("%%%", "letter or digit", id="nothing is left"),
        pytest.param("é" * 10 + "x" * 250, "longer", id="too many bytes"),
        pytest.param("a:" * 33 + "a", "deeper", id="too deep"),
        pytest.param("doku.php", "uses this address", id="the old wiki's address"),
        pytest.param("lib:exe:fetch.php", "uses this address", id="the old wiki's folder"),
        pytest.param("index.php", "uses this address", id="the old wiki's other address"),
        pytest.param("a\ud800b", "half a character", id="a lone surrogate"),
        pytest.param("a\N{REPLACEMENT CHARACTER}b", "half a character", id="what was not UTF-8 in an address"),
    ],
)
def test_names_that_cannot_be_stored_are_refused_with_the_reason(raw: str, reason: str) -> None:
    with pytest.raises(BadPageName, match=reason):
        page_name(raw, PLAIN)


@pytest.mark.parametrize(
    "raw, name",
    [
        pytest.param(" IA:Modèles ", "ia:modeles", id="a common name"),
        pytest.param("x" * 250, "x" * 250, id="as long as can be"),
        pytest.param("a:" * 32 + "a", "a:" * 32 + "a", id="as deep as can be"),
        pytest.param("notes:doku.php", "notes:doku.php", id="a reserved word below a namespace"),
        pytest.param("library", "library", id="a word that begins like a reserved one"),
    ],
)
def test_names_that_can_be_stored_are_returned_clean(raw: str, name: str) -> None:
    assert page_name(raw, PLAIN) == name


@pytest.mark.parametrize(
    "name, namespace, last", [("a:b:c", "a:b", "c"), ("start", "", "start"), ("a:b", "a", "b"), ("", "", "")]
)
def test_a_name_is_split_at_its_last_colon(name: str, namespace: str, last: str) -> None:
    assert (namespace_of(name), name_of(name)) == (namespace, last)


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(["a2", "a10", "a100"], id="numbers by value"),
        pytest.param(["a1", "A2", "b"], id="upper and lower case alike"),
        pytest.param(
            ["bl:a", "bl:e", "bl:hidden:h", "bl:sub:s", "bl:target", "other:o"], id="as the old wiki lists them"
        ),
        pytest.param(["a", "a:b", "a_b", "ab"], id="what lies in a namespace before what continues its name"),
        pytest.param(["v1.9", "v1.10", "v2.0"], id="versions"),
        pytest.param(["99", "a"], id="digits before letters"),
    ],
)
def test_names_sort_as_people_expect(names: list[str]) -> None:
    assert all(natural_key(one) < natural_key(next_) for one, next_ in pairwise(names))


@given(st.integers(0, 10**40), st.integers(0, 10**40))
def test_numbers_in_names_compare_by_value(one: int, other: int) -> None:
    assert (natural_key(f"n{one}") < natural_key(f"n{other}")) == (one < other)


@pytest.mark.parametrize(
    ("one", "other"),
    [pytest.param("a1", "a01", id="a zero in front"), pytest.param("a", "ª", id="letters that fold alike")],
)
def test_names_that_sort_alike_have_keys_of_their_own(one: str, other: str) -> None:
    assert natural_key(one) != natural_key(other)


def test_the_longest_names_have_keys_that_fit() -> None:
    assert max(len(natural_key("a1" * 125)), len(natural_key("1" * 250)), len(natural_key("ß" * 125))) <= 1000
