"""Where administration begins. Pages under ``/_admin`` ask for an administrator first, those of managers apart."""

from dataclasses import dataclass

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.services.audit import latest
from app.services.people import PeopleFilter, count_people
from app.services.permissions import Level, is_manager, require
from app.services.superusers import administrators
from app.web.context import current_session, current_viewer
from app.web.i18n import gettext

bp = Blueprint("admin", __name__)

SHOWN_ACTS = 10
ACTS = {
    "job.retry": "tried a job again",
    "job.drop": "removed a job",
    "rules.change": "changed rules",
    "view_as.begin": "looked at the wiki as somebody else",
    "account.add": "added a person",
    "account.edit": "changed a person",
    "account.password": "gave a new password",
    "account.delete": "deleted a person",
    "account.sessions": "signed a person out everywhere",
    "account.approve": "opened an account that waited",
    "account.refuse": "turned an account away",
    "account.leave": "deleted their own account",
    "invitation.add": "invited somebody",
    "invitation.withdraw": "took an invitation away",
    "account.second_step": "reset a second step",
    "group.add": "added a group",
    "group.edit": "changed what a group is for",
    "group.rename": "gave a group another name",
    "group.merge": "merged a group into another one",
    "group.delete": "deleted a group",
    "group.second_step": "changed whether a group demands a second step",
    "door.connect": "connected another way to sign in",
    "door.disconnect": "took another way to sign in away",
    "door.await": "let another way to sign in be connected",
    "door.groups": "brought groups from outside",
    "edits.undo": "undid the changes of somebody",
    "setting.change": "changed a setting",
    "token.revoke": "revoked access tokens",
    "import.begin": "had another wiki brought in",
    "import.end": "brought another wiki in",
    "setup": "became the first administrator",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A page of administration. ``key``: how the page itself says that it is this one."""

    key: str
    address: str
    title: str
    icon: str
    help: str = ""
    for_managers: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Places that belong together; its own address and title are those of the first."""

    title: str
    places: tuple[Place, ...]


SECTIONS = (  # by hand, in the order of the tabs
    Section("Overview", (Place("home", "/_admin", "Overview", "house", for_managers=True),)),
    Section(
        "People",
        (
            Place("people", "/_admin/people", "Accounts", "users", "Who there is; add, change, disable, delete."),
            Place("waiting", "/_admin/waiting", "Waiting", "clock", "Who made an account and waits to be let in."),
            Place(
                "invitations", "/_admin/invitations", "Invitations", "mail", "Let somebody in by an address used once."
            ),
            Place("groups", "/_admin/groups", "Groups", "list-tree", "Who belongs together, for rules and duties."),
            Place(
                "edits",
                "/_admin/edits",
                "Changes of a person",
                "undo-2",
                "Look through all that one person changed, and undo it.",
                for_managers=True,
            ),
        ),
    ),
    Section("Rights", (Place("rights", "/_admin/rights", "Rights", "lock", "Who may read and change what."),)),
    Section(
        "This wiki",
        (
            Place("wiki", "/_admin/wiki", "Settings", "settings", "Name, language, markup, lists, who may register."),
            Place("import", "/_admin/import", "Import", "upload", "Bring a DokuWiki in, with all its history."),
            Place("tables", "/_admin/tables", "Tables", "list", "Abbreviations, smileys, shortcuts, kinds of files."),
        ),
    ),
    Section("Record", (Place("audit", "/_admin/audit", "What was done", "history", "All that administrators did."),)),
    Section("System", (Place("system", "/_admin/system", "System", "monitor", "Version, sizes, checks, work to do."),)),
)


def only_administrators() -> None:
    """What every page of administration asks first."""
    require(current_session(), current_viewer(), "*", Level.ADMIN)


@bp.app_template_global()
def admin_sections() -> tuple[Section, ...]:
    """What whoever asks may open of administration."""
    if current_viewer().is_admin:
        return SECTIONS
    open_to_all = (tuple(place for place in one.places if place.for_managers) for one in SECTIONS)
    return tuple(Section(one.title, places) for one, places in zip(SECTIONS, open_to_all, strict=True) if places)


@bp.get("/_admin")
def home() -> ResponseReturnValue:
    """Where administrators and managers begin."""
    session, viewer = current_session(), current_viewer()
    if not is_manager(session, viewer):
        only_administrators()
    if not viewer.is_admin:
        return render_template("admin/managing.html")
    return render_template(
        "admin/home.html",
        people=count_people(session, by=viewer),
        disabled=count_people(session, PeopleFilter(state="disabled"), by=viewer),
        waiting=count_people(session, PeopleFilter(state="waiting"), by=viewer),
        administrators=administrators(session),
        acts=latest(session, viewer=viewer, limit=SHOWN_ACTS),
        words=words,
    )


def words(action: str) -> str:
    """What was done, for people; an act that this list does not know keeps its name."""
    return gettext(ACTS.get(action, action))
