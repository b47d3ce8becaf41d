"""What a DokuWiki holds, as values: between reading its files and storing or writing them.

Nothing here reads or stores.

Texts are as they are stored here (line ends as LF, UTF-8); ``original`` is set where the bytes on disk were others.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Outcome = Literal["stored", "same", "changed", "left"]
Encoding = Literal["url", "safe", "safe-old", "utf-8"]
FileKind = Literal[
    "page",
    "attic",
    "page_log",
    "page_meta",
    "media",
    "media_attic",
    "media_log",
    "global_log",
    "subscription",
    "template",
    "conf",
    "kept",  # unknown files of ``meta`` and ``conf``, kept byte for byte
    "disposable",  # cache, index, locks, drafts, stamps: left out on purpose
    "unreadable",  # links, devices, what is no file, names that cannot be decoded
]


class Unreadable(Exception):
    """A file of the source cannot be read. ``reason``: a sentence for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of the installation. ``path``: below its root, ``/`` between, undecodable bytes as surrogates.

    ``size`` in bytes, ``changed_at`` in nanoseconds UTC. ``problem``: why it cannot be read at all, "" otherwise.
    """

    path: str
    size: int
    changed_at: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Sorted:
    """What a file is. ``name``: the clean id it belongs to, "" for none; ``rev``: of attic files, seconds.

    ``why``: a sentence for people where its kind is disposable, kept or unreadable, or its name became another.
    """

    file: SourceFile
    kind: FileKind
    name: str = ""
    rev: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of a change log as the reference reads it. ``size_change`` None: unknown. ``number``: from 1.

    ``raw``: the line without its end, where it is not what ``changelog.write_line`` would write for the rest.
    """

    time: int
    address: str
    kind: str
    name: str
    user: str
    summary: str
    extra: str
    size_change: int | None
    number: int = 0
    raw: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """What happened to a file, or to one line of it (from 1)."""

    path: str
    outcome: Outcome
    why: str = ""
    line: int | None = None


@dataclass(frozen=True, slots=True)
class OldRevision:
    """One change of a page, oldest first in ``OldPage``. ``text`` None: it is not there any more.

    ``deleted``: the page was not there after it; ``text`` is then what was there before, as the attic keeps it.
    ``original``: the bytes on disk where they are not ``text`` in UTF-8. ``external``: no log line says it.
    """

    line: LogLine
    text: str | None
    deleted: bool
    external: bool = False
    original: bytes | None = None


@dataclass(frozen=True, slots=True)
class OldPage:
    """A page with its whole history. ``meta``: the ``persistent`` half of its ``.meta``, as PHP had it.

    ``meta_path``: where that lies in the source; "" where there is none. ``title``: of the other half.
    """

    name: str
    revisions: tuple[OldRevision, ...]
    meta: Mapping[object, object] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    meta_path: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class OldMediaRevision:
    """One change of a file. ``path``: where its bytes lie in the source; None: they are not there any more."""

    line: LogLine
    path: str | None
    deleted: bool
    external: bool = False


@dataclass(frozen=True, slots=True)
class OldMedia:
    name: str
    revisions: tuple[OldMediaRevision, ...]
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class OldPerson:
    """A line of ``users.auth.php``; ``hash`` as it stands there."""

    login: str
    hash: str
    name: str
    mail: str
    groups: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class OldRule:
    """A line of ``acl.auth.php``; ``who`` as it stands there, encoded."""

    scope: str
    who: str
    level: int
    line: int


@dataclass(frozen=True, slots=True)
class OldSubscription:
    target: str
    login: str
    style: str
    since: int
    line: int
