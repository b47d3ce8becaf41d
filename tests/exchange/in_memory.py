"""Files of an old wiki held in memory, for tests of what reads them."""

from dataclasses import dataclass, field
from io import BytesIO
from typing import BinaryIO

from app.exchange.dokuwiki.model import FileKind, Sorted, SourceFile, Unreadable


@dataclass
class Files:
    """``unreadable``: paths that cannot be read."""

    contents: dict[str, bytes] = field(default_factory=dict)
    sorted: list[Sorted] = field(default_factory=list)
    unreadable: set[str] = field(default_factory=set)

    def put(self, kind: FileKind, path: str, content: bytes | str, at: int = 0, rev: int | None = None) -> None:
        """``at``: its time, seconds."""
        raw = content.encode() if isinstance(content, str) else content
        self.contents[path] = raw
        self.sorted.append(Sorted(SourceFile(path, len(raw), at * 1_000_000_000), kind, "wiki:start", rev))

    def read(self, path: str, most: int) -> bytes:
        if path in self.unreadable:
            raise Unreadable("No right to read it.")
        if len(self.contents[path]) > most:
            raise Unreadable("It is too long.")
        return self.contents[path]

    def is_file(self, path: str) -> bool:
        return path in self.contents

    def open(self, path: str) -> BinaryIO:
        return BytesIO(self.read(path, 2**62))
