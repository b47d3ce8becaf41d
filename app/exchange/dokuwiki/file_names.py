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
LONGEST_NUMBER = 4  # digits in base 36


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
    """The id of a path, and how it is written: the first way in which this very path is that of a clean id.

    Where there is none: the first whose id is clean (of ``safe``, which reads nearly anything, only where it is
    preferred), then the preferred way, else the first that can be read at all. None: in no way.
    ``clean``: how the old wiki cleans names.
    """
    ways = (preferred, *(way for way in ENCODINGS if way != preferred))
    read = [(found, way) for way in ways if (found := decode(path, way))]
    fine = [(found, way) for found, way in read if clean(found) == found]
    exact = [(found, way) for found, way in fine if encode(found, way) == path]
    likely = [(found, way) for found, way in fine if way == preferred or not way.startswith("safe")]
    return next(iter((*exact, *likely, *read)), None)


def _from_url(text: str) -> str | None:
    raw = unquote_to_bytes(text.replace("+", " ").encode("utf-8", "surrogateescape"))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _from_safe(text: str, end: str) -> str | None:
    """Runs of ``%`` and a number in base 36 for each sign; ``end`` closes a run. A lone ``%`` is itself."""
    first, *parts = text.lower().split("%")
    out = [first]
    for part in parts:
        digits = part[: len(part) - len(part.lstrip(DIGITS))]
        sign = _meant(digits)
        if sign is None:
            return None
        out += [sign, part[len(digits) :].removeprefix(end)]
    return "".join(out)


def _meant(digits: str) -> str | None:
    """The sign of a number in base 36, ``%`` for none; None: there is no such sign."""
    if not digits:
        return "%"
    number = int(digits, 36) + FIRST if len(digits) <= LONGEST_NUMBER else LAST + 1
    return None if number > LAST or 0xD800 <= number <= 0xDFFF else chr(number)


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
