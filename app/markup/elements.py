"""HTML written without forgetting to escape: for syntaxes that are installed beside the wiki."""

import re

from app.domain.wiki_tables import REFUSED_SCHEMES
from app.markup.escape import escape

_NAME = re.compile(r"[a-z][a-z0-9\-]*", re.ASCII)
_EMPTY = frozenset({"br", "hr", "img", "input", "wbr"})
_ADDRESSES = frozenset({"href", "src", "action", "formaction", "poster", "cite"})
_REFUSED = frozenset({"script", "style", "iframe", "object", "embed", "link", "meta", "base"})


class Piece(str):
    """HTML that is finished: ``element`` escapes every other text."""

    __slots__ = ()


def element(name: str, *inside: str, **attributes: str | int | None) -> Piece:
    """``<name attribute="…">inside</name>``; what is inside is text unless it is a ``Piece``.

    ``class_`` stands for ``class``, ``data_day`` for ``data-day``; an attribute that is None is left out.

    Raises:
        ValueError: a tag or attribute that could run a script, or an address that would.
    """
    if not _NAME.fullmatch(name) or name in _REFUSED:
        raise ValueError(f"no page may hold <{name}>")
    shown = "".join(_attribute(key, str(value)) for key, value in attributes.items() if value is not None)
    if name in _EMPTY:
        return Piece(f"<{name}{shown} />")
    return Piece(
        f"<{name}{shown}>{''.join(each if isinstance(each, Piece) else escape(each) for each in inside)}</{name}>"
    )


def _attribute(key: str, value: str) -> str:
    name = key.rstrip("_").replace("_", "-")
    if not _NAME.fullmatch(name) or name.startswith("on") or name in ("style", "srcdoc", "srcset"):
        raise ValueError(f"no element may have {name}")
    if name in _ADDRESSES:
        # Browsers overlook blanks and control characters in front of and inside a scheme.
        scheme = "".join(sign for sign in value.partition(":")[0] if sign > " ").lower()
        if ":" in value and scheme in REFUSED_SCHEMES:
            raise ValueError(f"no element may lead to {scheme}:")
    return f' {name}="{escape(value)}"'
