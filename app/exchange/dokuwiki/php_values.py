"""Values as PHP serialises them, read within bounds and written. Nothing is ever made of a class.

Arrays become dicts with int and str keys in their order; strings become str, their bytes that are no UTF-8 as
surrogates. Source: the grammar in docs/formats/dokuwiki.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MOST_BYTES = 16 * 1024 * 1024
MOST_VALUES = 500_000
DEEPEST = 100
Value = None | bool | int | float | str | dict[Any, Any]


class NotPhp(ValueError):
    """These bytes are no serialised value, or more than is read; ``at``: where."""

    def __init__(self, reason: str, at: int) -> None:
        super().__init__(f"{reason} at byte {at}")
        self.at = at


@dataclass(slots=True)
class _Open:
    """An array that is being filled. ``key`` is set while its value is awaited."""

    into: dict[Any, Any]
    left: int
    key: int | str | None = None

    def put(self, value: Any) -> None:
        self.into[self.key] = value
        self.key, self.left = None, self.left - 1


@dataclass(slots=True)
class _Reader:
    data: bytes
    at: int = 0
    slots: list[Any] = field(default_factory=list)  # what references may mean, counted from 1

    def loads(self) -> Any:
        """Without recursion: a value of arrays in arrays costs no stack."""
        stack: list[_Open] = []
        while True:
            if len(self.slots) > MOST_VALUES:
                raise NotPhp("too many values", self.at)
            top = stack[-1] if stack else None
            if top and top.key is None and top.left:
                top.key = self._key()
            elif top and not top.left:
                self._expect(b"}")
                value = stack.pop().into
                if not stack:
                    return value
                stack[-1].put(value)
            elif self.data.startswith(b"a:", self.at):
                stack.append(self._array(len(stack)))
            elif top:
                top.put(self._scalar(self._take(2)))
            else:
                return self._scalar(self._take(2))

    def _array(self, deep: int) -> _Open:
        if deep >= DEEPEST:
            raise NotPhp("too deep", self.at)
        self.at += 2
        number = self._number(b":")
        self._expect(b"{")
        if not 0 <= number <= (len(self.data) - self.at) // 4:
            raise NotPhp("an impossible count", self.at)
        opened = _Open({}, number)
        self.slots.append(opened.into)
        return opened

    def _scalar(self, kind: bytes) -> Any:
        if kind in (b"r:", b"R:"):
            return self._reference(kind == b"r:")
        value: Any
        if kind == b"N;":
            value = None
        elif kind == b"b:":
            value = self._number(b";") != 0
        elif kind == b"i:":
            value = self._number(b";")
        elif kind == b"d:":
            value = self._float()
        elif kind == b"s:":
            value = self._string()
            self._expect(b";")
        else:
            raise NotPhp("a value of a kind that is not read", self.at - 2)
        self.slots.append(value)
        return value

    def _reference(self, is_copy: bool) -> Any:  # noqa: FBT001 one of two letters
        number = self._number(b";")
        if not 1 <= number <= len(self.slots):
            raise NotPhp("a reference to nothing", self.at)
        value = self.slots[number - 1]
        if isinstance(value, dict):  # arrays in themselves would have no end
            raise NotPhp("a reference to an array", self.at)
        if is_copy:
            self.slots.append(value)
        return value

    def _key(self) -> int | str:
        kind = self._take(2)
        if kind == b"i:":
            return self._number(b";")
        if kind == b"s:":
            key = self._string()
            self._expect(b";")
            return key
        raise NotPhp("a key that is none", self.at - 2)

    def _string(self) -> str:
        length = self._number(b":")
        self._expect(b'"')
        if length < 0 or self.at + length > len(self.data):
            raise NotPhp("a text that is cut off", self.at)
        raw = self._take(length)
        self._expect(b'"')
        return raw.decode("utf-8", "surrogateescape")

    def _float(self) -> float:
        end = self.data.find(b";", self.at, self.at + 64)
        text = self.data[self.at : end] if end >= 0 else b""
        try:
            value = float(text.decode("ascii").replace("INF", "inf").replace("NAN", "nan"))
        except ValueError as error:
            raise NotPhp("no number", self.at) from error
        self.at = end + 1
        return value

    def _number(self, end: bytes) -> int:
        stop = self.data.find(end, self.at, self.at + 24)
        digits = self.data[self.at : stop] if stop >= 0 else b""
        if not digits.removeprefix(b"-").isdigit():
            raise NotPhp("no number", self.at)
        self.at = stop + 1
        return int(digits)

    def _take(self, number: int) -> bytes:
        found = self.data[self.at : self.at + number]
        if len(found) < number:
            raise NotPhp("cut off", self.at)
        self.at += number
        return found

    def _expect(self, sign: bytes) -> None:
        if self._take(1) != sign:
            raise NotPhp(f"no {sign.decode()}", self.at - 1)


def loads(data: bytes) -> Value:
    """Raises: NotPhp."""
    if len(data) > MOST_BYTES:
        raise NotPhp("too long", MOST_BYTES)
    reader = _Reader(data)
    value: Value = reader.loads()
    if data[reader.at :].strip():
        raise NotPhp("more than one value", reader.at)
    return value


def dumps(value: object) -> bytes:
    """None, bool, int, float, str, mappings and sequences; keys of mappings are int or str. Raises: TypeError."""
    out: list[bytes] = []
    waiting: list[object] = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, _Raw):
            out.append(one.text)
        elif isinstance(one, Mapping):
            waiting += _parts(list(one.items()))
        elif isinstance(one, (list, tuple)):
            waiting += _parts(list(enumerate(one)))
        else:
            out.append(_written(one))
    return b"".join(out)


@dataclass(frozen=True, slots=True)
class _Raw:
    text: bytes


def _parts(items: list[tuple[Any, Any]]) -> list[object]:
    """What an array is written as, last part first."""
    parts: list[object] = [_Raw(b"}")]
    for key, value in reversed(items):
        if isinstance(key, bool) or not isinstance(key, (int, str)):
            raise TypeError(f"{type(key).__name__} is no key")
        parts += [value, _Raw(_written(key))]
    return [*parts, _Raw(b"a:%d:{" % len(items))]


def _written(value: object) -> bytes:
    if value is None:
        return b"N;"
    if isinstance(value, bool):
        return b"b:%d;" % value
    if isinstance(value, int):
        return b"i:%d;" % value
    if isinstance(value, float):
        return f"d:{value!r};".encode()
    if isinstance(value, str):
        raw = value.encode("utf-8", "surrogateescape")
        return b's:%d:"%b";' % (len(raw), raw)
    raise TypeError(f"{type(value).__name__} cannot be written")
