"""Static files under an address that changes with their content, so that browsers keep them for good."""

import gzip
import hashlib
import secrets
import shutil
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from app.resources import resource_dir

TEXTS = {".css", ".js", ".svg", ".txt", ".json"}


@dataclass(frozen=True, slots=True)
class StaticFiles:
    """``root``: a folder with every file, and its compressed twin beside it."""

    root: Path
    version: str

    @property
    def prefix(self) -> str:
        return f"/_static/{self.version}/"

    def url(self, name: str) -> str:
        return self.prefix + name


def prepare(home: Path) -> StaticFiles:
    """Copy and compress the static files below ``home``, once for each version of them."""
    source = resource_dir("static")
    version = content_hash(source)
    root = home / "static" / version
    if not root.is_dir():
        waiting = home / "static" / f"{version}.{secrets.token_hex(4)}.tmp"
        shutil.copytree(source, waiting)
        for path in waiting.rglob("*"):
            if path.suffix in TEXTS:
                path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))
        with suppress(OSError):  # another process was faster
            waiting.replace(root)
        shutil.rmtree(waiting, ignore_errors=True)
    return StaticFiles(root, version)


@lru_cache(maxsize=4)
def content_hash(source: Path) -> str:
    """A hash over the names and contents of all files in ``source``."""
    digest = hashlib.sha256()
    for path in sorted(path for path in source.rglob("*") if path.is_file()):
        body = path.read_bytes()
        digest.update(f"{path.relative_to(source).as_posix()}\0{len(body)}\0".encode() + body)
    return digest.hexdigest()[:16]
