"""The languages of the interface, and their sentences. A language is one file, ``app/i18n/LANGUAGE.po``."""

import gettext as gettext_files
from functools import cache
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from app.resources import resource_dir

SOURCE_LANGUAGE = "en"


@cache
def languages() -> tuple[str, ...]:
    """Codes of all languages of the interface, English first."""
    others = sorted(path.stem for path in resource_dir("i18n").glob("*.po"))
    return (SOURCE_LANGUAGE, *others)


@cache
def translations(language: str) -> gettext_files.NullTranslations:
    """Sentences of a language, those it lacks in English."""
    if language == SOURCE_LANGUAGE:
        return gettext_files.NullTranslations()
    path = resource_dir("i18n") / f"{language}.po"
    with path.open("rb") as lines:
        catalog = read_po(lines, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return gettext_files.GNUTranslations(compiled)
