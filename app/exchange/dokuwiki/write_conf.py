"""People, rights, subscriptions, templates and kept files, as DokuWiki has them."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.access import encode_name
from app.exchange.dokuwiki.conf_files import UNUSABLE, write_people, write_rules
from app.exchange.dokuwiki.model import OldPerson, OldRule
from app.exchange.dokuwiki.write_settings import MERGED
from app.exchange.dokuwiki.writing import BATCH, Writing, lazily, path_of
from app.services.groups import groups_of
from app.store.accounts import Account
from app.store.blobs import Blobs
from app.store.exchange import KeptFile, NamespaceTemplate, Subscription
from app.store.media import MediaRedirect
from app.store.pages import Redirect
from app.store.rules import AclRule

PROGRAMS = (".php", ".phtml", ".phar", ".js", ".html", ".htm")
FOLDERS = ("data/", "conf/", "lib/", "inc/")
ROLES = ("pages/", "attic/", "media/", "media_attic/", "meta/", "media_meta/")
SHUT = "The account is switched off here; nobody signs in with it there until a new password is set."
NO_PASSWORD = "The account has no password here; it gets one there by “forgotten password”."  # noqa: S105 a sentence
SECOND_STEP = "The second step of signing in is not known there: the password alone opens the account."
REDIRECTS = "DokuWiki knows no names that lead on; {count} old names of pages and files lead nowhere there."
PROGRAM = "This came with the old wiki and may be run by it; look at it before you use it."


def write_conf(session: Session, blobs: Blobs, writing: Writing, data: str) -> None:
    """All that is no page, file or setting. Kept files come last: what the wiki itself says stands before them.

    ``data``: where the texts of the old wiki lay.
    """
    writing.file("conf/users.auth.php", write_people(_people(session, writing)).encode())
    rules = session.execute(select(AclRule.scope, AclRule.who, AclRule.level).order_by(AclRule.id)).all()
    lines = [OldRule(scope, who, level, 0) for scope, who, level in rules]
    writing.report.count("rules", len(lines))
    writing.file("conf/acl.auth.php", write_rules(lines).encode())
    _subscriptions(session, writing)
    _templates(session, writing)
    _redirects(session, writing)
    _kept(session, blobs, writing, data)


def _people(session: Session, writing: Writing) -> Iterator[OldPerson]:
    after = 0
    while rows := list(
        session.execute(select(Account).where(Account.id > after).order_by(Account.id).limit(BATCH)).scalars()
    ):
        groups = groups_of(session, [row.id for row in rows])
        for row in rows:
            yield OldPerson(row.login, _hash(row, writing), row.name, row.mail, groups.get(row.id, ()), 0)
            writing.report.count("people")
        after = rows[-1].id
        session.expunge_all()


def _hash(row: Account, writing: Writing) -> str:
    """Whoever cannot sign in here cannot there."""
    what = f"account:{row.login}"
    if row.totp_secret:
        writing.report.changed.append((what, SECOND_STEP))
    if not row.active:
        writing.report.changed.append((what, SHUT))
    elif not row.password:
        writing.report.changed.append((what, NO_PASSWORD))
    return row.password if row.active and row.password else UNUSABLE


def _subscriptions(session: Session, writing: Writing) -> None:
    query = select(Subscription.target, Subscription.login, Subscription.style, Subscription.since)
    rows = session.execute(query.order_by(Subscription.target, Subscription.login))
    for target, found in groupby(rows, key=lambda row: row.target):
        lines = [f"{encode_name(login)} {style} {since}\n" for _, login, style, since in found]
        writing.file(f"data/meta/{_list_of(target)}", "".join(lines).encode())
        writing.report.count("subscriptions", len(lines))


def _list_of(target: str) -> str:
    """The file of a page, ``ns:`` or ``:``."""
    if target == ":":
        return ".mlist"
    return f"{path_of(target[:-1])}/.mlist" if target.endswith(":") else f"{path_of(target)}.mlist"


def _templates(session: Session, writing: Writing) -> None:
    for row in session.execute(select(NamespaceTemplate)).scalars():
        folder = f"{path_of(row.namespace)}/" if row.namespace else ""
        name = "__template.txt" if row.deep else "_template.txt"
        writing.file(f"data/pages/{folder}{name}", row.text.encode())
        writing.report.count("templates")


def _redirects(session: Session, writing: Writing) -> None:
    numbers = (select(func.count()).select_from(table) for table in (Redirect, MediaRedirect))
    count = sum(session.execute(number).scalar_one() for number in numbers)
    if count:
        writing.report.changed.append(("redirects", REDIRECTS.format(count=count)))


def _kept(session: Session, blobs: Blobs, writing: Writing, data: str) -> None:
    after = ""
    pictures = set(writing.pictures.values())
    query = select(KeptFile.path, KeptFile.sha256, KeptFile.changed_at).order_by(KeptFile.path).limit(BATCH)
    while rows := session.execute(query.where(KeptFile.path > after)).all():
        for row in rows:
            path = _home(row.path, data)
            if path in MERGED or (path in pictures and writing.folder.has(path)):
                continue
            if writing.files(path, lazily(blobs, row.sha256), row.changed_at):
                writing.report.count("kept files")
                if path.lower().endswith(PROGRAMS):
                    writing.report.changed.append((path, PROGRAM))
        after = rows[-1].path


def _home(path: str, data: str) -> str:
    """Where a file of an installation lies; of one that was only a data folder, below ``data``."""
    if path.startswith(f"{data}/"):
        path = f"data/{path.removeprefix(data).lstrip('/')}"
    return f"data/{path}" if path.startswith(ROLES) and not path.startswith(FOLDERS) else path


def names_of_people(session: Session) -> Mapping[str, str]:
    """Full names by login."""
    rows: Any = session.execute(select(Account.login, Account.name))
    return dict(iter(rows))
