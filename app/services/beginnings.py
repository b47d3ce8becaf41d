"""The text that the form of a new page opens with: the template of its namespace, or the nearest one above."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.beginnings import Writer, filled
from app.domain.names import namespace_of
from app.domain.viewer import Viewer
from app.services.setting_rows import load_settings
from app.store.accounts import Account
from app.store.exchange import NamespaceTemplate


def beginning_of(session: Session, name: str, *, viewer: Viewer, now: int) -> str:
    """In DokuWiki markup; "" where no template is meant for the page. Asks nothing of rights: the form did."""
    template = _nearest(session, namespace_of(name))
    if not template:
        return ""
    return filled(template, name, _writer(session, viewer), now=now, sepchar=load_settings(session).sepchar)


def _nearest(session: Session, namespace: str) -> str:
    parts = namespace.split(":") if namespace else []
    above = [":".join(parts[:depth]) for depth in range(len(parts), -1, -1)]
    query = select(NamespaceTemplate).where(NamespaceTemplate.namespace.in_(above))
    rows = {(row.namespace, row.deep): row.text for row in session.execute(query).scalars()}
    own = rows.get((namespace, False))
    return own if own is not None else next((rows[space, True] for space in above if (space, True) in rows), "")


def _writer(session: Session, viewer: Viewer) -> Writer:
    if not viewer.login:
        return Writer()
    found = session.execute(select(Account.name, Account.mail).where(Account.login == viewer.login)).first()
    return Writer(viewer.login, found.name, found.mail) if found else Writer(viewer.login, viewer.login)
