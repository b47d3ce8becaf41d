"""All that a wiki holds, as values: for tests that compare two wikis."""

import dataclasses
import hashlib
import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.services.groups import groups_of
from app.services.setting_rows import load_settings
from app.services.texts import unpack
from app.store.accounts import Account
from app.store.exchange import KeptFile, NamespaceTemplate, Subscription
from app.store.links import Link
from app.store.media import Media, MediaRevision, MediaSpace
from app.store.pages import Namespace, Page, Revision, Text
from app.store.rules import AclRule

Rows = dict[Any, Any]
CHANGE = ("time", "seq", "author", "address", "kind", "external", "summary", "size_change", "extra", "logged")


def whole(session: Session) -> dict[str, Rows]:
    """By kind; each thing by the name it has in every wiki."""
    session.expire_all()
    return {
        "pages": _pages(session),
        "files": _files(session),
        "links": _links(session),
        "people": _people(session),
        "rules": {(rule.scope, rule.who): rule.level for rule in session.execute(select(AclRule)).scalars()},
        "settings": dataclasses.asdict(load_settings(session)),
        "subscriptions": {
            (row.target, row.login): (row.style, row.since) for row in session.execute(select(Subscription)).scalars()
        },
        "templates": {
            (row.namespace, row.deep): row.text for row in session.execute(select(NamespaceTemplate)).scalars()
        },
        "kept": {row.path: row.sha256 for row in session.execute(select(KeptFile)).scalars()},
        "spaces": {row.name: row.pages for row in session.execute(select(Namespace)).scalars()}
        | {f"files {row.namespace}": row.files for row in session.execute(select(MediaSpace)).scalars()},
    }


def differences(one: dict[str, Rows], other: dict[str, Rows]) -> list[str]:
    """One line for each thing that is not the same."""
    return [
        f"{kind} {name}: {one[kind].get(name)} | {other[kind].get(name)}"
        for kind in one
        for name in [*one[kind], *(name for name in other[kind] if name not in one[kind])]
        if name not in one[kind] or name not in other[kind] or one[kind][name] != other[kind][name]
    ]


def _change(row: Revision | MediaRevision) -> dict[str, Any]:
    return {name: getattr(row, name) for name in CHANGE}


def _pages(session: Session) -> Rows:
    found: Rows = {}
    for page in session.execute(select(Page)).scalars():
        found[page.name] = {"title": page.title, "markup": page.markup, "is there": page.current_id is not None}
        found[page.name, "meta"] = json.loads(page.kept)
        found[page.name, "place"] = (page.namespace, page.leaf, page.sort_key, page.hidden, page.changed_at)
        query = select(Revision, Text.packed).outerjoin(Text, Text.id == Revision.text_id)
        rows = session.execute(query.where(Revision.page_id == page.id).order_by(Revision.time, Revision.seq)).all()
        for at, (row, packed) in enumerate(rows):
            text = None if packed is None else hashlib.sha256(unpack(packed).encode()).hexdigest()
            more = {"text": text, "markup": row.markup, "original": row.original}
            found[page.name, at] = _change(row) | more | {"is now": row.id == page.current_id}
    return found


def _files(session: Session) -> Rows:
    found: Rows = {}
    what = ("sha256", "size", "mime", "width", "height", "fields")
    for file in session.execute(select(Media)).scalars():
        found[file.name] = {"is there": file.current_id is not None, "size": file.size, "changed": file.changed_at}
        query = select(MediaRevision).where(MediaRevision.media_id == file.id)
        for at, row in enumerate(session.execute(query.order_by(MediaRevision.time, MediaRevision.seq)).scalars()):
            found[file.name, at] = _change(row) | {name: getattr(row, name) for name in what}
    return found


def _links(session: Session) -> Rows:
    query = select(Page.name, Link).join(Link, Link.source_id == Page.id)
    return {(name, link.kind, link.target): (link.position, link.excerpt) for name, link in session.execute(query)}


def _people(session: Session) -> Rows:
    rows = session.execute(select(Account)).scalars().all()
    groups = groups_of(session, [row.id for row in rows])
    return {row.login: (row.password, row.name, row.mail, sorted(groups.get(row.id, ()))) for row in rows}
