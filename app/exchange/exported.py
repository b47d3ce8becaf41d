"""What all exports share, whatever they write: the wiki at one moment, and files that are written or told of."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session, sessionmaker

from app.exchange.export_report import ExportReport
from app.exchange.new_folder import NewFolder, NotWritten
from app.store.blobs import Blobs

BYTES_GONE = "Its bytes are not in the wiki any more. See: lierre doctor"
FOR_OWNER = 0o700  # the mode of a folder that not everybody on a shared machine may read


class Exported(Protocol):
    """Of ``app.wiki.Wiki``."""

    @property
    def sessions(self) -> sessionmaker[Session]: ...

    @property
    def blobs(self) -> Blobs: ...


@dataclass(frozen=True, slots=True)
class ExportProgress:
    """``done`` of ``total`` pages and files."""

    done: int
    total: int


def hold_moment(session: Session) -> None:
    """Let ``session``, which has asked nothing yet, see the wiki as it is now, whatever is saved meanwhile."""
    if session.get_bind().dialect.name == "postgresql":  # SQLite gives nothing else
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def write_or_tell(
    folder: NewFolder, report: ExportReport, path: str, content: Iterable[bytes], at: int | None = None
) -> bool:
    """One file; False, and a line in the report, where its name does not allow it or its bytes are lost."""
    try:
        folder.write_all(path, content, at)
    except NotWritten as error:
        report.left.append((path, error.reason))
        return False
    except FileNotFoundError:
        report.left.append((path, BYTES_GONE))
        return False
    return True
