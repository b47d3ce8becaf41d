"""From a form to an account: by oneself or invited, with the letters between, as browsers meet them."""

import re
import time
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select

from app.services import one_time
from app.services.accounts import NewAccount, find_account, write_account
from app.services.config import save_settings
from app.services.invitations import Wanted, invite
from app.services.work import run_due
from app.settings import Settings
from app.store.database import transaction
from app.store.tables import METADATA
from app.wiki import Wiki
from tests.conftest import ALICE
from tests.services.mailboxes import Mailbox, mail_server
from tests.web.conftest import NOW, PASSWORDS, Browser

NewBrowser = Callable[[], Browser]
PASSWORD = "lichen on the north side"
FORM = {"login": "carla", "name": "Carla", "mail": "carla@example.org", "password": PASSWORD, "repeated": PASSWORD}
STAMP = re.compile(r'name="shown" value="([^"]+)"')
LINK = re.compile(r"http://localhost(/_[a-z]+(?:/[\w-]+)?)")


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as mailbox:
        yield mailbox


@pytest.fixture
def settings(settings: Settings, mailbox: Mailbox) -> Settings:
    """A wiki that can send letters."""
    return Settings(
        home=settings.home,
        database_url=settings.database_url,
        secret=settings.secret,
        base_url="http://localhost",
        mail=mailbox.server,
    )


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for people who type."""
    monkeypatch.setattr("app.web.human.FASTEST", 0)


@pytest.fixture
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is, a form comes back in the second it was shown in."""
    shown = int(time.time())
    monkeypatch.setattr("app.web.human.now", lambda: shown)


def allow(wiki: Wiki, **values: object) -> None:
    with wiki.sessions() as session:
        save_settings(session, {"register": "open", **values}, by=ALICE, now=NOW)


def send(browser: Browser, form: dict[str, str] = FORM, address: str = "/_register") -> str:
    """Fill in the form; what stands on the page that follows."""
    page = browser.get(address)
    stamp = STAMP.search(page.text)
    assert stamp, page.text
    response = browser.post(address, {"shown": stamp[1], "homepage": "", **form})
    if response.status_code == 303:
        response = browser.get(response.headers["Location"])
    return response.text


def deliver(wiki: Wiki, mailbox: Mailbox) -> tuple[str, str]:
    """To whom the newest letter went, and the address in it."""
    with wiki.sessions() as session:
        run_due(session, int(time.time()) + 1)
    body = mailbox.letters[-1].get_body(("plain",))
    assert body is not None
    found = LINK.search(body.get_content())
    return mailbox.recipients[-1], found[1] if found else ""


def enters(browser: Browser, login: str = "carla", password: str = PASSWORD) -> bool:
    return browser.sign_in(login, password).status_code == 303


# ------------------------------------------------------------------ by oneself


@pytest.mark.usefixtures("quick")
def test_an_account_is_made_and_used(people: Wiki, eve: Browser) -> None:
    allow(people)

    assert "“carla” is made" in send(eve)
    assert enters(eve)


@pytest.mark.usefixtures("quick")
def test_an_account_waits_for_its_letter_and_then_for_an_administrator(
    people: Wiki, mailbox: Mailbox, eve: Browser, alice: Browser
) -> None:
    allow(people, registerconfirm=True, registerapprove=True)
    assert "a letter is on its way" in send(eve)
    assert not enters(eve)
    assert "its mail address is not confirmed" in eve.sign_in("carla", PASSWORD).text
    assert "do not fit together" in eve.sign_in("carla", "wrong wrong wrong").text

    to, link = deliver(people, mailbox)
    assert to == "carla@example.org"
    for _ in range(2):  # as programs do that look through mail
        assert eve.get(link).status_code == 200
    assert "its mail address is not confirmed" in eve.sign_in("carla", PASSWORD).text
    eve.get(link)
    assert eve.post(link).status_code == 303
    assert eve.get(link).status_code == 404

    assert "an administrator has to approve it" in eve.sign_in("carla", PASSWORD).text
    assert deliver(people, mailbox) == ("alice@example.org", "/_admin/waiting")
    assert "carla@example.org" in alice.get("/_admin/waiting").text
    assert alice.post("/_admin/waiting", {"approve": "carla"}).status_code == 303

    assert deliver(people, mailbox) == ("carla@example.org", "/_login")
    assert enters(eve)


@pytest.mark.usefixtures("quick")
def test_who_is_refused_is_gone(people: Wiki, eve: Browser, alice: Browser) -> None:
    allow(people, registerapprove=True)
    send(eve)

    alice.post("/_admin/waiting", {"refuse": "carla"})

    assert "Nobody waits" in alice.get("/_admin/waiting").text
    assert "do not fit together" in eve.sign_in("carla", PASSWORD).text
    assert alice.post("/_admin/waiting", {"approve": "carla"}).status_code == 404
    assert alice.post("/_admin/waiting", {}).status_code == 400


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("change", "words", "status"),
    [
        pytest.param({"login": "alice"}, "is taken", 409, id="a login somebody has"),
        pytest.param({"mail": ""}, "A mail address is needed", 400, id="no mail address"),
        pytest.param({"mail": "a@b.org\r\nBcc: x@y.org"}, "not text", 400, id="a header in the address"),
        pytest.param({"repeated": "another"}, "The two passwords differ", 400, id="two passwords"),
        pytest.param({"password": "short", "repeated": "short"}, "at least 10 characters", 400, id="a short password"),
    ],
)
def test_what_was_typed_comes_back_but_for_the_password(
    people: Wiki, eve: Browser, change: dict[str, str], words: str, status: int
) -> None:
    allow(people)
    stamp = STAMP.search(eve.get("/_register").text)
    assert stamp

    response = eve.post("/_register", {"shown": stamp[1], **FORM, **change})

    assert response.status_code == status
    assert words in response.text
    assert 'value="Carla"' in response.text
    assert PASSWORD not in response.text


@pytest.mark.usefixtures("quick")
def test_a_form_gives_no_more_than_it_shows(people: Wiki, eve: Browser) -> None:
    allow(people, registerapprove=True)
    send(eve, FORM | {"groups": "admin", "active": "1", "waits_for": "", "is_admin": "1", "invitation": "x"})

    with people.sessions() as session:
        person = find_account(session, "carla")
    assert (person.groups, person.active) == (("user",), False)


@pytest.mark.usefixtures("quick")
def test_the_page_says_the_same_of_addresses_that_are_known(
    people: Wiki, mailbox: Mailbox, eve: Browser, browser: NewBrowser
) -> None:
    allow(people, registerconfirm=True)

    known = send(eve, FORM | {"login": "dora", "mail": "alice@example.org"}).replace("dora", "NAME")
    unknown = send(browser(), FORM | {"login": "carla"}).replace("carla", "NAME")

    without_tokens = [re.sub(r'value="[^"]{40,}"', "", page) for page in (known, unknown)]
    assert without_tokens[0] == without_tokens[1]
    with people.sessions() as session:
        run_due(session, int(time.time()) + 1)
    assert mailbox.recipients == ["alice@example.org", "carla@example.org"]


@pytest.mark.parametrize(
    ("form", "words"),
    [
        pytest.param({}, "faster than anybody types", id="at once"),
        pytest.param({"homepage": "https://spam.example"}, "must stay empty", id="the field that people do not see"),
        pytest.param({"shown": ""}, "open for a long time", id="without the moment"),
        pytest.param({"shown": "1.forged"}, "open for a long time", id="a moment that was forged"),
        pytest.param({"shown": "\u0661.\x00"}, "open for a long time", id="a number of another script"),
    ],
)
@pytest.mark.usefixtures("standing_clock")
def test_programs_are_kept_out(people: Wiki, eve: Browser, form: dict[str, str], words: str) -> None:
    allow(people)

    assert words in send(eve, FORM | form)
    assert not enters(eve)


@pytest.mark.usefixtures("standing_clock")
def test_whoever_was_too_fast_waits_and_sends_again(
    people: Wiki, eve: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow(people)
    stamp = STAMP.search(send(eve))
    assert stamp

    monkeypatch.setattr("app.web.human.now", lambda: int(time.time()) + 60)

    assert eve.post("/_register", {"shown": stamp[1], **FORM}).status_code == 303


@pytest.mark.parametrize("later", [-10, 25 * 3600])
def test_a_form_is_good_for_a_day(people: Wiki, eve: Browser, monkeypatch: pytest.MonkeyPatch, later: int) -> None:
    allow(people)
    stamp = STAMP.search(eve.get("/_register").text)
    assert stamp

    monkeypatch.setattr("app.web.human.now", lambda: int(time.time()) + later)

    assert "open for a long time" in eve.post("/_register", {"shown": stamp[1], **FORM}).text


@pytest.mark.parametrize(
    ("settings_of_wiki", "status", "link"),
    [
        pytest.param({"register": "off"}, 403, False, id="off"),
        pytest.param({"register": "invite"}, 403, False, id="only invited"),
        pytest.param({"disableactions": "register"}, 403, False, id="switched off"),
        pytest.param({}, 200, True, id="open"),
    ],
)
def test_the_form_is_there_for_whom_it_is(
    people: Wiki, eve: Browser, settings_of_wiki: dict[str, object], status: int, *, link: bool
) -> None:
    allow(people, **settings_of_wiki)

    assert eve.get("/_register").status_code == status
    assert ('href="/_register"' in eve.get("/_login").text) is link
    assert eve.post("/_register", FORM).status_code == (400 if link else 403)


# ------------------------------------------------------------------ invited


@pytest.mark.usefixtures("quick")
def test_an_invitation_by_letter_opens_an_account_at_once(
    people: Wiki, mailbox: Mailbox, alice: Browser, eve: Browser
) -> None:
    allow(people, register="invite", registerconfirm=True, registerapprove=True)
    form = {"mail": "carla@example.org", "groups": "authors", "note": "Come in", "days": "7"}
    made = alice.post("/_admin/invitations", form)
    assert made.status_code == 303

    to, link = deliver(people, mailbox)
    assert to == "carla@example.org"
    assert link not in alice.get("/_admin/invitations").text
    shown = eve.get(link).text
    assert "Come in" in shown
    assert 'value="carla@example.org"' in shown

    assert "“carla” is made" in send(eve, address=link)
    assert enters(eve)
    assert eve.client.get(link).status_code == 404
    assert "used by carla" in alice.get("/_admin/invitations").text


@pytest.mark.usefixtures("quick")
def test_an_address_to_hand_over_is_shown_once_and_can_be_withdrawn(people: Wiki, alice: Browser, eve: Browser) -> None:
    allow(people, register="invite")
    found = LINK.search(alice.post("/_admin/invitations", {"mail": "", "days": "7"}).text)
    assert found
    link = found[1]
    page = alice.get("/_admin/invitations").text
    assert link not in page
    assert eve.get(link).status_code == 200

    key = re.search(r'name="id" value="([0-9a-f]{64})"', page)
    assert key
    assert alice.post("/_admin/invitations/withdraw", {"id": key[1]}).status_code == 303

    assert eve.get(link).status_code == 404
    assert eve.post(link, FORM).status_code == 404


@pytest.mark.parametrize(
    "form",
    [{"days": "0"}, {"days": "x"}, {"days": "7", "mail": "nobody"}, {"days": "7", "groups": "a|b"}, {"days": "\u0667"}],
)
def test_a_mistake_in_an_invitation_is_said(people: Wiki, alice: Browser, form: dict[str, str]) -> None:
    response = alice.post("/_admin/invitations", {"note": "Come in"} | form)

    assert response.status_code == 400
    assert 'id="error-' in response.text
    assert "Come in" in response.text


def test_members_neither_invite_nor_approve(people: Wiki, bob: Browser) -> None:
    for address in ("/_admin/invitations", "/_admin/invitations/withdraw", "/_admin/waiting"):
        assert bob.post(address, {"days": "7", "approve": "carla", "id": "a"}).status_code == 403


# ------------------------------------------------------------------ a lost password


def test_a_lost_password_is_replaced_by_a_letter(people: Wiki, mailbox: Mailbox, eve: Browser, bob: Browser) -> None:
    assert 'href="/_reset"' in eve.get("/_login").text
    eve.get("/_reset")
    assert eve.post("/_reset", {"who": "Bob"}).status_code == 303

    to, link = deliver(people, mailbox)
    assert to == "bob@example.org"
    assert "“bob”" in eve.get(link).text
    assert eve.post(link, {"password": "short", "repeated": "short"}).status_code == 400
    assert eve.post(link, {"password": PASSWORD, "repeated": PASSWORD}).status_code == 303

    assert bob.get("/_account").status_code == 302  # signed out
    assert eve.get(link).status_code == 404
    assert not enters(eve, "bob", PASSWORDS["bob"])
    assert enters(eve, "bob", PASSWORD)
    assert deliver(people, mailbox)[0] == "bob@example.org"


def test_the_answer_is_the_same_for_everybody(people: Wiki, eve: Browser, browser: NewBrowser) -> None:
    answers = set()
    for who in ("bob", "bob@example.org", "nobody", "nobody@example.org"):
        visitor = browser()
        visitor.get("/_reset")
        response = visitor.post("/_reset", {"who": who})
        page = visitor.get(response.headers["Location"]).text
        answers.add((response.status_code, re.sub(r'value="[^"]{40,}"', "", page)))

    assert len(answers) == 1


def test_asking_without_end_is_slowed_down(people: Wiki, eve: Browser) -> None:
    eve.get("/_reset")
    statuses = [eve.post("/_reset", {"who": "bob"}).status_code for _ in range(5)]

    assert statuses == [303, 303, 303, 429, 429]


# ------------------------------------------------------------------ a new mail address, and leaving


def test_a_new_address_counts_when_its_letter_is_opened(
    people: Wiki, mailbox: Mailbox, eve: Browser, bob: Browser
) -> None:
    form = {"name": "Bob Brown", "mail": "new@example.org", "language": "", "theme": "", "timezone": ""}
    bob.get("/_account")
    assert "Give your present password" in bob.post("/_account", form).text
    assert bob.post("/_account", form | {"old": PASSWORDS["bob"]}).status_code == 303
    assert "new@example.org" in bob.get("/_account").text

    to, link = deliver(people, mailbox)
    assert to == "new@example.org"
    assert eve.get(link).status_code == 200  # on another device
    assert eve.post(link).status_code == 303

    with people.sessions() as session:
        assert find_account(session, "bob").mail == "new@example.org"
    assert deliver(people, mailbox)[0] == "bob@example.org"
    assert eve.get(link).status_code == 404


def test_somebody_thinks_better_of_a_new_address(people: Wiki, mailbox: Mailbox, eve: Browser, bob: Browser) -> None:
    form = {"name": "Bob Brown", "mail": "new@example.org", "old": PASSWORDS["bob"]}
    bob.post("/_account", form | {"language": "", "theme": "", "timezone": ""})
    _, link = deliver(people, mailbox)
    assert "Keep the present one" in bob.get("/_account").text

    assert bob.post("/_account/mail").status_code == 303

    assert eve.get(link).status_code == 404
    assert "new@example.org" not in bob.get("/_account").text


def test_people_delete_their_own_accounts(people: Wiki, bob: Browser, browser: NewBrowser) -> None:
    elsewhere = browser()
    elsewhere.sign_in("bob")
    for form in ({}, {"old": PASSWORDS["bob"]}, {"sure": "yes"}, {"old": "wrong wrong", "sure": "yes"}):
        assert bob.post("/_account/delete", form).status_code == 400

    response = bob.post("/_account/delete", {"old": PASSWORDS["bob"], "sure": "yes"})

    assert response.status_code == 303
    assert "deleted-" in bob.get(response.headers["Location"]).text
    assert [one.get("/_account").status_code for one in (bob, elsewhere)] == [302, 302]
    assert not enters(bob, "bob", PASSWORDS["bob"])


def test_the_last_administrator_cannot_leave(people: Wiki, alice: Browser) -> None:
    response = alice.post("/_account/delete", {"old": PASSWORDS["alice"], "sure": "yes"})

    assert response.status_code == 409
    assert "last administrator" in response.text
    assert alice.get("/_admin").status_code == 200


@pytest.mark.parametrize(
    ("action", "addresses"),
    [("profile", ("/_account", "/_account/password")), ("profile_delete", ("/_account/delete",))],
)
def test_what_is_switched_off_refuses(people: Wiki, bob: Browser, action: str, addresses: tuple[str, ...]) -> None:
    allow(people, disableactions=action)
    form = {"old": PASSWORDS["bob"], "sure": "yes", "password": PASSWORD, "repeated": PASSWORD}
    form |= {"name": "B.", "mail": "", "language": "", "theme": "", "timezone": ""}

    for address in addresses:
        assert bob.post(address, form).status_code == 403, address
    assert f'href="{addresses[-1]}"' not in bob.get("/_account/sessions").text


# ------------------------------------------------------------------ what links alone may do


@pytest.fixture
def links(people: Wiki) -> list[str]:
    """One good link of each kind."""
    allow(people, register="open", registerconfirm=True)
    with people.sessions() as session:
        invited = invite(session, Wanted("", ("admin",), "", 7), by=ALICE, now=int(time.time())).secret
        bob = find_account(session, "bob")
        with transaction(session):
            carla = write_account(session, NewAccount("carla", "", "carla@example.org", (), ""), "", now=NOW)
            carla.active, carla.waits_for = False, "confirm"
            session.flush()
            given = {
                kind: one_time.issue(session, kind, account, payload, now=int(time.time()))
                for kind, account, payload in (
                    (one_time.CONFIRM, carla.id, ""),
                    (one_time.RESET, bob.id, bob.mail),
                    (one_time.MAIL, bob.id, "new@example.org"),
                )
            }
    return [f"/_invitation/{invited}", *(f"/_{kind}/{secret}" for kind, secret in given.items())]


def contents(wiki: Wiki) -> dict[str, list[str]]:
    with wiki.sessions() as session:
        return {table.name: sorted(map(repr, session.execute(select(table)).all())) for table in METADATA.sorted_tables}


def test_opening_a_good_link_changes_nothing(
    people: Wiki, links: list[str], eve: Browser, bob: Browser, alice: Browser
) -> None:
    before = contents(people)

    for link in links:
        for visitor in (eve, bob, alice):
            response = visitor.get(link)
            assert (response.status_code, response.headers["Cache-Control"]) == (200, "no-store"), link
            visitor.client.head(link)

    assert contents(people) == before


def test_a_good_link_takes_no_form_without_its_token(people: Wiki, links: list[str], eve: Browser) -> None:
    before = contents(people)

    for link in links:
        eve.get(link)
        form = FORM | {"login": "dora"}
        for token in ({}, {"csrf_token": ""}, {"csrf_token": "forged"}):
            assert eve.post_bare(link, form | token).status_code == 400, link

    assert contents(people) == before


def test_a_good_link_of_one_kind_is_none_of_another(people: Wiki, links: list[str], eve: Browser) -> None:
    secrets = [link.rpartition("/")[2] for link in links]
    kinds = [link.rpartition("/")[0] for link in links]

    for position, kind in enumerate(kinds):
        for secret in secrets[:position] + secrets[position + 1 :]:
            assert eve.get(f"{kind}/{secret}").status_code == 404
            assert eve.post(f"{kind}/{secret}", FORM).status_code == 404
