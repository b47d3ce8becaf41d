"""Text into HTML."""

import re

BARE_AMPERSAND = re.compile(r"&(?!amp;)")
_OTHERS = re.compile(r"[^A-Za-z0-9_\-]+")


def escape(text: str) -> str:
    """``text`` between tags or in a quoted attribute."""
    return (
        text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('"', "&quot;")
        .replace("'", "&#039;")
    )


def escape_title(text: str) -> str:
    """An attribute that may hold written-out ampersands already: none is doubled."""
    return BARE_AMPERSAND.sub("&amp;", text).replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def class_name(word: str) -> str:
    """``word`` as part of a class name: runs of other characters become one ``_``."""
    return _OTHERS.sub("_", word)
