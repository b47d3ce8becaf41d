"""Logins that nobody can take for themselves, though no account has them: something here already stands for them."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.domain.access import EVERYBODY, decode_name, is_named
from app.domain.names import clean_id, clean_login
from app.domain.wiki_settings import WikiSettings
from app.services.rulebook import rulebook
from app.store.accounts import Audit
from app.store.media import Media, MediaRevision
from app.store.pages import Page, Revision

MOST_PLACES = 20  # rules about personal places that are looked into
GONE = "deleted-"  # how the logins begin that stand for people who deleted their accounts


def is_reserved(session: Session, login: str, settings: WikiSettings) -> bool:
    """Whether whoever took ``login`` would inherit somebody's rights or somebody's history."""
    if login.startswith(GONE) or has_power(login, settings) or has_rules(session, login, settings):
        return True
    return wrote(session, login) or administered(session, login) or left_pages(session, login, settings)


def left_pages(session: Session, login: str, settings: WikiSettings) -> bool:
    """Whether something lies where a rule gives everybody a place of their own, as ``user:%USER%:*``."""
    scopes = {rule.scope for rule in rulebook(session).rules}
    personal = {scope for scope in scopes if "%USER%" in scope and "%GROUP%" not in scope}
    for scope in sorted(personal)[:MOST_PLACES]:
        place = scope.replace("%USER%", clean_id(login, settings))
        for table in (Page, Media):
            inside = table.name.startswith(place[:-1], autoescape=True) if place.endswith(":*") else table.name == place
            if session.execute(select(exists().where(inside))).scalar_one():
                return True
    return False


def has_power(login: str, settings: WikiSettings) -> bool:
    """Whether a setting names this login itself, as administrator or manager."""
    return any(
        EVERYBODY not in people and is_named(people, login, (), settings)
        for people in (settings.superuser, settings.manager)
    )


def has_rules(session: Session, login: str, settings: WikiSettings) -> bool:
    """Whether an access rule names it."""
    named = (rule.who for rule in rulebook(session).rules if not rule.who.startswith("@"))
    return any(clean_login(decode_name(who), settings) == login for who in named)


def wrote(session: Session, login: str) -> bool:
    """Whether changes of pages or files stand under it."""
    pages, files = exists().where(Revision.author == login), exists().where(MediaRevision.author == login)
    return bool(session.execute(select(pages | files)).scalar_one())


def administered(session: Session, login: str) -> bool:
    """Whether administrative acts stand under it."""
    return session.execute(select(exists().where(Audit.actor == login))).scalar_one()
