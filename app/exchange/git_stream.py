"""Changes as ``git fast-import`` reads them: https://git-scm.com/docs/git-fast-import, section Input Format."""

import errno
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

BRANCH = b"refs/heads/main"
HEAD = b"feature done\n"  # git takes nothing of a stream that breaks off
TAIL = b"done\n"
_CRUD = re.compile(r"[\x00-\x1f\x7f<>]+")  # signs that end a name or an address
_EDGES = " .,:;<>\"\\'"  # what git itself takes off a name


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    mail: str


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes of one file: exactly ``size`` of them."""

    path: str
    size: int
    stretches: Iterable[bytes]


@dataclass(frozen=True, slots=True)
class Commit:
    """``gone``: paths that are removed first, whether they are there or not."""

    time: int
    person: Person
    message: str
    gone: tuple[str, ...] = ()
    content: Content | None = None


def written(commit: Commit) -> Iterator[bytes]:
    """Raises: OSError: the content has not the size that it was said to have."""
    who = f"{_plain(commit.person.name) or 'somebody'} <{_plain(commit.person.mail).replace(' ', '.')}>"
    when = f"{max(0, commit.time)} +0000"
    message = commit.message.encode("utf-8", "replace").replace(b"\0", b" ")
    yield b"commit " + BRANCH + b"\n"
    for role in ("author", "committer"):
        yield f"{role} {who} {when}\n".encode("utf-8", "replace")
    yield b"data %d\n%b\n" % (len(message), message)
    for path in commit.gone:
        yield f"D {_quoted(path)}\n".encode()
    if commit.content is not None:
        yield from _file(commit.content)
    yield b"\n"


def _file(content: Content) -> Iterator[bytes]:
    yield f"M 100644 inline {_quoted(content.path)}\ndata {content.size}\n".encode()
    size = 0
    for stretch in content.stretches:
        size += len(stretch)
        yield stretch
    if size != content.size:
        raise OSError(errno.EIO, f"{content.path} has {size} bytes in place of {content.size}")
    yield b"\n"


def _plain(text: str) -> str:
    return _CRUD.sub(" ", text).strip(_EDGES)


def _quoted(path: str) -> str:
    """Paths hold no line ends; between quotes nothing at their beginning means anything."""
    return '"' + path.replace("\\", "\\\\").replace('"', '\\"') + '"'
