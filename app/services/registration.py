"""People who make their own account: whether they may, what the account waits for, and how it is opened.

Nobody learns here whose mail addresses are known: an account is made in any case, and a letter tells the owner.
"""

from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.actions import is_disabled
from app.domain.errors import AccessDenied, ActionDisabled, BadPart, BadValue, LinkOver, NameTaken
from app.domain.internet import HostList, ascii_host
from app.domain.wiki_settings import WikiSettings
from app.services import invitations, mail, one_time, throttle
from app.services.accounts import NewAccount, write_account
from app.services.fields import checked_mail, own_login
from app.services.invitations import InvitationInfo
from app.services.passwords import check_new, hash_password
from app.services.reserved import is_reserved
from app.services.setting_rows import load_settings
from app.services.state import hold
from app.services.superusers import reachable_administrators
from app.store.accounts import APPROVAL, CONFIRM, Account
from app.store.database import transaction

OFF, OPEN, INVITE = "off", "open", "invite"
INVITED = "invited"  # in the payload of a confirmation
MOST_KNOWN = 5  # logins that a letter names
NO_MAIL = "A mail address is needed: letters about this account go there."
OTHER_HOST = "accounts of this wiki need an address of one of the hosts that are named here."
OTHER_ADDRESS = "this invitation is for another address."
NO_LETTERS = "confirm a mail address, since this wiki cannot send letters now"
NOT_INVITED = "make an account without an invitation"


@dataclass(frozen=True, slots=True)
class Registration:
    """What somebody typed. ``language``: of the letters to them."""

    login: str
    name: str
    mail: str
    password: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Registered:
    """``waits_for``: confirm, approval, or "" for an account that is open."""

    login: str
    waits_for: str


def way_in(settings: WikiSettings) -> str:
    """Who may make an account: ``off``, ``open`` or ``invite``."""
    return OFF if is_disabled("register", settings) else settings.register


def must_confirm(settings: WikiSettings, *, invited: bool) -> bool:
    """Whether the mail address has to be shown to be theirs. A list of hosts keeps nobody out otherwise."""
    return settings.registerconfirm or (bool(settings.registerdomains.strip()) and not invited)


def first_wait(settings: WikiSettings, *, invited: bool, proven: bool) -> str:
    """What a new account waits for. ``proven``: by the letter of an invitation; who invites has approved already."""
    if must_confirm(settings, invited=invited) and not proven:
        return CONFIRM
    return next_wait(settings, invited=invited)


def next_wait(settings: WikiSettings, *, invited: bool) -> str:
    """What an account waits for whose address is confirmed, or need not be."""
    return APPROVAL if settings.registerapprove and not invited else ""


def check_open(session: Session, invitation: str, *, now: int) -> InvitationInfo | None:
    """Whether accounts can be made now, by this invitation if it is not "".

    Raises:
        ActionDisabled: nobody may.
        AccessDenied: an invitation is needed, or a letter that cannot be sent.
        LinkOver: the invitation is not good.
    """
    settings = load_settings(session)
    way = way_in(settings)
    if way == OFF:
        raise ActionDisabled(action="register")
    invited = invitations.find_open(session, invitation, now) if invitation else None
    if way == INVITE and invited is None:
        raise AccessDenied(what=NOT_INVITED)
    proven = invited is not None and invitation.startswith(invitations.MAILED)
    if must_confirm(settings, invited=invited is not None) and not proven and not mail.can_send(session):
        raise AccessDenied(what=NO_LETTERS)
    return invited


def register(session: Session, new: Registration, *, address: str, invitation: str = "", now: int) -> Registered:
    """Make an account, or begin to.

    Raises:
        ActionDisabled, AccessDenied, LinkOver: as ``check_open``.
        BadValue: field ``login``, ``name``, ``mail`` or ``password``.
        NameTaken: somebody has, had or may be given this login.
        TooManyTries: from this address.
    """
    invited = check_open(session, invitation, now=now)
    settings = load_settings(session)
    login = own_login(new.login, settings)
    address_of_mail = _checked_mail(new.mail, settings, invited)
    check_new(new.password, login, settings.title)
    throttle.begin(session, throttle.register_keys(address), now)
    stored = hash_password(new.password)  # slow, so before the lock
    with transaction(session):
        hold(session)  # forgotten accounts are others' rows: whoever edits one waits here
        _forget_unconfirmed(session, now)
        groups = invitations.use(session, invitation, login, now) if invited else ()
        if is_reserved(session, login, settings):
            raise NameTaken(name=login)
        known = _known(session, address_of_mail)
        row = write_account(session, NewAccount(login, new.name, address_of_mail, groups, ""), stored, now=now)
        row.language = new.language
        row.mail_confirmed = invited is not None and invitations.proves_mail(invitation, address_of_mail, invited)
        row.waits_for = first_wait(settings, invited=invited is not None, proven=row.mail_confirmed)
        row.active = not row.waits_for
        _tell(session, row, known, invited=invited is not None, now=now)
    return Registered(login, row.waits_for)


def check_confirmation(session: Session, secret: str, *, now: int) -> None:
    """Raises: LinkOver: used, too late, or never sent."""
    if one_time.find(session, one_time.CONFIRM, secret, now) is None:
        raise LinkOver


def confirm(session: Session, secret: str, *, now: int) -> Registered:
    """The mail address is theirs; the account is open, or waits for an administrator.

    Raises: LinkOver, as ``check_confirmation``; of two who use a secret at once, the second.
    """
    with transaction(session):
        spent = one_time.spend(session, one_time.CONFIRM, secret, now)
        row = session.get(Account, spent.account_id, with_for_update=True) if spent else None
        if spent is None or row is None or row.waits_for != CONFIRM:
            raise LinkOver
        row.mail_confirmed = True
        row.waits_for = next_wait(load_settings(session), invited=spent.payload == INVITED)
        row.active = not row.waits_for
        if row.waits_for:
            _tell_administrators(session, row, now=now)
    return Registered(row.login, row.waits_for)


def _checked_mail(raw: str, settings: WikiSettings, invited: InvitationInfo | None) -> str:
    given = checked_mail(raw)
    if not given:
        raise BadValue(field="mail", reason=NO_MAIL)
    if invited is not None:
        if invited.mail and given.lower() != invited.mail.lower():
            raise BadPart(field="mail", part=given, reason=OTHER_ADDRESS)
        return given
    hosts = settings.registerdomains
    if hosts.strip() and not HostList.parse(hosts).allows(ascii_host(given.rpartition("@")[2])):
        raise BadPart(field="mail", part=given, reason=OTHER_HOST)
    return given


def _known(session: Session, address: str) -> tuple[str, ...]:
    """Logins that have this mail address already."""
    same = select(Account.login).where(Account.mail == address, Account.waits_for == "").order_by(Account.login)
    return tuple(session.execute(same.limit(MOST_KNOWN)).scalars())


def _forget_unconfirmed(session: Session, now: int) -> None:
    """Names whose letter nobody opened in time are free again; nothing can have been done with them."""
    late = now - one_time.HOURS[one_time.CONFIRM] * 3600
    unopened = (Account.waits_for == CONFIRM, Account.active.is_(False), Account.created_at < late)
    session.execute(delete(Account).where(*unopened))


def _tell(session: Session, row: Account, known: tuple[str, ...], *, invited: bool, now: int) -> None:
    """One letter in any case, so that neither answer nor time tells who is known."""
    base = load_settings(session).base_url
    values = {"login": row.login, "name": row.name, "known": ", ".join(known)}
    if row.waits_for == CONFIRM:
        secret = one_time.issue(session, one_time.CONFIRM, row.id, INVITED if invited else "", now=now)
        values |= {"link": f"{base}/_confirm/{secret}", "hours": str(one_time.HOURS[one_time.CONFIRM])}
        mail.queue(session, mail.Letter("confirm", row.mail, row.language, values), now=now)
        return
    if row.waits_for == APPROVAL:
        _tell_administrators(session, row, now=now)
    if mail.can_send(session):
        values["link"] = f"{base}/_login"
        mail.queue(session, mail.Letter("registered", row.mail, row.language, values), now=now)


def _tell_administrators(session: Session, row: Account, *, now: int) -> None:
    if not mail.can_send(session):
        return
    settings = load_settings(session)
    values = {"login": row.login, "name": row.name, "mail": row.mail, "link": f"{settings.base_url}/_admin/waiting"}
    for person in reachable_administrators(session):
        mail.queue(session, mail.Letter("waiting", person.mail, person.language, values), now=now)
