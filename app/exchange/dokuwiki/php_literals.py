"""Values in PHP source: literals, arithmetic with whole numbers, arrays. Nothing else is worked out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from app.exchange.dokuwiki.php_tokens import Token

DEEPEST = 30
MOST_DIGITS = 40
LARGEST = 2**63
NOT_AN_ARRAY = "This key is inside of a value that is no array."
WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
TIMES = ("*", "/", "%")
PLUS = ("+", "-", ".")


class NotLiteral(ValueError):
    """What stands there is no plain value; its text says why, "" for just that."""


class _Append:
    """The key of ``[]``."""


APPEND = _Append()


@dataclass(slots=True)
class Reader:
    """Reads one value; ``at`` is the token to be read next."""

    given: Sequence[Token]
    at: int
    deep: int = 0

    def path(self) -> list[Any]:
        """The keys in brackets behind a variable."""
        keys: list[Any] = []
        while self._see("["):
            self.at += 1
            if self._see("]"):
                keys.append(APPEND)
            else:
                keys.append(as_key(self.value()))
            self.expect("]")
        return keys

    def value(self) -> Any:
        self.deep += 1
        if self.deep > DEEPEST:
            raise NotLiteral
        left = self._product()
        while (sign := self._one_of(PLUS)) is not None:
            left = _joined(sign, left, self._product())
        self.deep -= 1
        return left

    def expect(self, sign: str) -> None:
        if not self._see(sign):
            raise NotLiteral
        self.at += 1

    def _product(self) -> Any:
        left = self._single()
        while (sign := self._one_of(TIMES)) is not None:
            left = _worked_out(sign, left, self._single())
        return left

    def _single(self) -> Any:
        negative = False
        while (sign := self._one_of(("-", "+"))) is not None:
            negative ^= sign == "-"
        value = self._literal()
        return _worked_out("-", 0, value) if negative else value

    def _literal(self) -> Any:
        token = self._next()
        if token.kind == "text":
            return token.text
        if token.kind == "number":
            return _number(token.text)
        if token.kind == "word":
            return self._word(token.text.lower())
        if token.text == "[":
            return self._array("]")
        if token.text == "(":
            value = self.value()
            self.expect(")")
            return value
        raise NotLiteral

    def _word(self, word: str) -> Any:
        if word == "array":
            self.expect("(")
            return self._array(")")
        if word not in WORDS:
            raise NotLiteral
        return WORDS[word]

    def _array(self, end: str) -> Any:
        """A list, or a dict where there is a key."""
        found: dict[Any, Any] = {}
        has_keys = False
        while not self._see(end):
            value = self.value()
            if self._one_of(("=>",)) is not None:
                has_keys = True
                found[as_key(value)] = self.value()
            else:
                found[next_key(found)] = value
            if self._one_of((",",)) is None:
                break
        self.expect(end)
        return found if has_keys else list(found.values())

    def _see(self, sign: str) -> bool:
        return self.at < len(self.given) and self.given[self.at].kind == "sign" and self.given[self.at].text == sign

    def _one_of(self, signs: tuple[str, ...]) -> str | None:
        for sign in signs:
            if self._see(sign):
                self.at += 1
                return sign
        return None

    def _next(self) -> Token:
        if self.at >= len(self.given):
            raise NotLiteral
        self.at += 1
        return self.given[self.at - 1]


def merge(values: dict[Any, Any], path: Sequence[Any], value: Any) -> None:
    """Put a value where its keys say. Raises: NotLiteral."""
    if not path:
        if not isinstance(value, (dict, list)):
            raise NotLiteral
        values.clear()
        values.update(as_dict(value))
        return
    inside = values
    for key in path[:-1]:
        here = next_key(inside) if key is APPEND else key
        deeper = inside.get(here)
        if deeper is not None and not isinstance(deeper, (dict, list)):
            raise NotLiteral(NOT_AN_ARRAY)
        inside[here] = as_dict(deeper or {})
        inside = inside[here]
    last = path[-1]
    inside[next_key(inside) if last is APPEND else last] = value


def as_dict(value: dict[Any, Any] | list[Any]) -> dict[Any, Any]:
    return value if isinstance(value, dict) else dict(enumerate(value))


def next_key(found: dict[Any, Any]) -> int:
    """That of a value without one: behind the largest number."""
    return (
        len(found) if len(found) - 1 in found else 1 + max((key for key in found if isinstance(key, int)), default=-1)
    )


def as_key(value: Any) -> int | str:
    """A key as PHP has it: whole numbers are numbers, also where they are quoted."""
    if isinstance(value, str):
        bare = value.removeprefix("-")
        is_whole = bare.isascii() and bare.isdigit() and len(bare) < 18 and str(int(value)) == value
        return int(value) if is_whole else value
    if isinstance(value, (bool, int, float)):
        return int(value)
    raise NotLiteral


def _joined(sign: str, left: Any, right: Any) -> Any:
    if sign != ".":
        return _worked_out(sign, left, right)
    if not (isinstance(left, (str, int)) and isinstance(right, (str, int))):
        raise NotLiteral
    return f"{left}{right}"


WORK: dict[str, Callable[[int, int], int]] = {
    "+": int.__add__,
    "-": int.__sub__,
    "*": int.__mul__,
    "%": lambda left, right: abs(left) % abs(right) * (-1 if left < 0 else 1),
}


def _worked_out(sign: str, left: Any, right: Any) -> int | float:
    if sign == "-" and left == 0 and isinstance(right, float):
        return -right
    if not (type(left) is int and type(right) is int):
        raise NotLiteral
    if sign in ("/", "%") and (right == 0 or (sign == "/" and left % right)):
        raise NotLiteral
    value = left // right if sign == "/" else WORK[sign](left, right)
    if not -LARGEST <= value < LARGEST:
        raise NotLiteral
    return value


def _number(text: str) -> int | float:
    bare = text.replace("_", "").lower()
    if len(bare) > MOST_DIGITS:
        raise NotLiteral
    if bare.isdigit():
        if bare[0] == "0" and len(bare) > 1:
            if not set(bare) <= set("01234567"):
                raise NotLiteral
            return int(bare, 8)
        value = int(bare)
        return value if value < LARGEST else float(value)
    if bare[:2] in ("0x", "0b", "0o"):
        return int(bare, 0)
    return float(bare)
