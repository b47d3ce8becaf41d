"""Names of pages and files as they stand on a disk, in each of the ways the old wiki has had to write them."""

from collections.abc import Callable
from urllib.parse import quote, unquote_to_bytes

from app.exchange.dokuwiki.model import Encoding

ENCODINGS: tuple[Encoding, ...] = ("url", "safe", "safe-old", "utf-8")
PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_-.%")
SAFE = frozenset("-./[_0123456789abcdefghijklmnopqrstuvwxyz")
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
FIRST = 32  # the sign that is written as 0
LAST = 0x10FFFF


def decode(path: str, encoding: Encoding) -> str | None:
    """The id of a path without its ending; None: it is not written so. Surrogates stand for bytes that are no text."""
    decoders: dict[Encoding, Callable[[str], str | None]] = {
        "url": _from_url,
        "safe": lambda text: _from_safe(text, "]"),
        "safe-old": lambda text: _from_safe(text, "."),
        "utf-8": lambda text: text,
    }
    found = decoders[encoding](path)
    if found is None or _has_surrogates(found):
        return None
    return found.replace("/", ":")


def encode(name: str, encoding: Encoding) -> str:
    """The path of an id, without its ending."""
    path = name.replace(":", "/")
    if encoding == "utf-8" or PLAIN.issuperset(path):
        return path
    if encoding == "url":
        return quote(path, safe="/-_.", errors="surrogateescape").replace("~", "%7E")
    return _to_safe(path, "]" if encoding == "safe" else ".")


def decode_any(path: str, preferred: Encoding, clean: Callable[[str], str]) -> tuple[str, Encoding] | None:
    """The id of a path, and how it is written: the first way whose id stays as it is when it is cleaned.

    Where there is none, the preferred way, else the first that can be read at all. None: in no way.
    """
    ways = (preferred, *(way for way in ENCODINGS if way != preferred))
    read = [(found, way) for way in ways if (found := decode(path, way))]
    return next((one for one in read if clean(one[0]) == one[0]), read[0] if read else None)


def _from_url(text: str) -> str | None:
    raw = unquote_to_bytes(text.replace("+", " ").encode("utf-8", "surrogateescape"))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _from_safe(text: str, end: str) -> str | None:
    """Runs of ``%`` and a number in base 36 for each sign; ``end`` closes a run. A lone ``%`` is itself."""
    out: list[str] = []
    digits: str | None = None  # of the sign being read; None: outside of a run
    for sign in text.lower():
        if sign == "%":
            if not _finish(out, digits):
                return None
            digits = ""
        elif digits is not None and sign == end:
            if not _finish(out, digits):
                return None
            digits = None
        elif digits is not None and sign in DIGITS:
            digits += sign
            if len(digits) > 4:
                return None
        else:
            if digits is not None:
                if not _finish(out, digits):
                    return None
                digits = None
            out.append(sign)
    return "".join(out) if _finish(out, digits) else None


def _finish(out: list[str], digits: str | None) -> bool:
    if digits is None:
        return True
    if not digits:
        out.append("%")
        return True
    number = int(digits, 36) + FIRST
    if number > LAST or 0xD800 <= number <= 0xDFFF:
        return False
    out.append(chr(number))
    return True


def _to_safe(path: str, end: str) -> str:
    out: list[str] = []
    inside = False
    for sign in path:
        if sign in SAFE:
            if inside:
                out.append(end)
            inside = False
            out.append(sign)
        else:
            inside = True
            out.append("%" if sign == "%" else f"%{_base36(ord(sign) - FIRST)}")
    return "".join(out) + (end if inside else "")


def _base36(number: int) -> str:
    digits = DIGITS[number % 36]
    while number >= 36:
        number //= 36
        digits = DIGITS[number % 36] + digits
    return digits


def _has_surrogates(text: str) -> bool:
    return any("\ud800" <= sign <= "\udfff" for sign in text)
