"""Passwords: argon2id, and what a new one must be like."""

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.domain.errors import BadValue

SHORTEST, LONGEST = 10, 1024
# 19 MiB and two passes: about 20 ms here. More memory would let a flood of sign-ins exhaust the machine.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_AT_ONCE = threading.BoundedSemaphore(4)
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$bGllcnJlbGllcnJlbGllcg$3Q7u8ZyC1C2o9b1c6hV0mQ3x7Wb5rS0s9s3k1jv8c2E"
# Our own short list: what people type when asked for ten characters.
KNOWN_BAD = frozenset(
    """
    password12 password123 password1234 motdepasse motdepasse1 motdepasse123 1234567890 12345678910 0123456789
    azertyuiop azertyuiop123 qwertyuiop qwertyuiop123 qwertzuiop letmein1234 welcome123 bienvenue1 bienvenue123
    administrator administrateur adminadmin admin12345 iloveyou12 lierrelierre dokuwiki123 wikiwikiwiki changeme123
    passwortpasswort
    """.split()  # noqa: SIM905 a list this long reads better as words
)


def hash_password(password: str) -> str:
    with _AT_ONCE:
        return _HASHER.hash(_bytes(password))


def fits(password: str, stored: str) -> bool:
    """Whether ``password`` belongs to the hash ``stored``; for "" the same work is done in vain."""
    try:
        with _AT_ONCE:
            return _HASHER.verify(stored or _NOBODY, _bytes(password)) and bool(stored)
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Whether the hash should be made anew, now that the password is at hand."""
    return _HASHER.check_needs_rehash(stored)


def check_new(password: str, login: str) -> None:
    """Length counts, not the kinds of characters.

    Raises:
        BadValue: field ``password``.
    """
    reason = ""
    if len(password) < SHORTEST:
        reason = "A password needs at least 10 characters. A few words in a row are good and easy to keep."
    elif len(password) > LONGEST:
        reason = "This password is longer than 1024 characters. Choose a shorter one."
    elif password.lower() in KNOWN_BAD or len(set(password)) < 4 or password.lower() == login.lower():
        reason = "This password is among the first that others try. Choose another one."
    if reason:
        raise BadValue(field="password", reason=reason)


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")  # half a character may come from a form; it must not raise
