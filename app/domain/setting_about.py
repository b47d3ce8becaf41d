"""What is said of a setting, in words for administrators. All sentences are English here, translated where shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field

GROUPS = {
    "wiki": "Name and language",
    "names": "Names of pages",
    "writing": "Writing",
    "reading": "How pages are shown",
    "links": "Where links open",
    "lists": "Lists",
    "files": "Files",
    "people": "People",
    "rights": "Rights",
    "tables": "Tables",
}
EFFECTS = {
    "pages": "In force on all pages at once.",
    "readers": "In force for everybody at once.",
    "names": "Pages keep the names they have. Links are read in the new way at once, so some may lead elsewhere.",
    "new": "For what begins from now on; what is there stays as it is.",
    "lists": "In force in all lists at once; in a large wiki storing it takes a while.",
}


@dataclass(frozen=True, slots=True)
class About:
    """``group`` and ``effect``: keys of the tables above. ``dokuwiki``: its name in the old wiki, "" where it had none.

    ``words``: for the values of a choice, as text.
    """

    group: str
    title: str
    help: str
    effect: str = "readers"
    dokuwiki: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
