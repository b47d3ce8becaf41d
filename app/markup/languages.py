# ruff: noqa: RUF001 quotation marks are what this file is about
"""Quotation marks and fixed words by language of the wiki. The marks are as the reference has them."""

from typing import NamedTuple


class Quotes(NamedTuple):
    double_open: str
    double_close: str
    single_open: str
    single_close: str
    apostrophe: str


_ENGLISH = Quotes("“", "”", "‘", "’", "’")
_TABLE: tuple[tuple[Quotes, str], ...] = (
    (Quotes("„", "“", "‚", "‘", "’"), "de de-informal da lt lv ro sl"),
    (Quotes("„", "“", "‚", "‘", "'"), "cs et is sr"),
    (Quotes("„", "“", "‘", "’", "’"), "bg"),
    (Quotes("„", "“", "‘", "’", "'"), "sq"),
    (Quotes("„", "“", "’", "‘", "’"), "mk"),
    (Quotes("„", "”", "‚", "’", "’"), "pl"),
    (Quotes("„", "”", "", "’", "’"), "hu hu-formal"),
    (Quotes("«", "»", "‘", "’", "’"), "ckb fa km no"),
    (Quotes("«", "»", "“", "”", "’"), "ca"),
    (Quotes("«", "»", "„", "“", "’"), "az be"),
    (Quotes("«", "»", "„", "“", "“"), "ru"),
    (Quotes("«", "»", "’", "’", "’"), "oc"),
    (Quotes("«", "»", "«", "»", "’"), "hy"),
    (Quotes("”", "”", "’", "’", "’"), "fi sv"),
    (Quotes("“", "”", "‘", "’", "'"), "he id lb ms"),
    (Quotes("“", "”", "‘", "’", "؛"), "ar"),
    (Quotes("“", "”", ",", ",", ","), "ku"),
    (Quotes("“", "”", "`", "'", "'"), "mr"),
    (Quotes("&quot;", "&quot;", "'", "'", "'"), "fo ta"),
    (Quotes("&quot;", "&quot;", "‘", "’", "'"), "kk"),
    (Quotes("&quot;", "&quot;", "`", "´", "'"), "la"),
)
_BY_LANGUAGE = {language: quotes for quotes, languages in _TABLE for language in languages.split()}


_CALLOUTS = {
    "en": {"note": "Note", "tip": "Tip", "important": "Important", "warning": "Warning", "caution": "Caution"},
    "fr": {
        "note": "Remarque",
        "tip": "Conseil",
        "important": "Important",
        "warning": "Attention",
        "caution": "Danger",
    },
}

_DOWNLOADS = {"fr": "Télécharger cet extrait"}


def callout_title(kind: str, language: str) -> str:
    """What stands above a callout; in English where the language has no words of its own."""
    return _CALLOUTS.get(language, _CALLOUTS["en"])[kind]


_TASKS = {"en": ("To do", "Done"), "fr": ("À faire", "Fait")}


def task_label(language: str, *, done: bool) -> str:
    """What the box of a task says to who does not see it; in English where the language has no words of its own."""
    return _TASKS.get(language, _TASKS["en"])[done]


class FeedWords(NamedTuple):
    by: str
    failed: str


_FEEDS = {
    "en": FeedWords("by", "An error occurred while fetching this feed:"),
    "fr": FeedWords("par", "Une erreur est survenue à la lecture de ce flux :"),
}


def feed_words(language: str) -> FeedWords:
    """What stands between the parts of a foreign feed; in English where the language has no words of its own."""
    return _FEEDS.get(language, _FEEDS["en"])


def quotes_of(language: str) -> Quotes:
    """As HTML. Languages without marks of their own take the English ones."""
    return _BY_LANGUAGE.get(language, _ENGLISH)


def download_label(language: str) -> str:
    """What the link above a block of code with a file name does."""
    return _DOWNLOADS.get(language, "Download Snippet")
