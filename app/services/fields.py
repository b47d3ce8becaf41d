"""What is typed about a person, checked once for browser and command line.

Reasons are whole sentences without values in them, so that the web can translate them.
"""

import unicodedata
from dataclasses import replace

from app.domain.errors import BadValue
from app.domain.names import clean_login
from app.domain.wiki_settings import WikiSettings

LONGEST = 255
_NOT_IN_MAIL = set(' ,;:<>()[]\\"')  # quotes and comments, which programs of mail do not read alike
INVISIBLE = set("\u115f\u1160\u2800\u3164\uffa0")  # letters by their class, and nothing to be seen
ALIKE = {"LATIN", "CYRILLIC", "GREEK"}  # letters of one look like those of another
NOT_ALLOWED = {"all", "lierre"}  # groups and actors of these names mean something else


def checked_login(raw: str, settings: WikiSettings) -> str:
    """Raises: BadValue."""
    login = clean_login(raw, replace(settings, useslash=False))
    if not login or len(login) > 100 or not login.isprintable() or login in NOT_ALLOWED:
        raise BadValue(field="login", reason="This cannot be a login. Use letters, digits, - and _.")
    return login


def own_login(raw: str, settings: WikiSettings) -> str:
    """The login that somebody chooses for themselves: it cannot be taken for another at a glance. Raises: BadValue."""
    login = checked_login(raw, settings)
    scripts = {unicodedata.name(sign, "").split(" ")[0] for sign in login if sign.isalpha()}
    plain = all(sign.isalnum() or sign in "._-" for sign in login) and not set(login) & INVISIBLE
    if not plain or unicodedata.normalize("NFKC", login) != login or len(scripts & ALIKE) > 1:
        raise BadValue(field="login", reason="This cannot be a login. Use letters, digits, - and _.")
    return login


def checked_group(raw: str) -> str:
    """Raises: BadValue."""
    clean = raw.strip().removeprefix("@").lower()
    if not clean or len(clean) > 100 or not clean.isprintable() or any(c in clean for c in ",@|\\"):
        raise BadValue(field="groups", reason="A group cannot be called like this. Use letters, digits, - and _.")
    return clean


def checked_mail(raw: str) -> str:
    """A mail address, or "" for none. Raises: BadValue."""
    mail = raw.strip()
    local, at, host = mail.rpartition("@")
    good = at and all(local.split(".")) and "." in host and all(host.split("."))
    good = good and not set(mail) & _NOT_IN_MAIL and "@" not in local
    if mail and not (good and mail.isprintable() and len(mail) <= LONGEST):
        raise BadValue(field="mail", reason="This is no mail address. It looks like name@example.org.")
    return mail


def checked_line(field: str, raw: str, longest: int = LONGEST) -> str:
    """One line of text without blanks around it. Raises: BadValue."""
    text = raw.strip()
    if len(text) > longest or not text.isprintable():
        raise BadValue(field=field, reason="This is too long, or holds signs that are not text. Type it again.")
    return text
