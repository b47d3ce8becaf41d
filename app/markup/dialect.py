"""What of a wiki's settings decides how its pages are read."""

from typing import NamedTuple

from app.domain import wiki_tables
from app.domain.wiki_settings import WikiSettings
from app.markup.installed import OURS, active, is_on
from app.markup.syntax import Syntax


class Dialect(NamedTuple):
    """Hashable: patterns take long to compile and are kept by it. Words and signs are those in force.

    ``installed``: the syntaxes of others that are on; ``off``: the names of ours that are not.
    """

    typography: int
    camelcase: bool
    smileys: tuple[str, ...]
    acronyms: tuple[str, ...]
    entities: tuple[tuple[str, str], ...]
    schemes: tuple[str, ...]
    installed: tuple[Syntax, ...]
    off: frozenset[str]


def dialect(settings: WikiSettings) -> Dialect:
    return Dialect(
        settings.typography,
        settings.camelcase,
        tuple(wiki_tables.smileys(settings)),
        tuple(wiki_tables.acronyms(settings)),
        tuple(wiki_tables.entities(settings).items()),
        wiki_tables.schemes(settings),
        active(settings),
        frozenset(name for name in OURS if not is_on(name, settings)),
    )
