"""The password hashes that an old wiki brings along: verified once, then replaced by ours.

A hash comes from a file of somebody's: it may be broken, or ask for years of work. Nothing here raises, and every
cost has a bound, so that signing in stays a matter of a second at worst.
"""

import base64
import hashlib
import hmac
import importlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.domain.old_hashes import encode64, kmd5, mysql_as_php, mysql_genuine, position64, stretched

LONGEST_HASH, LONGEST_PASSWORD = 512, 1024  # characters; bytes. Some formats hash the password again in each round
# The most work that is done for one try, about a second of this machine each; what wikis make asks for far less.
MOST_STRETCHING = 18  # rounds as a power of two
MOST_BCRYPT = 14  # likewise
MOST_PBKDF2 = 2_000_000  # rounds; this one is written in C
MOST_SHA_CRYPT = 200_000
_SHA_CRYPT_ROUNDS = 5000  # where a hash names none
_DIGESTS = frozenset({"md5", "sha1", "sha224", "sha256", "sha384", "sha512"})

Verify = Callable[[bytes, re.Match[str]], bool]


@dataclass(frozen=True, slots=True)
class Format:
    """``known``: how the whole stored string looks; ``verify`` may raise ValueError for one that is broken."""

    name: str
    known: re.Pattern[str]
    verify: Verify


def belongs(password: bytes, stored: str) -> bool:
    """Whether ``password`` belongs to a hash that is neither argon2 nor ours. Never raises."""
    if len(password) > LONGEST_PASSWORD or len(stored) > LONGEST_HASH or not stored.isascii():
        return False
    if stored.startswith("U$"):  # an md5 that was stretched later, in place
        password, stored = _hex("md5", password).encode(), stored[1:]
    for each in FORMATS:
        found = each.known.fullmatch(stored)
        if found:
            try:
                return each.verify(password, found)
            except ValueError:
                return False
    return False


def _hex(digest: str, data: bytes) -> str:
    return hashlib.new(digest, data, usedforsecurity=False).hexdigest()


def _same(made: str, found: re.Match[str]) -> bool:
    return hmac.compare_digest(made.encode(), found.string.encode())


def _bounded(number: str, most: int) -> int:
    """Raises: ValueError."""
    if int(number) > most:
        raise ValueError(number)
    return int(number)


def _before_zero(password: bytes) -> bytes:
    """What functions written in C see."""
    return password.partition(b"\0")[0]


def _library(name: str) -> Any:
    """Loaded by the first old hash: 50 ms that no other start of the program pays."""
    return importlib.import_module(name)


def _crypt(name: str) -> Verify:
    def verify(password: bytes, found: re.Match[str]) -> bool:
        function = getattr(_library("passlib.hash"), name)
        return bool(function.verify(_before_zero(password), found.string))

    return verify


def _sha_crypt(password: bytes, found: re.Match[str]) -> bool:
    _bounded(found["rounds"] or str(_SHA_CRYPT_ROUNDS), MOST_SHA_CRYPT)
    return _crypt("sha256_crypt" if found["kind"] == "5" else "sha512_crypt")(password, found)


def _bcrypt(password: bytes, found: re.Match[str]) -> bool:
    _bounded(found["cost"], MOST_BCRYPT)
    known = _before_zero(password)[:72]  # the format knows no more, and the library refuses more
    return bool(_library("bcrypt").checkpw(known, found["plain"].encode()))


def _stretched(digest: str) -> Verify:
    def verify(password: bytes, found: re.Match[str]) -> bool:
        rounds = 1 << _bounded(str(position64(found["rounds"])), MOST_STRETCHING)
        made = encode64(stretched(digest, password, found["salt"].encode(), rounds))
        start = found.string[: found.start("sum")]
        return _same((start + made)[: len(found.string)], found)

    return verify


def _django_pbkdf2(password: bytes, found: re.Match[str]) -> bool:
    made = _pbkdf2(found["digest"], password, found["salt"].encode(), found["rounds"])
    return hmac.compare_digest(base64.b64encode(made), found["sum"].encode())


def _seafile_pbkdf2(password: bytes, found: re.Match[str]) -> bool:
    made = _pbkdf2("sha" + found["digest"], password, bytes.fromhex(found["salt"]), found["rounds"])
    return hmac.compare_digest(made.hex(), found["sum"])


def _pbkdf2(digest: str, password: bytes, salt: bytes, rounds: str) -> bytes:
    if digest not in _DIGESTS:
        raise ValueError(digest)
    return hashlib.pbkdf2_hmac(digest, password, salt, _bounded(rounds, MOST_PBKDF2))


def _plain(digest: str) -> Verify:
    return lambda password, found: _same(_hex(digest, password), found)


def _salted_before(digest: str) -> Verify:
    def verify(password: bytes, found: re.Match[str]) -> bool:
        return hmac.compare_digest(_hex(digest, found["salt"].encode() + password), found["sum"])

    return verify


def _salted_after(digest: str) -> Verify:
    size = hashlib.new(digest, usedforsecurity=False).digest_size

    def verify(password: bytes, found: re.Match[str]) -> bool:
        kept = base64.b64decode(found["sum"], validate=True)
        made = hashlib.new(digest, password + kept[size:], usedforsecurity=False).digest()
        return hmac.compare_digest(made, kept[:size])

    return verify


def _mediawiki(password: bytes, found: re.Match[str]) -> bool:
    made = _hex("md5", f"{found['salt']}-{_hex('md5', password)}".encode())
    return hmac.compare_digest(made, found["sum"])


def _kmd5(password: bytes, found: re.Match[str]) -> bool:
    return _same(kmd5(password, found.string[16:18]), found)


def _mysql(password: bytes, found: re.Match[str]) -> bool:
    """An old wiki made it as PHP counts; one that was copied from the database is genuine."""
    return _same(mysql_as_php(password), found) | _same(mysql_genuine(password), found)


def _mysql41(password: bytes, found: re.Match[str]) -> bool:
    inner = hashlib.sha1(password, usedforsecurity=False).digest()
    return _same("*" + _hex("sha1", inner).upper(), found)


def _format(name: str, known: str, verify: Verify) -> Format:
    return Format(name, re.compile(known, re.ASCII | re.DOTALL), verify)


_PHPASS = r"(?P<rounds>.)(?P<salt>.{8})(?P<sum>.{%d})"
_BCRYPT = r"(?P<plain>\$2[abxy]\$(?P<cost>\d\d)\$[./0-9A-Za-z]{53})"

# In the order of the old wiki: the first that knows a string decides.
FORMATS: tuple[Format, ...] = (
    _format("smd5", r"\$1\$[^$]{0,8}\$.*", _crypt("md5_crypt")),
    _format("apr1", r"\$apr1\$[^$]{0,8}\$.*", _crypt("apr_md5_crypt")),
    _format("drupal_sha512", r"\$S\$" + _PHPASS % 43, _stretched("sha512")),
    _format("pmd5, hmd5", r"\$[PH]\$" + _PHPASS % 22, _stretched("md5")),
    _format(
        "djangopbkdf2",
        r"pbkdf2_(?P<digest>\w+)\$(?P<rounds>\d{1,9})\$(?P<salt>.{12})\$(?P<sum>.*)",
        _django_pbkdf2,
    ),
    _format(
        "seafilepbkdf2",
        r"PBKDF2SHA(?P<digest>\d{1,3})\$(?P<rounds>\d{1,9})\$(?P<salt>[0-9a-f]*)\$(?P<sum>.*)",
        _seafile_pbkdf2,
    ),
    _format("djangosha1", r"sha1\$(?P<salt>.{5})\$(?P<sum>.*)", _salted_before("sha1")),
    _format("djangomd5", r"md5\$(?P<salt>.{5})\$(?P<sum>.*)", _salted_before("md5")),
    _format("bcrypt", _BCRYPT, _bcrypt),
    _format("woltlab", "Bcrypt:" + _BCRYPT, _bcrypt),
    _format("ssha", r"\{SSHA\}(?P<sum>.*)", _salted_after("sha1")),
    _format("lsmd5", r"\{SMD5\}(?P<sum>.*)", _salted_after("md5")),
    _format("mediawiki", r":B:(?P<salt>.*):(?P<sum>.{32})", _mediawiki),
    _format("sha2", r"\$(?P<kind>[56])\$(?:rounds=(?P<rounds>\d{1,9})\$)?[^$]*\$[^$]*", _sha_crypt),
    _format("md5", r".{32}", _plain("md5")),
    _format("sha1", r".{40}", _plain("sha1")),
    _format("mysql", r".{16}", _mysql),
    _format("my411", r"\*.{40}", _mysql41),
    _format("kmd5", r".{34}", _kmd5),
    _format("crypt", r"[./0-9A-Za-z]{13}", _crypt("des_crypt")),
)
