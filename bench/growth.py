"""How view, save, backlinks and index times grow with the wiki: they should not, or with the logarithm."""

import statistics
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy.orm import Session

from app.domain.viewer import ANYONE
from app.domain.wiki_settings import WikiSettings
from app.first_start import BUILDER
from app.services.indexes import branch
from app.services.links import backlinks, count_backlinks
from app.services.pages import PageEdit, read_page, save_page
from app.services.recent import recent
from app.services.rendering import body
from bench.fill import FLAT, HUB, Plan, fill
from bench.wikis import make

SIZES = (1_000, 10_000, 100_000)
TURNS = 30
Row = tuple[str, dict[int, float]]


def run(folder: Path, sizes: tuple[int, ...] = SIZES) -> list[Row]:
    """For each act its median in milliseconds by number of pages."""
    found: dict[str, dict[int, float]] = {}
    for pages in sizes:
        wiki = make(folder / f"pages{pages}")
        with wiki.sessions() as session:
            fill(session, Plan(pages), now=int(time.time()))
            session.connection().exec_driver_sql("ANALYZE")
            session.commit()
            for what, act in _acts(session).items():
                found.setdefault(what, {})[pages] = _median(session, act)
        wiki.engine.dispose()
    return list(found.items())


def _acts(session: Session) -> dict[str, Callable[[int], object]]:
    return {
        "view a page (kept)": lambda _turn: _view(session, "bench:n5:sub5:page5"),
        "render and keep a page": lambda turn: _view(session, f"bench:n{turn}:sub{turn % 7}:page{turn}"),
        "save a page": lambda turn: _save(session, turn),
        "save a page with many backlinks": lambda turn: _save(session, turn, HUB),
        "backlinks, first 50 and count": lambda _turn: _backlinks(session),
        "index of a large namespace": lambda _turn: branch(session, FLAT, viewer=ANYONE),
        "index, root": lambda _turn: branch(session, "", viewer=ANYONE),
        "recent changes": lambda _turn: recent(session, viewer=ANYONE),
    }


def _view(session: Session, name: str) -> None:
    page = read_page(session, name, viewer=ANYONE)
    if not page.exists:
        raise AssertionError(name)
    body(session, page, viewer=ANYONE, wiki_settings=WikiSettings(), secret=b"bench", now=0)


def _save(session: Session, turn: int, name: str = "bench:n9:sub1:page9") -> None:
    page = read_page(session, name, viewer=BUILDER)
    edit = PageEdit(name, f"{page.text}\n{turn}", based_on=page.revision.id if page.revision else None)
    save_page(session, edit, viewer=BUILDER, now=int(time.time()))


def _backlinks(session: Session) -> None:
    backlinks(session, HUB, viewer=ANYONE)
    count_backlinks(session, HUB, viewer=ANYONE)


def _median(session: Session, act: Callable[[int], object]) -> float:
    times = []
    for turn in range(TURNS):
        session.rollback()
        begun = time.perf_counter()
        act(turn)
        times.append(time.perf_counter() - begun)
    return statistics.median(times[2:]) * 1000
