"""What rights cost: the same acts with two rules and with a thousand, in turn, on one large wiki.

python -m bench.rights [PAGES]
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.domain.access import Rule
from app.domain.viewer import ANYONE, Viewer
from app.domain.wiki_settings import WikiSettings
from app.first_start import BUILDER
from app.services.indexes import branch
from app.services.links import backlinks, count_backlinks
from app.services.pages import read_page
from app.services.recent import recent
from app.services.rendering import body
from app.services.rules import RuleChange, all_rules, change_rules
from app.store.accounts import Account, Group, Membership
from app.store.database import transaction
from bench.fill import FLAT, HUB, Plan, fill
from bench.wikis import make

PAGES, PEOPLE, GROUPS, SPACES = 100_000, 10_000, 500, 500
TURNS, ROUNDS = 40, 5
FEW = (Rule("*", "@ALL", 1), Rule("*", "@user", 8))
# Every second namespace of the wiki is closed to all but one group: two rules for each, so a thousand and two.
MANY = (
    *FEW,
    *(Rule(f"bench:n{2 * number}:*", "@ALL", 0) for number in range(SPACES)),
    *(Rule(f"bench:n{2 * number}:*", f"@group{number % GROUPS}", 8) for number in range(SPACES)),
)
MEMBER = Viewer("person7", frozenset({"user", "group1", "group2", "group3"}))
Act = Callable[[Session, Viewer], object]


def acts() -> dict[str, Act]:
    return {
        "view a page (kept)": lambda session, viewer: _view(session, "bench:n5:sub5:page5", viewer),
        "view a page beside closed ones": lambda session, viewer: _view(session, HUB, viewer),
        "index, root": lambda session, viewer: branch(session, "", viewer=viewer),
        "index of half-closed namespaces": lambda session, viewer: branch(session, "bench", viewer=viewer),
        "index of a large namespace": lambda session, viewer: branch(session, FLAT, viewer=viewer),
        "recent changes": lambda session, viewer: recent(session, viewer=viewer),
        "backlinks, first 50 and count": _backlinks,
    }


def main() -> None:
    pages = int(sys.argv[1]) if len(sys.argv) > 1 else PAGES
    with tempfile.TemporaryDirectory() as folder:
        wiki = make(Path(folder) / "wiki")
        with wiki.sessions() as session:
            fill(session, Plan(pages), now=int(time.time()))
            _add_people(session)
            session.connection().exec_driver_sql("ANALYZE")
            session.commit()
            _measure(session, pages)
        wiki.engine.dispose()


def _measure(session: Session, pages: int) -> None:
    found: dict[tuple[str, str], tuple[list[float], list[float]]] = {}
    changes: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for column, rules in enumerate((FEW, MANY)):
            changes[column].append(_change(session, rules))
            for who, viewer in {"anonymous": ANYONE, "member": MEMBER}.items():
                for what, act in acts().items():
                    found.setdefault((what, who), ([], []))[column].append(_median(session, act, viewer))
    print(f"milliseconds, medians of {ROUNDS} rounds in turn; {pages:,} pages, {PEOPLE:,} people, {GROUPS} groups")
    print(f"{'':<48}{len(FEW):>8} rules{len(MANY):>8} rules   ratio")
    for (what, who), (few, many) in found.items():
        a, b = statistics.median(few), statistics.median(many)
        print(f"{what + ', ' + who:<48}{a:>14.2f}{b:>14.2f}{b / a:>8.2f}")
    print(f"{'change all rules at once':<48}{changes[0][-1]:>14.0f}{changes[1][-1]:>14.0f}")


def _view(session: Session, name: str, viewer: Viewer) -> None:
    page = read_page(session, name, viewer=viewer)
    if not page.exists:
        raise AssertionError(name)
    body(session, page, viewer=viewer, wiki_settings=WikiSettings(), secret=b"bench", now=0)


def _backlinks(session: Session, viewer: Viewer) -> None:
    backlinks(session, HUB, viewer=viewer)
    count_backlinks(session, HUB, viewer=viewer)


def _median(session: Session, act: Act, viewer: Viewer) -> float:
    times = []
    for _ in range(TURNS):
        session.rollback()
        begun = time.perf_counter()
        act(session, viewer)
        times.append(time.perf_counter() - begun)
    return statistics.median(times[2:]) * 1000


def _change(session: Session, rules: tuple[Rule, ...]) -> float:
    begun = time.perf_counter()
    change_rules(session, RuleChange(remove=all_rules(session), add=rules), by=BUILDER, now=int(time.time()))
    return (time.perf_counter() - begun) * 1000


def _add_people(session: Session) -> None:
    first = 1_000_000
    with transaction(session):
        session.execute(insert(Group), [{"id": first + n, "name": f"group{n}"} for n in range(GROUPS)])
        people = [{"id": first + n, "login": f"person{n}", "created_at": 0} for n in range(PEOPLE)]
        session.execute(insert(Account), people)
        members = [
            {"account_id": first + n, "group_id": first + (n * 7 + k) % GROUPS} for n in range(PEOPLE) for k in range(3)
        ]
        session.execute(insert(Membership), members)


if __name__ == "__main__":
    main()
