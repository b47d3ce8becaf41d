"""A wiki of a given size, made without a save per page: real tables, real texts, in a few large transactions."""

import hashlib
import random
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.domain.names import name_of, namespace_of, natural_key
from app.store.database import transaction
from app.store.links import Link
from app.store.pages import Namespace, Page, Revision, Text
from app.store.rules import ROOT_SCOPE, SpaceCount

HUB = "bench:hub"  # has FAN backlinks where the wiki is large enough
FLAT = "bench:flat"  # a namespace of FLAT_PAGES pages
FAN = 5_000
FLAT_PAGES = 10_000
BATCH = 5_000
WORDS = [
    "lierre",
    "page",
    "wiki",
    "texte",
    "modèle",
    "langage",
    "corpus",
    "jeton",
    "attention",
    "couche",
    "poids",
    "gradient",
    "mesure",
    "page",
    "histoire",
    "lien",
    "espace",
    "nom",
    "droit",
    "lecture",
    "table",
    "liste",
    "image",
    "source",
    "résultat",
    "exemple",
    "étape",
    "méthode",
    "donnée",
    "réseau",
    "mémoire",
]


@dataclass(frozen=True, slots=True)
class Plan:
    """``pages`` in all; the hub and the flat namespace take at most half of them."""

    pages: int

    @property
    def flat(self) -> int:
        return min(FLAT_PAGES, self.pages // 4)

    @property
    def fan(self) -> int:
        return min(FAN, self.pages // 4)


FIRST = 1_000_000  # our ids begin far from those of the starting content
TEXTS = 200


def fill(session: Session, plan: Plan, *, now: int) -> None:
    """Add the pages of ``plan`` to an initialised wiki that has none of them yet."""
    with transaction(session):
        session.execute(insert(Text), [_text_row(number) for number in range(TEXTS)])
        counts: dict[str, int] = {}
        for first, names in _batches(list(_names(plan))):
            _add(session, first, names, now)
            for name in names:
                _count(counts, namespace_of(name))
        _add_links(session, plan)
        session.execute(insert(Namespace), [_namespace_row(name, pages) for name, pages in counts.items()])
        readable = [{"namespace": name, "scope_id": ROOT_SCOPE, "pages": pages} for name, pages in counts.items()]
        session.execute(insert(SpaceCount), readable)


def _add(session: Session, first: int, names: list[str], now: int) -> None:
    ids = range(first, first + len(names))
    session.execute(insert(Page), [_page_row(id_, name, now) for id_, name in zip(ids, names, strict=True)])
    session.execute(insert(Revision), [_revision_row(id_, now) for id_ in ids])


def _add_links(session: Session, plan: Plan) -> None:
    """The last ``fan`` pages link to the hub; each of the others to four names, as their texts do."""
    last = FIRST + plan.pages
    rows = [
        {"source_id": id_, "kind": "page", "target": HUB, "position": 0, "excerpt": "words around the link"}
        for id_ in range(last - plan.fan, last)
    ]
    for id_ in range(FIRST, last - plan.fan):
        rows += [
            {
                "source_id": id_,
                "kind": "page",
                "target": f"bench:n{(id_ * 31 + k) % 997}:start",
                "position": k,
                "excerpt": "",
            }
            for k in range(4)
        ]
    for start in range(0, len(rows), BATCH):
        session.execute(insert(Link), rows[start : start + BATCH])


def _page_row(id_: int, name: str, now: int) -> dict[str, object]:
    return {
        "id": id_,
        "name": name,
        "namespace": namespace_of(name),
        "leaf": name_of(name),
        "sort_key": natural_key(name),
        "title": f"Page {name_of(name)}",
        "markup": "dokuwiki",
        "current_id": id_,
        "latest_id": id_,
        "changed_at": now - id_ % 1_000_000,
    }


def _revision_row(id_: int, now: int) -> dict[str, object]:
    return {
        "id": id_,
        "page_id": id_,
        "time": now - id_ % 1_000_000,
        "author": "bench",
        "kind": "create",
        "text_id": FIRST + id_ % TEXTS,
        "size_change": 1,
    }


def _namespace_row(name: str, pages: int) -> dict[str, object]:
    return {"name": name, "parent": namespace_of(name), "sort_key": natural_key(name), "pages": pages}


def _names(plan: Plan) -> Iterator[str]:
    yield HUB
    for number in range(plan.flat):
        yield f"{FLAT}:page{number}"
    for number in range(plan.pages - plan.flat - 1):
        yield f"bench:n{number % 997}:sub{number % 7}:page{number}"


def _batches(names: list[str]) -> Iterator[tuple[int, list[str]]]:
    for start in range(0, len(names), BATCH):
        yield FIRST + start, names[start : start + BATCH]


def _count(counts: dict[str, int], namespace: str) -> None:
    while namespace:
        counts[namespace] = counts.get(namespace, 0) + 1
        namespace = namespace_of(namespace)


def _text(number: int) -> str:
    dice = random.Random(number)
    parts = [f"====== Page {number} ======", ""]
    for section in range(dice.randint(2, 8)):
        parts += [f"===== Section {section} =====", ""]
        parts += [" ".join(dice.choices(WORDS, k=dice.randint(30, 160))) + ".", ""]
        parts += [f"  * [[bench:n{dice.randint(0, 996)}:start|{word}]]" for word in dice.choices(WORDS, k=4)] + [""]
    return "\n".join(parts)


def _text_row(number: int) -> dict[str, object]:
    body = _text(number).encode()
    return {
        "id": FIRST + number,
        "sha256": hashlib.sha256(body).hexdigest(),
        "size": len(body),
        "packed": zlib.compress(body),
    }
