import re
from collections import Counter
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from app.domain import errors, file_errors
from app.domain.patterns import REASONS
from app.domain.setting_about import EFFECTS, GROUPS
from app.domain.setting_texts import ABOUT
from app.services.catalogs import languages, translations
from app.services.permissions import WORDS
from app.web.admin import SECTIONS
from app.web.i18n import UNITS, format_size, language_names, negotiate
from tests.web import sentences

OTHERS = languages()[1:]
PLACE = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
# In French a sign of two parts keeps its word beside it: a space before it never breaks the line.
BREAKING = re.compile(r" [;:?!»]|« ")


def catalog(language: str) -> Catalog:
    with (sentences.ROOT / "app" / "i18n" / f"{language}.po").open("rb") as lines:
        return read_po(lines, locale=language, abort_invalid=True)


def entries(language: str) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Forms of a sentence in English, and in ``language``."""
    for message in catalog(language):
        if message.id:
            yield _forms(message.id), _forms(message.string)


def _forms(text: object) -> tuple[str, ...]:
    return tuple(map(str, text)) if isinstance(text, (list, tuple)) else (str(text),)


def _places(form: str) -> tuple[str, ...]:
    return tuple(sorted(PLACE.findall(form)))


def error_messages() -> dict[str, str]:
    named = [*vars(errors).values(), *vars(file_errors).values()]
    kinds = [kind for kind in named if isinstance(kind, type) and issubclass(kind, errors.WikiError)]
    return {kind.message: kind.__name__ for kind in kinds}


def words_of_settings() -> dict[str, str]:
    said = {text for about in ABOUT.values() for text in (about.title, about.help, *about.words.values())}
    return dict.fromkeys(said | set(GROUPS.values()) | set(EFFECTS.values()) | set(REASONS.values()), "settings")


def words_of_places() -> dict[str, str]:
    places = [place for section in SECTIONS for place in section.places]
    said = {text for place in places for text in (place.title, place.help) if text}
    return dict.fromkeys(said | {section.title for section in SECTIONS}, "places")


def every_sentence() -> dict[str, str]:
    rights = dict.fromkeys(WORDS.values(), "permissions")
    units = dict.fromkeys(UNITS, "i18n")
    return (
        sentences.of_templates()
        | sentences.of_code()
        | error_messages()
        | words_of_settings()
        | words_of_places()
        | rights
        | units
    )


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_of_the_interface_is_translated(language: str) -> None:
    translated = {english[0] for english, own in entries(language) if all(own)}
    missing = {text: place for text, place in every_sentence().items() if text not in translated}
    assert not missing


def test_the_sentences_are_found_where_they_stand() -> None:
    """The test above proves nothing if it looks at nothing."""
    found = every_sentence()
    of_each_kind = (
        "Skip to the text",  # a template
        "%(num)d byte",  # counted, in a macro
        "Your profile is saved.",  # a constant of a view
        "There is nothing here",  # a table of a view
        "The two passwords differ. Type the same one twice.",  # a reason by its constant
        "This cannot be a login. Use letters, digits, - and _.",  # a reason in place
        "There is nothing called “{name}” here, or it is not open to you.",  # an error
    )
    assert [text for text in of_each_kind if text not in found] == []


@pytest.mark.parametrize("language", OTHERS)
def test_no_sentence_stands_twice(language: str) -> None:
    text = (sentences.ROOT / "app" / "i18n" / f"{language}.po").read_text(encoding="utf-8")
    twice = [line for line, times in Counter(re.findall(r"^msgid .+$", text, re.MULTILINE)).items() if times > 1]
    assert twice == []


@pytest.mark.parametrize("language", OTHERS)
def test_the_places_of_a_sentence_are_the_same_in_translation(language: str) -> None:
    wrong = [
        own
        for english, own in entries(language)
        if not {_places(form) for form in own} <= {_places(e) for e in english}
    ]
    assert wrong == []


def test_french_signs_stay_beside_their_words() -> None:
    wrong = [form for _english, own in entries("fr") for form in own if BREAKING.search(form)]
    assert wrong == []


@pytest.mark.parametrize(
    ("cookie", "header", "language"),
    [
        pytest.param("fr", "en", "fr", id="the cookie comes first"),
        pytest.param("", "fr-CA,fr;q=0.9,en;q=0.5", "fr", id="a country's variety is the language"),
        pytest.param("", "en;q=0.4,fr;q=0.8", "fr", id="what is liked better"),
        pytest.param("xx", "en", "en", id="a cookie with a language we lack says nothing"),
        pytest.param("", "pt-BR,pt", "", id="nothing we have"),
        pytest.param("", "", "", id="nothing asked"),
        pytest.param("../../etc/passwd", ";;;q=,,=", "", id="nonsense"),
        pytest.param("", "fr," * 10_000, "fr", id="a header of endless length is read to a limit"),
    ],
)
def test_which_language(cookie: str, header: str, language: str) -> None:
    assert negotiate(cookie, header) == language


def test_languages_are_named_by_themselves() -> None:
    assert language_names() == {"en": "English", "fr": "Français"}


@pytest.mark.parametrize(
    ("number", "french"),
    [
        pytest.param(0, "0 ligne ajoutée", id="French counts none as one"),
        pytest.param(1, "1 ligne ajoutée", id="one"),
        pytest.param(2, "2 lignes ajoutées", id="two"),
    ],
)
def test_french_plurals(number: int, french: str) -> None:
    said = translations("fr").ngettext("%(num)d line added", "%(num)d lines added", number)
    assert said % {"num": number} == french


@pytest.mark.parametrize(
    ("size", "words"),
    [(0, "0 B"), (1023, "1,023 B"), (1024, "1 KiB"), (1536, "1.5 KiB"), (5 * 1024**3, "5 GiB"), (1024**5, "1,024 TiB")],
)
def test_sizes_in_the_largest_unit_that_leaves_one(size: int, words: str) -> None:
    assert format_size(size).replace("\N{NO-BREAK SPACE}", " ") == words
