"""Pages that every new wiki begins with: where nobody touched them, they give way to the old wiki's own."""

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.domain.stretches import stretches
from app.exchange.dokuwiki.store_texts import CHUNK
from app.first_start import ENDINGS
from app.resources import resource_dir
from app.services.texts import load_texts
from app.store.pages import Page, Revision


def let_go(session: Session, pages: Iterable[Page]) -> None:
    """Drop the one revision of those of ``pages`` that are as a new wiki has them."""
    files = _files()
    ours = {page.id: page.name for page in pages if page.name in files and page.current_id}
    gone: set[int] = set()
    for some in stretches(ours, CHUNK):
        query = (
            select(Revision.page_id, func.max(Revision.text_id))
            .where(Revision.page_id.in_(some))
            .group_by(Revision.page_id)
            .having(func.count() == 1, func.max(Revision.author) == "", func.max(Revision.kind) == "create")
        )
        found = {page: text for page, text in session.execute(query) if text is not None}
        texts = load_texts(session, found.values())
        gone |= {page for page, text in found.items() if texts.get(text) == files[ours[page]].read_text("utf-8")}
    for some in stretches(gone, CHUNK):
        session.execute(delete(Revision).where(Revision.page_id.in_(some)))


@cache
def _files() -> dict[str, Path]:
    """The name of each page of the starting content, and where it lies."""
    folder = resource_dir("content") / "pages"
    paths = [path for path in folder.rglob("*") if path.suffix in ENDINGS]
    return {path.relative_to(folder).with_suffix("").as_posix().replace("/", ":"): path for path in paths}
