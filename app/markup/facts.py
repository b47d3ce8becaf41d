"""What rendering must know of the wiki, as values."""

from collections.abc import Mapping
from dataclasses import dataclass, field

FOLDER_SIZE = 4096  # what a folder of files says of itself where it is named like a file


@dataclass(frozen=True, slots=True)
class PageFact:
    """A page that exists. ``title``: its first heading."""

    title: str | None = None


@dataclass(frozen=True, slots=True)
class MediaFact:
    """A file that exists: bytes, pixels where it is a picture, the caption it carries itself."""

    size: int
    width: int | None = None
    height: int | None = None
    caption: str | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """Of what ``questions`` asked about, all that exists; what is not here does not exist.

    ``media`` holds folders too, as files of ``FOLDER_SIZE``. ``gone``: what pages were called that are not there any
    more, while nobody deleted them.
    """

    pages: Mapping[str, PageFact] = field(default_factory=dict)
    media: Mapping[str, MediaFact] = field(default_factory=dict)
    gone: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Questions:
    """What rendering a page will ask about.

    ``media_prefixes``: every file whose id begins so (subtitles of a film). ``folders``: those of ``media`` that may be
    namespaces of files. ``choices``: those of ``pages`` that are
    one of several names a link may mean, so that their coming or going changes where the link leads.
    """

    pages: frozenset[str]
    media: frozenset[str]
    media_prefixes: frozenset[str]
    choices: frozenset[str] = frozenset()
    folders: frozenset[str] = frozenset()
