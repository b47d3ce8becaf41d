import time

import pytest

from app.domain.obvious import is_known, runs_on

OWN = ("annelise", "Le Wiki du Château")


@pytest.mark.parametrize(
    "password",
    [
        pytest.param("aaaaaaaaaaaa", id="one letter"),
        pytest.param("abababababab", id="two letters"),
        pytest.param("ivy7ivy7ivy7", id="a short piece three times"),
        pytest.param("lierrelierre", id="a word twice"),
        pytest.param("1234567890", id="digits upwards and round"),
        pytest.param("0987654321", id="digits downwards"),
        pytest.param("abcdefghijkl", id="the alphabet"),
        pytest.param("AzertyUiop123", id="a French keyboard"),
        pytest.param("qwertyuiopasdf", id="two rows of an English keyboard"),
        pytest.param("poiuztrewq12", id="a German keyboard backwards"),
        pytest.param("aaabbbcccddd", id="neighbours, each three times"),
        pytest.param("abcdabcdab", id="a piece that ends half way"),
    ],
)
def test_what_repeats_or_runs_on_is_seen(password: str) -> None:
    assert runs_on(password)


@pytest.mark.parametrize(
    "password",
    [
        pytest.param("password12", id="a word and digits"),
        pytest.param("Motdepasse2024!", id="a word, a year and a sign"),
        pytest.param("2024_administrateur", id="a year and a word"),
        pytest.param("P@ssw0rd1234", id="signs that look like letters"),
        pytest.param("pr1nc3ss!!", id="digits that look like letters"),
        pytest.param("wiki-password", id="two words"),
        pytest.param("bonjour.bonjour.1", id="a word twice with signs"),
        pytest.param("Sécurité99", id="accents"),
        pytest.param("annelise1987", id="the login and a year"),
        pytest.param("annelise-password", id="the login and a word"),
        pytest.param("LeWikiDuChateau", id="the wiki's whole name"),
        pytest.param("chateau 12345", id="a word of the wiki's name"),
    ],
)
def test_well_known_words_are_seen(password: str) -> None:
    assert is_known(password, OWN)


@pytest.mark.parametrize(
    "password",
    [
        pytest.param("ivy climbs by its links", id="a sentence"),
        pytest.param("love dragon summer", id="three well-known words"),
        pytest.param("password 83920174659", id="a word and many digits"),
        pytest.param("correctly stapled", id="two words of no list"),
        pytest.param("vq7xk2mzp0", id="ten signs at random"),
        pytest.param("83920174659", id="digits at random"),
        pytest.param("высокая ограда", id="another script"),
        pytest.param("蔦は壁を登って行くのだよ", id="a script without blanks"),
        pytest.param("annelises garden path", id="a sentence with the login in it"),
    ],
)
def test_other_passwords_pass(password: str) -> None:
    assert not runs_on(password)
    assert not is_known(password, OWN)


@pytest.mark.parametrize("own", [(), ("",), ("a", "W"), ("123", "!!")])
def test_names_without_letters_refuse_nothing(own: tuple[str, ...]) -> None:
    assert not is_known("vq7xk2mzp0", own)
    assert not is_known("83920174659", own)


@pytest.mark.parametrize("piece", ["a", "ab", "password", "é", "1", "p@", "qw"])
def test_a_thousand_characters_are_judged_at_once(piece: str) -> None:
    password = (piece * 1024)[:1023] + "x"
    begin = time.process_time()
    runs_on(password)
    is_known(password, ("x" * 1000, "y " * 500))
    assert time.process_time() - begin < 5
