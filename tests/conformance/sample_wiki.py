"""A whole DokuWiki, imported, and every statement about it that its folder makes: ``sample-wiki-expect.json``."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.options import settings_with
from app.domain.viewer import ANYONE, Viewer
from app.domain.wiki_settings import WikiSettings
from app.exchange.dokuwiki.importing import Options, import_wiki
from app.first_start import init_wiki
from app.services import rendering
from app.services.accounts import AccountInfo, find_accounts
from app.services.groups import groups_of
from app.services.pages import read_page
from app.services.passwords import fits
from app.services.permissions import level
from app.services.rules import all_rules
from app.services.setting_rows import load_settings
from app.services.texts import unpack
from app.settings import Settings
from app.store.accounts import Account
from app.store.exchange import Subscription
from app.store.links import Link
from app.store.media import Media, MediaRevision
from app.store.pages import Page, Revision, Text
from app.wiki import Wiki, open_wiki
from tests.conformance.conform import tokens

ADMIN = Viewer(login="chef", groups=frozenset({"admin", "user"}), is_admin=True)
TYPES = {"create": "C", "edit": "E", "minor": "e", "delete": "D", "revert": "R"}
Expected = Mapping[str, Any]


class Statement(NamedTuple):
    """``group``: what it is counted with; ``about``: which of them it is."""

    group: str
    about: str
    wanted: object
    got: object


@dataclass(frozen=True, slots=True)
class Imported:
    """The wiki that the sample became; ``left``: what the report of the import says was left out."""

    wiki: Wiki
    session: Session
    expected: Expected


@contextmanager
def imported(folder: Path) -> Iterator[Imported]:
    """``folder/sample-wiki`` in a wiki of its own, which is gone afterwards."""
    expected = json.loads((folder / "sample-wiki-expect.json").read_text("utf-8"))
    with tempfile.TemporaryDirectory(prefix="lierre-sample-") as place:
        source = copied(folder, Path(place) / "dokuwiki")
        home = Path(place) / "home"
        wiki = open_wiki(Settings(home=home, database_url=f"sqlite:///{home}/lierre.db"))
        try:
            init_wiki(wiki, empty=True)
            import_wiki(wiki, source, Options(), lambda _: None, lambda: int(expected["now"]))
            with wiki.sessions() as session:
                yield Imported(wiki, session, expected)
        finally:
            wiki.engine.dispose()


def copied(folder: Path, target: Path) -> Path:
    """A copy of the sample with the times its files had."""
    shutil.copytree(folder / "sample-wiki", target)
    for name, time in json.loads((folder / "sample-wiki-mtimes.json").read_text("utf-8")).items():
        if (target / name).exists():
            os.utime(target / name, (time, time))
    return target


def statements(folder: Path) -> Iterator[Statement]:
    """Every statement that counts, and what the import made of it."""
    with imported(folder) as found:
        for check in (_pages, _files, _wanted, _people, _rights, _settings, _tables, _subscriptions):
            yield from check(found)


def _pages(found: Imported) -> Iterator[Statement]:
    session = found.session
    for name, page in found.expected["pages"].items():
        row = session.execute(select(Page).where(Page.name == name)).scalar_one_or_none()
        texts = _revisions(session, row) if row else []
        yield Statement("pages", f"{name} exists", page["exists"], row is not None and row.current_id is not None)
        now = texts[-1]["text_sha256"] if texts else None
        yield Statement("pages", f"{name} sha256", page["sha256"], now)
        if page["exists"]:
            yield Statement("pages", f"{name} title", page["title"] or "", row.title if row else None)
        yield from _matched("revisions", name, page["revisions"], texts)
        yield Statement("backlinks", name, sorted(page["backlinks"]), _linking(session, "page", name))
        if page["exists"] and "html" in page:
            yield Statement("html", name, tokens(page["html"]), tokens(_html(found, name)))


def _revisions(session: Session, page: Page) -> list[dict[str, Any]]:
    query = select(Revision, Text.packed).outerjoin(Text, Revision.text_id == Text.id)
    rows = session.execute(query.where(Revision.page_id == page.id).order_by(Revision.time, Revision.seq))
    return [
        _change(row) | {"text_sha256": None if row.kind == "delete" or packed is None else _hash(row, packed)}
        for row, packed in rows
    ]


def _hash(row: Revision, packed: bytes) -> str:
    return row.original or hashlib.sha256(unpack(packed).encode()).hexdigest()


def _change(row: Revision | MediaRevision) -> dict[str, Any]:
    return {
        "rev": row.time,
        "type": TYPES.get(row.kind, row.kind),
        "user": row.author,
        "ip": row.address,
        "summary": row.summary,
        "extra": row.extra,
        "sizechange": row.size_change,
    }


def _matched(group: str, name: str, wanted: list[dict[str, Any]], got: list[dict[str, Any]]) -> Iterator[Statement]:
    """One statement a revision, and one that there are no more. When a deletion happened that nobody saw is unknown."""
    yield Statement(group, f"{name} number", len(wanted), len(got))
    for number, revision in enumerate(wanted):
        have = got[number] if number < len(got) else {}
        unseen = revision.get("logged") is False and revision["type"] == "D"
        fields = [field for field in revision if field not in ("logged", "size") and not (unseen and field == "rev")]
        about = f"{name} {number + 1}"
        yield Statement(group, about, {key: revision[key] for key in fields}, {key: have.get(key) for key in fields})


def _linking(session: Session, kind: str, name: str) -> list[str]:
    query = select(Page.name).join(Link, Link.source_id == Page.id).where(Link.kind == kind, Link.target == name)
    return sorted(session.execute(query.where(Page.current_id.is_not(None))).scalars())


def _html(found: Imported, name: str) -> str:
    session, settings = found.session, load_settings(found.session)
    view = read_page(session, name, viewer=ADMIN)
    shown = rendering.body(
        session, view, viewer=ADMIN, wiki_settings=settings, secret=found.wiki.secret, now=found.expected["now"]
    )
    return rendering.one_picture(shown.html)  # as the reference exports it


def _files(found: Imported) -> Iterator[Statement]:
    session = found.session
    for name, file in found.expected["media"].items():
        row = session.execute(select(Media).where(Media.name == name)).scalar_one_or_none()
        got = _file_revisions(session, row) if row else []
        yield Statement("media", f"{name} exists", file["exists"], row is not None and row.current_id is not None)
        yield Statement("media", f"{name} sha256", file["sha256"], got[-1]["sha256"] if got else None)
        yield from _matched("media revisions", name, file["revisions"], got)
        yield Statement("used_by", name, sorted(file["used_by"]), _linking(session, "media", name))


def _file_revisions(session: Session, media: Media) -> list[dict[str, Any]]:
    query = select(MediaRevision).where(MediaRevision.media_id == media.id)
    rows = session.execute(query.order_by(MediaRevision.time, MediaRevision.seq)).scalars()
    return [_change(row) | {"sha256": None if row.kind == "delete" else row.sha256} for row in rows]


def _wanted(found: Imported) -> Iterator[Statement]:
    session = found.session
    there = select(Page.name).where(Page.current_id.is_not(None))
    query = select(Link.target).where(Link.kind == "page", Link.target.not_in(there)).distinct()
    got = {name: _linking(session, "page", name) for name in session.execute(query).scalars()}
    wanted = found.expected["wanted"]
    yield Statement("wanted", "names", sorted(wanted), sorted(got))
    for name, pages in wanted.items():
        yield Statement("wanted", name, sorted(pages), got.get(name))


def _people(found: Imported) -> Iterator[Statement]:
    session, users = found.session, found.expected["users"]
    rows = {row.login: row for row in session.execute(select(Account)).scalars()}
    yield Statement("people", "logins", sorted(users), sorted(rows))
    for login, user in users.items():
        row = rows.get(login)
        groups = groups_of(session, [row.id]).get(row.id, ()) if row else ()
        yield Statement("people", f"{login} name", user["name"], row and row.name)
        yield Statement("people", f"{login} mail", user["mail"], row and row.mail)
        yield Statement("people", f"{login} groups", sorted(user["groups"]), sorted(groups))
        opens = row is not None and row.active and fits(user["password"], row.password)
        wrong = row is not None and fits(f"{user['password']}x", row.password)
        yield Statement("people", f"{login} signs in", (True, False), (opens, wrong))


def _rights(found: Imported) -> Iterator[Statement]:
    session, expected = found.session, found.expected
    rules = {(rule.scope, rule.who, rule.level) for rule in all_rules(session)}
    rows = [(row["scope"], row["subject_raw"], row["perm"]) for row in expected["acl"]]
    yield Statement("acl", "number", len(rows), len(rules))
    yield from (Statement("acl", " ".join(row[:2]), True, row in rules) for row in map(tuple, rows))
    people = {info.login: _viewer(info) for info in find_accounts(session, list(expected["users"]))}
    for asked in expected["permissions"]:
        viewer = people.get(asked["user"], ANYONE) if asked["user"] else ANYONE
        about = f"{asked['user']} {asked['id']}"
        yield Statement("permissions", about, asked["perm"], int(level(session, viewer, asked["id"])))


def _viewer(info: AccountInfo) -> Viewer:
    return Viewer(login=info.login, groups=frozenset(info.groups), is_admin=info.is_admin)


def _settings(found: Imported) -> Iterator[Statement]:
    """Settings that we have, each in our spelling."""
    settings = load_settings(found.session)
    for name, value in found.expected["settings"].items():
        own = name.replace(".", "_")
        if hasattr(settings, own):
            wanted = getattr(settings_with(WikiSettings(), {name: value}), own)
            yield Statement("settings", name, wanted, getattr(settings, own))


def _tables(found: Imported) -> Iterator[Statement]:
    settings = load_settings(found.session)
    for name in ("interwiki", "acronyms", "smileys", "entities", "mime"):
        for key, value in found.expected[f"{name}_local"].items():
            yield Statement("tables", f"{name} {key}", value, getattr(settings, name).get(key))
    for scheme in found.expected["scheme_local"]:
        yield Statement("tables", f"scheme {scheme}", True, bool(settings.schemes.get(scheme)))
    blocked = getattr(settings, "wordblock", ())
    blocked = blocked.splitlines() if isinstance(blocked, str) else list(blocked)
    for pattern in found.expected["wordblock_local"]:
        yield Statement("tables", f"wordblock {pattern}", True, pattern in blocked)


def _subscriptions(found: Imported) -> Iterator[Statement]:
    rows = found.session.execute(select(Subscription)).scalars()
    got = {(row.target, row.login): (row.style, str(row.since)) for row in rows}
    yield Statement("subscriptions", "number", len(found.expected["subscriptions"]), len(got))
    for one in found.expected["subscriptions"]:
        about = f"{one['user']} {one['target']}"
        yield Statement("subscriptions", about, (one["style"], one["data"]), got.get((one["target"], one["user"])))
