"""The configuration of an old wiki held in memory, for tests of what stores it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from app.domain.viewer import Viewer
from app.domain.wiki_settings import WikiSettings
from app.exchange.dokuwiki.settling import Run
from app.store.blobs import Blobs, local_blobs
from tests.exchange.in_memory import Files


@dataclass
class OldConf(Files):
    """Source and layout in one."""

    config: Mapping[Any, Any] = field(default_factory=dict)
    settings: WikiSettings = field(default_factory=WikiSettings)
    refused: set[str] = field(default_factory=set)

    def conf_path(self, name: str) -> str | None:
        path = f"conf/{name}"
        return path if path in self.contents else None

    def run(self, blobs: Blobs | None = None, *, dry_run: bool = False) -> Run:
        """``blobs`` None: where nothing is kept."""
        chef = Viewer(login="chef", is_admin=True)
        return Run(self, self, blobs or local_blobs(Path("/nonexistent")), chef, 50, dry_run, frozenset(self.refused))

    def conf(self, name: str, content: str | bytes) -> "OldConf":
        """Write a file of ``conf``, over what was there."""
        path = f"conf/{name}"
        self.sorted = [one for one in self.sorted if one.file.path != path]
        self.put("conf", path, content)
        self.sorted[-1] = replace(self.sorted[-1], name="")
        return self
