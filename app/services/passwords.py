"""Passwords: argon2id, what an old wiki had instead, and what a new one must be like."""

import re
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.domain.errors import BadValue
from app.domain.obvious import is_known, runs_on
from app.services import old_passwords

SHORTEST, LONGEST = 10, 1024
# 19 MiB and two passes: about 20 ms here. More memory would let a flood of sign-ins exhaust the machine.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
_AT_ONCE = threading.BoundedSemaphore(4)
_OURS = "$argon2id$v=19$m=19456,t=2,p=1$"
_NOBODY = _OURS + "bGllcnJlbGllcnJlbGllcg$3Q7u8ZyC1C2o9b1c6hV0mQ3x7Wb5rS0s9s3k1jv8c2E"
_ARGON2 = re.compile(r"\$argon2id?\$v=\d{1,3}\$m=(\d{1,7}),t=(\d{1,4}),p=(\d{1,2})\$[\w+/]+\$[\w+/]+", re.ASCII)
# What an argon2 hash from elsewhere may ask for. PHP's own: 64 MiB and four passes.
MOST_KIBIBYTES, MOST_PASSES_OVER_KIBIBYTES, MOST_THREADS = 128 * 1024, 1024 * 1024, 8


def hash_password(password: str) -> str:
    with _AT_ONCE:
        return _HASHER.hash(_bytes(password))


def fits(password: str, stored: str) -> bool:
    """Whether ``password`` belongs to the hash ``stored``, ours or an old wiki's; never raises.

    No answer but a yes comes faster than our own hash takes, not even for "": nobody learns by the clock who exists.
    """
    given = _bytes(password)
    with _AT_ONCE:
        if stored.startswith("$argon2"):
            good = _is_bearable(stored) and _verify(given, stored)
        else:
            good = old_passwords.belongs(given, stored)
        if not good and not stored.startswith(_OURS):
            _verify(given, _NOBODY)
    return good


def is_outdated(stored: str) -> bool:
    """Whether the hash should be made anew, now that the password is at hand."""
    return not stored.startswith("$argon2") or _HASHER.check_needs_rehash(stored)


def check_new(password: str, *own: str) -> None:
    """Length counts, not the kinds of characters; ``own``: the login, the wiki's name.

    Raises:
        BadValue: field ``password``.
    """
    reason = ""
    if len(password) < SHORTEST:
        reason = "A password needs at least 10 characters. A few words in a row are good and easy to keep."
    elif len(password) > LONGEST:
        reason = "This password is longer than 1024 characters. Choose a shorter one."
    elif runs_on(password):
        reason = "This password repeats itself or runs along the keyboard. Choose a few words in a row instead."
    elif is_known(password, own):
        reason = (
            "This password is among the first that others try: a well-known word, the login or the name of this wiki. "
            "Choose a few words in a row instead."
        )
    if reason:
        raise BadValue(field="password", reason=reason)


def _verify(given: bytes, stored: str) -> bool:
    try:
        return _HASHER.verify(stored, given)
    except (VerificationError, InvalidHashError):
        return False


def _is_bearable(stored: str) -> bool:
    """Whether the work that the hash asks for, about a second and 128 MiB at most, may be done."""
    found = _ARGON2.fullmatch(stored)
    if not found:
        return False
    memory, passes, threads = (int(number) for number in found.groups())
    return memory <= MOST_KIBIBYTES and memory * passes <= MOST_PASSES_OVER_KIBIBYTES and threads <= MOST_THREADS


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")  # half a character may come from a form; it must not raise
