"""The whole wiki as a folder that DokuWiki opens: pages and files with their histories, people, rights, settings."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.exchange.dokuwiki.histories import words_of
from app.exchange.dokuwiki.write_conf import names_of_people, write_conf
from app.exchange.dokuwiki.write_media import pictures_of, write_media
from app.exchange.dokuwiki.write_pages import write_pages
from app.exchange.dokuwiki.write_settings import write_settings
from app.exchange.dokuwiki.writing import DAY, Recent, Writing
from app.exchange.export_report import ExportReport
from app.exchange.exported import FOR_OWNER, Exported, ExportProgress, hold_moment
from app.exchange.new_folder import new_folder
from app.services.setting_rows import load_settings
from app.store.media import Media
from app.store.pages import Page

ROLES = (
    *("attic", "cache", "index", "locks", "log", "media", "media_attic", "media_meta", "meta", "pages", "tmp"),
)  # folders that DokuWiki does not begin without

SHUT = b"""# Nobody reads these files by the web.
<IfModule mod_authz_core.c>
    Require all denied
</IfModule>
<IfModule !mod_authz_core.c>
    Order allow,deny
    Deny from all
</IfModule>
"""
PLENTY = 10  # of one page in the list of changes: several changes of one page are one line there


def export_wiki(wiki: Exported, target: Path, progress: Callable[[ExportProgress], None], *, now: int) -> ExportReport:
    """Write all of it into ``target``, a new or empty folder, as it is at one moment. Nothing in the wiki changes.

    A file named ``EXPORT-IS-NOT-FINISHED`` stands in the folder until everything is there.

    Raises:
        BadValue: field ``target``; it is no folder, or not empty.
        OSError: the disk is full, or may not be written.
    """
    # For its owner alone: it holds hashes of passwords.
    with new_folder(target, FOR_OWNER) as folder, wiki.sessions() as session:
        hold_moment(session)
        report = ExportReport()
        steps = _steps(_total(session), progress)
        settings = load_settings(session)
        names, words, pictures = names_of_people(session), words_of(settings.lang), pictures_of(settings)
        writing = Writing(folder, report, names, words, _markup(session), pictures, now, steps)
        for role in ROLES:
            folder.make(f"data/{role}")
        folder.write("data/index/page.idx", b"", now)
        for place in ("data", "conf"):
            folder.write(f"{place}/.htaccess", SHUT, now)
        old = write_settings(session, wiki.blobs, settings, writing)
        pages = write_pages(session, wiki.blobs, writing)
        _write_recent(writing, "data/meta/_dokuwiki.changes", pages, now - old.days * DAY, PLENTY * settings.recent)
        media = write_media(session, wiki.blobs, settings, writing)
        _write_recent(writing, "data/meta/_media.changes", media, now - old.days * DAY, PLENTY * settings.recent)
        write_conf(session, wiki.blobs, writing, old.data)
    return report


def _markup(session: Session) -> str:
    """What DokuWiki shall read all pages as: it knows one markup for a whole wiki."""
    used = session.execute(select(Page.markup).where(Page.current_id.is_not(None)).distinct()).scalars().all()
    return "markdown" if used == ["markdown"] else "dokuwiki"


def _total(session: Session) -> int:
    counts = [session.execute(select(func.count()).select_from(table)).scalar_one() for table in (Page, Media)]
    return sum(counts)


def _steps(total: int, progress: Callable[[ExportProgress], None]) -> Callable[[], None]:
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        progress(ExportProgress(done, total))

    return step


def _write_recent(writing: Writing, path: str, recent: Recent, since: int, least: int) -> None:
    lines = recent.lines(since, least)
    text = "".join(f"{line}\n" for _, line in lines)
    # An older time than the newest line would make DokuWiki note changes on disk in it once more.
    writing.file(path, text.encode(), lines[-1][0] if lines else None)
