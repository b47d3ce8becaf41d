"""Who administers an old wiki: ``superuser`` and ``manager``. Nobody who is somebody else here gets their power."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.access import EVERYBODY, NOBODY, is_named
from app.domain.names import clean_login
from app.domain.wiki_settings import WikiSettings
from app.exchange.dokuwiki.bringing import Bringing
from app.exchange.dokuwiki.settling import Knows, is_on, remembered
from app.services.groups import groups_of
from app.services.setting_rows import load_settings
from app.store.accounts import Account, Group, Membership

TO_ALL = "“{entry}” in “{name}” means everybody, or everybody who makes an account; it is left out."
SOMEBODY_ELSE = "“{entry}” in “{name}” is somebody here who did not come from the old wiki; it is left out."
NOBODY_DID = "The old wiki had no rules in force, so nobody had the powers of “{name}”; they are left out."
FILE_OF_RULES = "acl.auth.php"


def had_powers(layout: Knows) -> bool:
    """Whether anybody could sign in to the old wiki: switched on, or not said where there are rules."""
    switch = layout.config.get("useacl")
    if switch is not None:
        return is_on(switch)
    return layout.conf_path(FILE_OF_RULES) is not None or layout.conf_path("local.php") is None


def superuser_of(layout: Knows) -> str:
    """The setting, "" where it had no meaning."""
    config: Mapping[Any, Any] = layout.config
    return str(config.get("superuser") or "") if had_powers(layout) else ""


def bring_powers(bringing: Bringing, name: str, value: str, path: str, line: int | None) -> None:
    """Store ``superuser`` or ``manager`` beside what is here: whoever is named here already stays named."""
    entries = [entry for entry in _entries(value) if entry != NOBODY]
    if entries and not had_powers(bringing.run.layout):
        bringing.tell(path, NOBODY_DID.format(name=name), line)
        return
    settings = load_settings(bringing.session)
    here = str(getattr(settings, name))
    fitting: list[str] = []
    for entry in entries:
        why = _why_not(bringing, name, entry, here, settings)
        if why:
            bringing.tell(path, why.format(entry=entry, name=name), line)
        else:
            fitting.append(entry)
    _store(bringing, name, fitting, path, line)


def _store(bringing: Bringing, name: str, fitting: list[str], path: str, line: int | None) -> None:
    """What is new there comes, and what came from there and is gone there goes: nobody taken out here comes back."""
    before = _entries(bringing.last.get(name, [""])[0])
    came: list[str] = bringing.last.get(f"{name} came", [])
    gone = [entry for entry in came if entry not in fitting]
    present = [entry for entry in _entries(getattr(load_settings(bringing.session), name)) if entry not in gone]
    new = [entry for entry in fitting if entry not in before and entry not in present]
    value = ",".join(fitting)
    if fitting or gone:
        bringing.bring(name, value, path, line, beside=",".join([*present, *new]))
    if bringing.last.get(name) == [value]:
        bringing.last[f"{name} came"] = [entry for entry in came if entry not in gone] + new


def _entries(value: str) -> list[str]:
    return [entry.strip() for entry in value.split(",") if entry.strip()]


def _why_not(bringing: Bringing, name: str, entry: str, here: str, settings: WikiSettings) -> str:
    session = bringing.session
    group = clean_login(entry[1:], settings) if entry.startswith("@") else ""
    to_all = entry == EVERYBODY or (group and group == clean_login(settings.defaultgroup, settings))
    if to_all and (name == "superuser" or entry == EVERYBODY):
        return TO_ALL
    known = remembered(session, bringing.run, "people")
    people = _members(session, group, settings) if group else _called(session, clean_login(entry, settings))
    groups = groups_of(session, [row.id for row in people])
    others = [row for row in people if row.login not in known]
    risen = [row for row in others if not is_named(here, row.login, groups.get(row.id, ()), settings)]
    return SOMEBODY_ELSE if risen else ""


def _called(session: Session, login: str) -> list[Account]:
    return list(session.execute(select(Account).where(Account.login == login)).scalars())


def _members(session: Session, group: str, settings: WikiSettings) -> list[Account]:
    names = [name for name in session.execute(select(Group.name)).scalars() if clean_login(name, settings) == group]
    member = select(Membership.account_id).join(Group, Group.id == Membership.group_id).where(Group.name.in_(names))
    return list(session.execute(select(Account).where(Account.id.in_(member))).scalars())
