"""People, rights, settings, tables, subscriptions, templates and kept files, as DokuWiki has them."""

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.access import encode_name
from app.domain.viewer import Viewer
from app.domain.wiki_settings import WikiSettings
from app.exchange.dokuwiki.conf_files import write_list, write_people, write_rules
from app.exchange.dokuwiki.model import OldPerson, OldRule
from app.exchange.dokuwiki.php_source import write_config
from app.exchange.dokuwiki.store_settings import BLOCKED, PLUGINS, TABLES
from app.exchange.dokuwiki.writing import BATCH, Writing, lazily, path_of
from app.services.groups import groups_of
from app.services.setting_rows import load_settings
from app.services.wiki_tables import table_texts
from app.store.accounts import Account
from app.store.blobs import Blobs
from app.store.exchange import KeptFile, NamespaceTemplate, Subscription
from app.store.pages import Redirect
from app.store.rules import AclRule

OPERATOR = Viewer(is_admin=True)  # whoever may run an export may read all of it
UNUSABLE = "!unusable"
SAME = (  # settings that are called the same there
    *("title", "tagline", "lang", "start", "sidebar", "license", "sepchar", "useslash", "deaccent", "autoplural"),
    *("typography", "camelcase", "useheading", "toptoclevel", "tocminheads", "maxtoclevel", "maxseclevel"),
    *("relnofollow", "mailguard", "recent", "hidepages", "sneaky_index", "refcheck", "superuser", "manager"),
    *("defaultgroup", "profileconfirm"),
)
TARGETS = ("wiki", "extern", "interwiki", "media", "windows")
ELSEWHERE = ("base_url", "plugins", "wordblock", "register", "disableactions", *TABLES.values())
PROGRAMS = (".php", ".phtml", ".phar", ".js", ".html", ".htm")
FOLDERS = ("data/", "conf/", "lib/", "inc/")
ROLES = ("pages/", "attic/", "media/", "media_attic/", "meta/", "media_meta/")
SHUT = "The account is switched off here; nobody signs in with it there until a new password is set."
NO_PASSWORD = "The account has no password here; it gets one there by “forgotten password”."  # noqa: S105 a sentence
SECOND_STEP = "The second step of signing in is not known there: the password alone opens the account."
NO_SETTING = "DokuWiki has no such setting."
CLOSED = (
    "Everybody may make an account in DokuWiki unless that is switched off; here it is not open, so it is off there."
)
REDIRECTS = "DokuWiki knows no names that lead on; {count} old names of pages lead nowhere there."
PROGRAM = "This came with the old wiki and may be run by it; look at it before you use it."


def write_conf(session: Session, blobs: Blobs, writing: Writing) -> None:
    """All that is no page and no file. Kept files come last: what the wiki itself says stands before them."""
    settings = load_settings(session)
    writing.file("conf/users.auth.php", write_people(_people(session, writing)).encode())
    rules = session.execute(select(AclRule.scope, AclRule.who, AclRule.level).order_by(AclRule.id)).all()
    lines = [OldRule(scope, who, level, 0) for scope, who, level in rules]
    writing.report.count("rules", len(lines))
    writing.file("conf/acl.auth.php", write_rules(lines).encode())
    writing.file("conf/local.php", write_config(_settings(settings, writing), heading=("Written by Lierre",)).encode())
    _tables(session, settings, writing)
    _subscriptions(session, writing)
    _templates(session, writing)
    _redirects(session, writing)
    _kept(session, blobs, writing)


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


def _settings(settings: WikiSettings, writing: Writing) -> dict[str, object]:
    """All that both have, defaults too, as DokuWiki's may be others; the rules are always in force."""
    found: dict[str, object] = {"useacl": 1, "authtype": "authplain"}
    found |= {name: _plain(getattr(settings, name)) for name in SAME}
    found["target"] = {name: getattr(settings, f"target_{name}") for name in TARGETS}
    found["disableactions"] = _disabled(settings, writing)
    known = {*SAME, *ELSEWHERE, *(f"target_{name}" for name in TARGETS)}
    default = WikiSettings()
    for name in WikiSettings.__slots__:
        if name not in known and getattr(settings, name) != getattr(default, name):
            writing.report.changed.append((f"setting:{name}", NO_SETTING))
    return found


def _plain(value: object) -> object:
    """Numbers as numbers: the old wiki's own tool writes ``0`` and ``1`` so."""
    return int(value) if isinstance(value, str) and value in ("0", "1") else value


def _disabled(settings: WikiSettings, writing: Writing) -> str:
    names = [name.strip() for name in settings.disableactions.split(",") if name.strip()]
    if settings.register != "open" and "register" not in names:
        names.append("register")
        writing.report.changed.append(("setting:register", CLOSED))
    return ",".join(names)


def _tables(session: Session, settings: WikiSettings, writing: Writing) -> None:
    texts = table_texts(session, viewer=OPERATOR)
    for file, name in TABLES.items():
        if texts[name].strip():
            writing.file(f"conf/{file}", (texts[name].rstrip("\n") + "\n").encode())
    if settings.wordblock.strip():
        writing.file(f"conf/{BLOCKED}", write_list(settings.wordblock.splitlines()).encode())
    switched = {name: int(state != "0") for name, state in settings.plugins.items() if name != "*"}
    if switched:
        writing.file(f"conf/{PLUGINS}", write_config(switched, name="plugins").encode())


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
    count = session.execute(select(func.count()).select_from(Redirect)).scalar_one()
    if count:
        writing.report.changed.append(("redirects", REDIRECTS.format(count=count)))


def _kept(session: Session, blobs: Blobs, writing: Writing) -> None:
    after = ""
    query = select(KeptFile.path, KeptFile.sha256, KeptFile.changed_at).order_by(KeptFile.path).limit(BATCH)
    while rows := session.execute(query.where(KeptFile.path > after)).all():
        for row in rows:
            path = _home(row.path)
            if writing.files(path, lazily(blobs, row.sha256), row.changed_at):
                writing.report.count("kept files")
                if path.lower().endswith(PROGRAMS):
                    writing.report.changed.append((path, PROGRAM))
        after = rows[-1].path


def _home(path: str) -> str:
    """Where a file of an installation lies; of one that was only a data folder, below ``data``."""
    return f"data/{path}" if path.startswith(ROLES) and not path.startswith(FOLDERS) else path


def names_of_people(session: Session) -> Mapping[str, str]:
    """Full names by login."""
    rows: Any = session.execute(select(Account.login, Account.name))
    return dict(iter(rows))
