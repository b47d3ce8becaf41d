"""Hash functions of old wikis that no library has, or not with their quirks."""

import hashlib

_ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_32, _64 = (1 << 32) - 1, (1 << 64) - 1


def stretched(digest: str, password: bytes, salt: bytes, rounds: int) -> bytes:
    """The portable hash of phpass, raw."""
    function = getattr(hashlib, digest)
    made: bytes = function(salt + password, usedforsecurity=False).digest()
    for _ in range(rounds):
        made = function(made + password, usedforsecurity=False).digest()
    return made


def encode64(data: bytes) -> str:
    """Three bytes in four signs, the low bits first; a last part has only the signs that it needs."""
    signs = []
    for start in range(0, len(data), 3):
        part = data[start : start + 3]
        number = int.from_bytes(part, "little")
        signs += [_ALPHABET[number >> shift & 63] for shift in range(0, 6 * len(part) + 1, 6)]
    return "".join(signs)


def position64(sign: str) -> int:
    """Raises: ValueError for what is no sign of the alphabet."""
    return _ALPHABET.index(sign)


def kmd5(password: bytes, key: str) -> str:
    inner = hashlib.md5(password, usedforsecurity=False).hexdigest()
    made = hashlib.md5((key + inner).encode(), usedforsecurity=False).hexdigest()
    return made[:16] + key + made[16:]


def mysql_genuine(password: bytes) -> str:
    """MySQL's hash before 4.1, in 32 bits."""
    first, second, add = 0x50305735, 0x12345671, 7
    for byte in password.translate(None, b" \t"):
        first ^= ((first & 63) + add) * byte + (first << 8) & _32
        second = second + (second << 8 ^ first) & _32
        add += byte
    return _mysql_hex(first, second)


def mysql_as_php(password: bytes) -> str:
    """The same as PHP counts: a sum beyond 64 bits becomes a float and loses its low bits. Tabs are not skipped."""
    first: int = 0x50305735
    second: int | float = 0x12345671
    add = 7
    for byte in password.translate(None, b" "):
        first = _signed(first ^ _whole(_sum(((first & 63) + add) * byte, _signed(first << 8))))
        second = _sum(second, _signed(_whole(second) << 8) ^ first)
        add += byte
    return _mysql_hex(first, _whole(second))


def _sum(left: float, right: int) -> int | float:
    """PHP's ``+`` of integers and floats."""
    if isinstance(left, int):
        exact = left + right
        return exact if exact == _signed(exact) else float(left) + float(right)
    return left + float(right)


def _signed(number: int) -> int:
    number &= _64
    return number - (1 << 64) if number >> 63 else number


def _whole(number: float) -> int:
    """As PHP takes a number where it needs bits."""
    return _signed(int(number))


def _mysql_hex(first: int, second: int) -> str:
    return f"{first & 0x7FFFFFFF:08x}{second & 0x7FFFFFFF:08x}"
