"""Mail addresses, written so that simple harvesters do not find them."""

from typing import NamedTuple
from urllib.parse import quote

from app.markup.escape import escape


class Guarded(NamedTuple):
    """As HTML: what is shown, and what follows ``mailto:``."""

    text: str
    href: str


_WORDS = {"@": " [at] ", ".": " [dot] ", "-": " [dash] "}


def guarded(address: str, mode: str) -> Guarded:
    """``address`` under the setting ``mailguard``: hex, visible or none."""
    if mode == "hex":
        text = "".join(f"&#{ord(c)};" if ord(c) < 256 else f"&#x{ord(c):x};" for c in address)
        return Guarded(text, text)
    if mode == "visible":
        spoken = "".join(_WORDS.get(c, c) for c in address)
        return Guarded(escape(spoken), quote(spoken, safe="~", errors="replace"))
    return Guarded(escape(address), escape(address))
