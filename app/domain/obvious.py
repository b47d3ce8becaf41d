"""Passwords that are long and yet among the first that others try."""

import re
import unicodedata
from itertools import pairwise

# Our own short list: what people type when they are asked for a password, in English and in French.
WORDS = frozenset(
    """
    password passwort passcode secret access login user username admin administrator root master manager guest
    test testing welcome hello letmein changeme default computer internet server system network security wiki
    dokuwiki love iloveyou lovely princess queen king angel baby sunshine summer winter spring autumn flower dragon
    monkey tiger football baseball soccer hockey batman superman starwars pokemon freedom whatever
    jesus money family friend friends chocolate cookie orange banana charlie michael jordan

    motdepasse mot passe secrete acces utilisateur administrateur invite bienvenue bonjour bonsoir salut coucou
    ordinateur reseau securite serveur systeme jetaime amour monamour cheri cherie doudou coeur princesse reine soleil
    lune etoile fleur printemps automne hiver chat chaton chien chouchou lapin loulou toutou poussin bisou bisous maison
    famille maman papa bebe ami amis liberte france paris marseille lyon nicolas camille thomas julien chocolat
    """.split()  # noqa: SIM905 a list this long reads better as words
)
_ROWS = (
    "1234567890",
    "qwertyuiop",
    "azertyuiop",
    "qwertzuiop",
    "asdfghjkl",
    "qsdfghjklm",
    "zxcvbnm",
    "wxcvbn",
    "yxcvbnm",
)
_NEXT = frozenset(pair for row in _ROWS for way in (row, row[::-1]) for pair in pairwise(way))
_LOOKALIKES = str.maketrans("@$013457", "asoieast")
_ADDED = "0123456789!?.,;:-_+*#/ "  # what is put before or behind a word
_LETTERS = re.compile(r"[^\W\d_]+")
FEWEST_STARTS = 4  # what runs on or repeats is typed, and guessed, as one
MOST_ADDED = 6  # signs beside a known word, a year for one, that make it no better


def runs_on(password: str) -> bool:
    """Whether it is little more than neighbours in the alphabet or on a keyboard, or one short piece again and again.

    ``azertyuiop12``, ``aaabbbcccddd``, ``ivy1ivy1ivy1``.
    """
    low = password.casefold()
    period = (low + low).find(low, 1)
    return _starts(low) < FEWEST_STARTS or len(set(low)) < FEWEST_STARTS or period < min(len(low), 10)


def is_known(password: str, own: tuple[str, ...]) -> bool:
    """Whether it is one or two known words with little beside them; ``own``: words of this place, its name or a login.

    ``Motdepasse2024!``, ``p@ssw0rd-admin``.
    """
    words = WORDS | frozenset(_own_words(own))
    folded = _folded(password)
    if _is_made_of(folded, words):
        return True
    middle = folded.strip(_ADDED)
    added = folded.replace(middle, "", 1)
    return _starts(added) <= MOST_ADDED and _is_made_of(middle.translate(_LOOKALIKES), words)


def _starts(text: str) -> int:
    """How many signs do not just follow the one before them."""
    follows = (abs(ord(one) - ord(other)) <= 1 or (one, other) in _NEXT for one, other in pairwise(text))
    return bool(text) + sum(not each for each in follows)


def _is_made_of(text: str, words: frozenset[str]) -> bool:
    letters = "".join(_LETTERS.findall(text))
    if _starts(_LETTERS.sub("", text)) > MOST_ADDED:
        return False
    period = (letters + letters).find(letters, 1)  # "wikiwikiwiki" is one word
    letters = letters[: max(period, 0)]
    longest = max(len(word) for word in words)
    cuts = range(max(0, len(letters) - longest), min(len(letters), longest) + 1)
    return any(letters[:at] in words and letters[at:] in words | {""} for at in cuts)


def _own_words(own: tuple[str, ...]) -> set[str]:
    found = {part for each in own for part in _LETTERS.findall(_folded(each))}
    whole = {"".join(_LETTERS.findall(_folded(each))) for each in own}
    return {word for word in found | whole if len(word) > 2}


def _folded(text: str) -> str:
    """Small letters without their accents."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
