"""Where administration begins. Everything under ``/_admin`` asks for an administrator first."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.services.accounts import list_accounts
from app.services.audit import latest
from app.services.permissions import Level, require
from app.services.superusers import administrators
from app.web.context import current_session, current_viewer
from app.web.i18n import gettext

bp = Blueprint("admin", __name__)

SHOWN_ACTS = 10
ACTS = {
    "account.add": "added a person",
    "account.edit": "changed a person",
    "account.password": "gave a new password",
    "account.delete": "deleted a person",
    "edits.undo": "undid the changes of somebody",
    "setting.change": "changed a setting",
    "token.revoke": "revoked access tokens",
    "setup": "became the first administrator",
}


@bp.before_request
def only_administrators() -> None:
    require(current_session(), current_viewer(), "*", Level.ADMIN)


@bp.get("/_admin")
def home() -> ResponseReturnValue:
    session, viewer = current_session(), current_viewer()
    return render_template(
        "admin/home.html",
        people=list_accounts(session, by=viewer, limit=1).total,
        disabled=list_accounts(session, by=viewer, active=False, limit=1).total,
        administrators=administrators(session),
        acts=latest(session, viewer=viewer, limit=SHOWN_ACTS),
        words=words,
    )


def words(action: str) -> str:
    """What was done, for people; an act that this list does not know keeps its name."""
    return gettext(ACTS.get(action, action))
