"""One setting after the other, brought into a wiki whose administrators may have changed them meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from app.domain.errors import WikiError
from app.exchange.dokuwiki.model import Note, Sorted
from app.exchange.dokuwiki.settling import ConfFile, Run, conf_file
from app.services.config import save_setting
from app.services.setting_checks import checked_value
from app.services.setting_rows import load_settings

OTHER = "“{name}” was changed here since, and stays as it is."
NOT_TAKEN = "“{name}” cannot have this value here, and stays as it is: {reason}"


@dataclass(slots=True)
class Bringing:
    """``last``: values as the old wiki had them the last time; ``again``: there was one."""

    session: Session
    run: Run
    files: Sequence[Sorted]
    last: dict[str, Any]
    again: bool = False
    notes: list[Note] = field(default_factory=list)

    def file(self, name: str) -> ConfFile | None:
        """A file of ``conf``; None: it is not there, or cannot be read, which is noted."""
        return conf_file(self.run, name, self.files, self.notes)

    def tell(self, path: str, why: str, line: int | None = None) -> None:
        """Of what came otherwise than it was, or has no meaning here."""
        self.notes.append(Note(path, "changed", why, line))

    def bring(self, name: str, value: object, path: str, line: int | None = None, *, beside: str | None = None) -> None:
        """Store one setting where the old wiki's value is another than the last time, and nobody changed ours.

        ``beside``: what is stored then, ``value`` joined to what is here.
        """
        known = self.last.get(name)
        if known is not None and known == [value]:
            return
        here = getattr(load_settings(self.session), name)
        wanted = value if beside is None else beside
        if known is not None and here not in (known[0], wanted) and beside is None:
            self.notes.append(Note(path, "left" if line else "changed", OTHER.format(name=name), line))
            return
        try:
            checked_value(name, wanted)
            if not self.run.dry_run:
                save_setting(self.session, name, wanted, by=self.run.operator, now=self.run.now)
        except WikiError as error:
            self.tell(path, NOT_TAKEN.format(name=name, reason=error), line)
            return
        self.last[name] = [value]
