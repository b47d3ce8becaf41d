import threading
from dataclasses import replace

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from app.domain.errors import ActionDisabled, BadValue, LinkOver, SignInFailed, TooManyTries
from app.services import one_time, throttle
from app.services.accounts import NewAccount, add_account, find_account
from app.services.config import save_settings
from app.services.profile import (
    Profile,
    Proof,
    Saved,
    change_password,
    check_mail,
    confirm_mail,
    edit_preferences,
    edit_profile,
    keep_mail,
    waiting_mail,
)
from app.services.sessions import Device, load_session, sign_in
from app.services.state import wiki_version
from app.store.accounts import Account
from app.store.database import session_factory, transaction
from tests.conftest import ALICE, NOW
from tests.services.letters import can_write, letters

PASSWORD = "ivy climbs by its links"
KNOWN = Proof(PASSWORD)
SAME = Profile("Carla", "carla@example.org", "", "", "")
HOURS = one_time.HOURS[one_time.MAIL] * 3600


@pytest.fixture(autouse=True)
def carla(session: Session) -> None:
    add_account(session, NewAccount("carla", "Carla", "carla@example.org", (), PASSWORD), by=ALICE, now=NOW)


def edit(session: Session, profile: Profile, proof: Proof = KNOWN) -> Saved:
    return edit_profile(session, "carla", profile, proof, now=NOW)


def new_mail(session: Session, address: str = "new@example.org") -> str:
    """The secret in the letter to a new address."""
    can_write(session)
    edit(session, replace(SAME, mail=address))
    return str(letters(session, "mail_change")[-1]["values"]["link"]).rpartition("/")[2]


# ------------------------------------------------------------------ what people are


def test_people_edit_their_profile(session: Session) -> None:
    person = edit(session, Profile("Carla C.", "carla@example.org", "fr", "dark", "Europe/Paris")).account

    assert (person.name, person.language, person.theme, person.timezone) == ("Carla C.", "fr", "dark", "Europe/Paris")


@pytest.mark.parametrize(
    "profile",
    [
        pytest.param(replace(SAME, name="a\0b"), id="a zero byte in the name"),
        pytest.param(replace(SAME, name="x" * 256), id="an endless name"),
        pytest.param(replace(SAME, name="a\nb"), id="two lines"),
        pytest.param(replace(SAME, name="\ud800"), id="half a character"),
        pytest.param(replace(SAME, mail="x" * 250 + "@example.org"), id="an endless mail address"),
        pytest.param(replace(SAME, mail="a@b.org\r\nBcc: x@y.org"), id="a header in the mail address"),
        pytest.param(replace(SAME, timezone="x" * 65), id="an endless time zone"),
    ],
)
def test_a_profile_holds_short_lines_of_text(session: Session, profile: Profile) -> None:
    with pytest.raises(BadValue):
        edit(session, profile)


def test_what_nobody_else_sees_empties_no_cache(session: Session) -> None:
    before = wiki_version(session)

    edit(session, replace(SAME, mail="c@example.org", language="fr", theme="dark", timezone="UTC"))
    edit_preferences(session, "carla", theme="light")
    assert wiki_version(session) == before

    edit(session, replace(SAME, name="C."))
    assert wiki_version(session) > before


def test_preferences_change_one_by_one(session: Session) -> None:
    edit_preferences(session, "carla", language="fr")
    edit_preferences(session, "carla", theme="dark")

    person = find_account(session, "carla")
    assert (person.name, person.language, person.theme) == ("Carla", "fr", "dark")


@pytest.mark.parametrize(
    ("confirms", "profile", "proof", "refused"),
    [
        pytest.param(True, replace(SAME, theme="dark"), Proof(), False, id="only one's own view"),
        pytest.param(True, replace(SAME, name="C."), Proof(), True, id="a name"),
        pytest.param(True, replace(SAME, name="C."), KNOWN, False, id="a name, and the password"),
        pytest.param(True, replace(SAME, name="C."), Proof("wrong wrong wrong"), True, id="a wrong password"),
        pytest.param(True, replace(SAME, name="C."), Proof(came_in=True), True, id="a sign-in is no password"),
        pytest.param(False, replace(SAME, name="C."), Proof(), False, id="a name where the wiki does not ask"),
        pytest.param(False, replace(SAME, mail=""), Proof(), True, id="the mail address wants it always"),
        pytest.param(False, replace(SAME, mail="c@example.org"), KNOWN, False, id="the mail address"),
    ],
)
def test_when_the_password_is_asked_for(
    session: Session, profile: Profile, proof: Proof, *, confirms: bool, refused: bool
) -> None:
    save_settings(session, {"profileconfirm": confirms}, by=ALICE, now=NOW)

    if refused:
        with pytest.raises(BadValue) as error:
            edit(session, profile, proof)
        assert error.value.facts["field"] == "old"
    else:
        edit(session, profile, proof)


@pytest.mark.parametrize("came_in", [False, True])
def test_whoever_has_no_password_here_shows_themselves_by_coming_in(session: Session, *, came_in: bool) -> None:
    with transaction(session):
        session.execute(update(Account).values(password="", door="oidc"))
    session.expire_all()

    if came_in:
        edit(session, replace(SAME, name="C."), Proof(came_in=True))
    else:
        with pytest.raises(BadValue):
            edit(session, replace(SAME, name="C."), Proof("anything at all"))


def test_the_wiki_may_switch_it_off(session: Session) -> None:
    save_settings(session, {"disableactions": "profile"}, by=ALICE, now=NOW)

    with pytest.raises(ActionDisabled):
        edit(session, SAME)
    with pytest.raises(ActionDisabled):
        change_password(session, "carla", old=PASSWORD, new="another long password", now=NOW)
    edit_preferences(session, "carla", theme="dark")


# ------------------------------------------------------------------ a new mail address


def test_a_new_address_counts_once_its_letter_is_opened(session: Session) -> None:
    secret = new_mail(session)
    assert find_account(session, "carla").mail == "carla@example.org"
    assert waiting_mail(session, "carla", NOW) == "new@example.org"

    assert check_mail(session, secret, now=NOW) == "new@example.org"
    assert confirm_mail(session, secret, now=NOW + HOURS - 1) == "new@example.org"

    session.expire_all()
    assert find_account(session, "carla").mail == "new@example.org"
    assert [(one["to"], one["values"]["mail"]) for one in letters(session, "mail_changed")] == [
        ("carla@example.org", "new@example.org")
    ]
    with pytest.raises(LinkOver):
        confirm_mail(session, secret, now=NOW)


@pytest.mark.parametrize("how", ["late", "another named", "thought better", "disabled", "made up", "other kind"])
def test_letters_that_change_nothing(session: Session, how: str) -> None:
    secret, now = new_mail(session), NOW
    if how == "late":
        now = NOW + HOURS
    elif how == "another named":
        new_mail(session, "third@example.org")
    elif how == "thought better":
        keep_mail(session, "carla")
    elif how == "disabled":
        with transaction(session):
            session.execute(update(Account).values(active=False))
        session.expire_all()
    elif how == "made up":
        secret = "wrong"
    else:
        with transaction(session):
            carla = session.execute(select(Account.id)).scalar_one()
            secret = one_time.issue(session, one_time.RESET, carla, "new@example.org", now=NOW)

    with pytest.raises(LinkOver):
        confirm_mail(session, secret, now=now)

    assert find_account(session, "carla").mail == "carla@example.org"


def test_of_two_who_open_a_letter_at_once_one_changes_the_address(session: Session, engine: Engine) -> None:
    secret = new_mail(session)
    ends: list[str] = []
    together = threading.Barrier(2, timeout=60)

    def press() -> None:
        with session_factory(engine)() as own:
            can_write(own)
            together.wait()
            try:
                ends.append(confirm_mail(own, secret, now=NOW))
            except LinkOver:
                ends.append("over")

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(ends) == ["new@example.org", "over"]


def test_where_no_letter_can_be_sent_a_new_address_counts_at_once(session: Session) -> None:
    saved = edit(session, replace(SAME, mail="new@example.org"))

    assert (saved.account.mail, saved.mail_waits) == ("new@example.org", "")
    assert not session.execute(select(Account.mail_confirmed)).scalar_one()


def test_strangers_are_not_written_to_without_end(session: Session) -> None:
    can_write(session)

    with pytest.raises(TooManyTries):
        for number in range(20):
            edit(session, replace(SAME, mail=f"new{number}@example.org"))

    assert len(letters(session, "mail_change")) == throttle.FREE["mail"]


# ------------------------------------------------------------------ the password


def test_people_change_their_own_password_and_lose_their_sessions(session: Session) -> None:
    can_write(session)
    cookie = sign_in(session, "carla", PASSWORD, Device(), now=NOW).cookie_id

    with pytest.raises(SignInFailed):
        change_password(session, "carla", old="wrong wrong wrong", new="another long password", now=NOW)
    change_password(session, "carla", old=PASSWORD, new="another long password", now=NOW)

    assert load_session(session, cookie, NOW) is None
    sign_in(session, "carla", "another long password", Device(), now=NOW)
    assert [letter["to"] for letter in letters(session, "password_changed")] == ["carla@example.org"]


@pytest.mark.parametrize("where", ["password", "profile"])
def test_a_present_password_is_not_guessed_without_end(session: Session, where: str) -> None:
    """On a device left open, where nobody has to sign in."""

    def attempt(password: str, now: int = NOW) -> None:
        if where == "password":
            change_password(session, "carla", old=password, new="another long one", now=now)
        else:
            edit_profile(session, "carla", replace(SAME, name="C."), Proof(password), now=now)

    tries = 0
    with pytest.raises(TooManyTries):
        for tries in range(20):
            with pytest.raises((SignInFailed, BadValue)):
                attempt(f"wrong wrong {tries}")

    assert tries == throttle.FREE["account"]
    with pytest.raises(TooManyTries):
        attempt(PASSWORD)
    attempt(PASSWORD, NOW + throttle.WINDOW)
