"""Other doors, as browsers meet them: a real provider and back, and the header of a proxy."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from oidc_provider_mock import User, run_server_in_thread
from sqlalchemy import select, update

from app import create_app
from app.cli import main
from app.door_settings import Doors, HeaderSettings, OidcSettings
from app.environment import SettingsError
from app.opening_doors import open_doors
from app.services.accounts import AccountEdit, edit_account, find_account
from app.services.doors import OIDC, await_at, doors_of
from app.settings import Settings
from app.store.accounts import Account, Group
from app.store.credentials import AccessToken, Identity
from app.store.database import transaction
from app.wiki import Wiki
from tests.conftest import ALICE, NOW, watched
from tests.providers import CALLBACK
from tests.web.conftest import PASSWORDS, Browser
from tests.web.writing import write

NewBrowser = Callable[[], Browser]
PEOPLE = (
    User(sub="248289761001", claims={"preferred_username": "Dora", "name": "Dora Duval", "groups": ["staff"]}),
    User(sub="31", claims={"preferred_username": "bob", "name": "Another Bob"}),
    User(sub="32", claims={"preferred_username": "no login: ///"}),
)
DORA, OTHER_BOB = PEOPLE[0].sub, PEOPLE[1].sub

PROXY = HeaderSettings(
    user="RemoteUser",
    peers=(ip_network("192.0.2.0/24"), ip_network("fd00::1")),
    name="RemoteName",
    mail="RemoteMail",
    groups_from="RemoteGroups",
    groups={"staff": "authors", "chiefs": "admin"},
)


@pytest.fixture(scope="session")
def provider() -> Iterator[str]:
    """The address of a provider who lets everybody in as whom they like."""
    patch = pytest.MonkeyPatch()
    patch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")  # its own library demands https, which a test has no use for
    with run_server_in_thread(user_claims=PEOPLE) as server:
        yield f"http://localhost:{server.server_port}"
    patch.undo()


@pytest.fixture
def settings(settings: Settings, provider: str) -> Settings:
    oidc = OidcSettings(
        provider, "wiki", CALLBACK, "a secret", name="House keys", groups={"staff": "authors"}, creates=True
    )
    return replace(settings, doors=Doors(oidc=oidc, header=PROXY))


def at_provider(address: str, sub: str) -> str:
    """What somebody does there; where they are sent back to, as a path."""
    answer = requests.post(address, data={"sub": sub}, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    assert answer.headers["Location"].startswith(f"{CALLBACK}?")
    return answer.headers["Location"].removeprefix("http://localhost")


def enter(browser: Browser, sub: str = DORA, query: str = "") -> str:
    """Through the provider; the address one is led to in the end."""
    back = browser.get(at_provider(browser.get(f"/_login/oidc{query}").location, sub))
    assert back.status_code == 303, back.text
    return back.location


# ------------------------------------------------------------------ OpenID Connect


def test_signing_in_leads_through_the_provider_and_back(people: Wiki, eve: Browser) -> None:
    write(people, "a", "words\n")
    form = eve.get("/_login?next=/a")
    link = re.search(r'href="(/_login/oidc[^"]*)"', form.text)

    assert link is not None
    assert "Sign in with House keys" in form.text
    assert enter(eve, query=link[1].removeprefix("/_login/oidc")) == "/a"
    assert "Dora Duval" in eve.get("/a").text
    with people.sessions() as session:
        dora = session.execute(select(Account).where(Account.login == "dora")).scalar_one()
        assert (dora.door, dora.password) == ("oidc", "")
        assert find_account(session, "dora").groups == ("authors", "user")


def test_the_same_person_is_the_same_account(people: Wiki, eve: Browser, browser: NewBrowser) -> None:
    enter(eve)
    enter(browser())

    with people.sessions() as session:
        assert len(session.execute(select(Identity)).all()) == 1


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example", "/\\evil.example", "/%5cevil.example", "javascript:alert(1)"]
)
def test_the_way_back_never_leads_outside(people: Wiki, eve: Browser, address: str) -> None:
    start = eve.client.get("/_login/oidc", query_string={"next": address})

    assert eve.get(at_provider(start.location, DORA)).location == "/"


def test_an_answer_opens_the_browser_that_asked_and_no_other(people: Wiki, eve: Browser, browser: NewBrowser) -> None:
    """An attacker's answer must not sign a victim in as the attacker; a stolen one must not sign a thief in."""
    victim, stranger = browser(), browser()
    back = at_provider(eve.get("/_login/oidc").location, DORA)
    victim.get("/_login/oidc")

    for other in (victim, stranger):
        refused = other.get(back)
        assert refused.status_code == 401
        assert "did not work" in refused.text
        assert other.get("/_account").status_code == 302


def test_an_answer_is_good_once(people: Wiki, eve: Browser, browser: NewBrowser) -> None:
    address = eve.get("/_login/oidc").location
    before = eve.cookie("session") or ""
    back = at_provider(address, DORA)
    assert eve.get(back).status_code == 303

    assert eve.get(back).status_code == 401
    thief = browser()
    thief.client.set_cookie("session", before)
    assert thief.get(back).status_code == 401
    assert thief.get("/_account").status_code == 302


def test_the_session_of_before_signing_in_does_not_go_on(people: Wiki, eve: Browser, browser: NewBrowser) -> None:
    address = eve.get("/_login/oidc").location
    planted = browser()
    planted.client.set_cookie("session", eve.cookie("session") or "")
    eve.get(at_provider(address, DORA))

    assert eve.get("/_account").status_code == 200
    assert planted.get("/_account").status_code == 302


def test_a_refusal_of_the_provider_is_said(people: Wiki, eve: Browser) -> None:
    address = eve.get("/_login/oidc").location
    denied = requests.post(address, data={"action": "deny"}, allow_redirects=False, timeout=10)
    state = parse_qs(urlsplit(address).query)["state"][0]
    back = eve.client.get("/_login/oidc/callback", query_string={"error": "access_denied", "state": state})

    assert denied.status_code == 302
    assert back.status_code == 401
    assert "Start it again" in back.text
    assert 'action="/_login"' in back.text


def test_an_account_that_is_there_is_not_for_the_taking(people: Wiki, eve: Browser) -> None:
    answer = eve.get(at_provider(eve.get("/_login/oidc").location, OTHER_BOB))

    assert answer.status_code == 401
    assert "There is an account “bob” here" in answer.text
    assert eve.get("/_account").status_code == 302
    with people.sessions() as session:
        assert session.execute(select(Identity)).first() is None
        assert find_account(session, "bob").name == "Bob Brown"


def test_a_name_that_cannot_be_a_login_is_said(people: Wiki, eve: Browser) -> None:
    with people.sessions() as session:
        before = session.execute(select(Account.login)).scalars().all()
    answer = eve.get(at_provider(eve.get("/_login/oidc").location, PEOPLE[2].sub))

    with people.sessions() as session:
        after = session.execute(select(Account.login)).scalars().all()
    assert answer.status_code in {303, 400}
    assert len(after) == len(before) + (answer.status_code == 303)


def test_a_disabled_person_stays_out(people: Wiki, eve: Browser, browser: NewBrowser) -> None:
    enter(eve)
    with people.sessions() as session:
        edit_account(session, "dora", AccountEdit(active=False), by=ALICE, now=NOW)
    other = browser()

    assert eve.get("/_account").status_code == 302
    assert other.get(at_provider(other.get("/_login/oidc").location, DORA)).status_code == 401
    assert other.get("/_account").status_code == 302


def test_the_local_door_works_while_the_provider_is_away(
    people: Wiki, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    oidc = settings.doors.oidc
    assert oidc is not None
    away = create_app(replace(settings, doors=Doors(oidc=replace(oidc, issuer="http://localhost:1"))))
    away.testing = True
    browser = Browser(away.test_client())
    answer = browser.get("/_login/oidc")

    assert answer.status_code == 503
    assert "does not answer" in answer.text
    assert "cannot be asked" in caplog.text
    assert browser.sign_in("bob").status_code == 303
    away.extensions["lierre"].engine.dispose()


def test_without_the_setting_there_is_no_door(people: Wiki, settings: Settings) -> None:
    plain = create_app(replace(settings, doors=Doors()))
    plain.testing = True
    browser = Browser(plain.test_client())

    assert "/_login/oidc" not in browser.get("/_login").text
    assert browser.get("/_login/oidc").status_code == 404
    assert browser.get("/_login/oidc/callback?code=a&state=b").status_code == 404
    assert browser.get("/_account/doors", headers={"RemoteUser": "bob"}).status_code == 302
    plain.extensions["lierre"].engine.dispose()


def test_a_door_whose_library_is_missing_is_refused_at_start(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> object:
        raise ModuleNotFoundError(name="authlib")

    monkeypatch.setattr("app.opening_doors.import_module", missing)

    with pytest.raises(SettingsError, match=r"authlib is not installed. Install lierre\[oidc\]"):
        open_doors(settings.doors)


def test_the_server_does_not_start_with_a_door_it_cannot_open(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def missing(name: str) -> object:
        raise ModuleNotFoundError(name="ldap3")

    monkeypatch.setattr("app.opening_doors.import_module", missing)
    environ = {"LIERRE_HOME": str(tmp_path), "LIERRE_LDAP_URL": "ldaps://localhost", "LIERRE_LDAP_BASE": "dc=example"}
    shown = CliRunner().invoke(main, ["serve"], env=environ)

    assert shown.exit_code == 1
    assert "ldap3 is not installed" in shown.output


# ------------------------------------------------------------------ connecting


def test_somebody_signed_in_connects_their_own_account(people: Wiki, bob: Browser, browser: NewBrowser) -> None:
    assert bob.post("/_account/doors/confirm", {"password": PASSWORDS["bob"]}).status_code == 303
    assert enter(bob, OTHER_BOB, "?connect=yes") == "/_account/doors"
    shown = bob.get("/_account/doors")
    assert "You came back as “Another Bob”" in shown.text
    with people.sessions() as session:
        assert doors_of(session, "bob") == (), "nothing before it is said by a form"

    assert bob.post("/_account/doors/oidc").status_code == 303
    other = browser()
    enter(other, OTHER_BOB)
    assert "Bob Brown" in other.get("/_account").text


def test_what_was_connected_can_be_taken_away(people: Wiki, bob: Browser, provider: str, browser: NewBrowser) -> None:
    bob.post("/_account/doors/confirm", {"password": PASSWORDS["bob"]})
    enter(bob, OTHER_BOB, "?connect=yes")
    bob.post("/_account/doors/oidc")
    assert bob.post("/_account/doors/remove", {"issuer": provider, "subject": OTHER_BOB}).status_code == 303
    other = browser()

    assert other.get(at_provider(other.get("/_login/oidc").location, OTHER_BOB)).status_code == 401


def test_connecting_asks_for_the_password_first(people: Wiki, bob: Browser) -> None:
    """A device that was left open must not be enough to leave a way in behind."""
    with people.sessions() as session, transaction(session):
        session.execute(update(Account).values(seen_at=NOW))
    enter(bob, OTHER_BOB, "?connect=yes")

    assert bob.post("/_account/doors/oidc").status_code == 303
    assert bob.post("/_account/doors/confirm", {"password": "not this one"}).status_code == 400
    with people.sessions() as session:
        assert doors_of(session, "bob") == ()


def test_an_identity_of_another_account_is_not_moved(people: Wiki, eve: Browser, bob: Browser) -> None:
    enter(eve)
    bob.post("/_account/doors/confirm", {"password": PASSWORDS["bob"]})
    enter(bob, DORA, "?connect=yes")
    answer = bob.post("/_account/doors/oidc")

    assert answer.status_code == 401
    with people.sessions() as session:
        assert doors_of(session, "bob") == ()
        assert len(doors_of(session, "dora")) == 1


def test_the_last_way_in_stays(people: Wiki, eve: Browser, provider: str) -> None:
    enter(eve)
    answer = eve.post("/_account/doors/remove", {"issuer": provider, "subject": DORA})

    assert answer.status_code == 400
    assert "the only way" in answer.text


def test_nobody_disconnects_what_is_not_theirs(people: Wiki, eve: Browser, bob: Browser, provider: str) -> None:
    enter(eve)
    bob.post("/_account/doors/confirm", {"password": PASSWORDS["bob"]})

    assert bob.post("/_account/doors/remove", {"issuer": provider, "subject": DORA}).status_code == 404
    with people.sessions() as session:
        assert len(doors_of(session, "dora")) == 1


def test_an_administrator_awaits_somebody_once(
    people: Wiki, alice: Browser, bob: Browser, eve: Browser, browser: NewBrowser
) -> None:
    assert bob.post("/_admin/people/bob/door", {"door": OIDC}).status_code == 403
    assert alice.post("/_admin/people/bob/door", {"door": "window"}).status_code == 400
    assert alice.post("/_admin/people/bob/door", {"door": OIDC}).status_code == 303

    enter(eve, OTHER_BOB)
    assert "Bob Brown" in eve.get("/_account").text
    with people.sessions() as session:
        assert [(known.door, known.awaited) for known in doors_of(session, "bob")] == [("oidc", False)]


def test_what_is_awaited_may_be_called_off(people: Wiki, alice: Browser, eve: Browser) -> None:
    with people.sessions() as session:
        await_at(session, "bob", OIDC, by=ALICE, now=NOW)
    sent = {"issuer": "awaited:oidc", "subject": "bob"}

    assert alice.post("/_admin/people/bob/door/remove", sent).status_code == 303
    assert eve.get(at_provider(eve.get("/_login/oidc").location, OTHER_BOB)).status_code == 401


def test_disconnecting_by_an_administrator_shuts_out_who_came_that_way(
    people: Wiki, alice: Browser, eve: Browser, provider: str
) -> None:
    enter(eve)
    sent = {"issuer": provider, "subject": DORA}

    assert alice.post("/_admin/people/dora/door/remove", sent).status_code == 303
    assert eve.get("/_account").status_code == 302


# ------------------------------------------------------------------ the header

FROM_PROXY = {"REMOTE_ADDR": "192.0.2.10"}
AS_DORA = {"RemoteUser": "Dora", "RemoteName": "Dora Duval", "RemoteMail": "dora@example.org"}


def test_each_request_is_from_whom_the_proxy_says(people: Wiki, client: FlaskClient) -> None:
    write(people, "a", "words\n")
    seen = client.get("/a", headers=AS_DORA, environ_overrides=FROM_PROXY)
    again = client.get("/a", environ_overrides=FROM_PROXY)

    assert "Dora Duval" in seen.text
    assert "Dora Duval" not in again.text
    with people.sessions() as session:
        dora = session.execute(select(Account).where(Account.login == "dora")).scalar_one()
        assert (dora.door, dora.mail, dora.mail_confirmed) == ("header", "dora@example.org", True)
        assert find_account(session, "dora").groups == ("user",)


@pytest.mark.parametrize(
    "address", ["192.0.3.1", "127.0.0.1", "fd00::2", "", "192.0.2.10:80", "::ffff:192.0.3.1", "unix:/run/wiki"]
)
def test_nobody_else_may_say_who_they_are(people: Wiki, client: FlaskClient, address: str) -> None:
    answer = client.get("/_account", headers=AS_DORA, environ_overrides={"REMOTE_ADDR": address})

    assert answer.status_code == 302
    with people.sessions() as session:
        assert session.execute(select(Identity)).first() is None


@pytest.mark.parametrize("address", ["192.0.2.10", "::ffff:192.0.2.10", "fd00::1"])
def test_the_proxy_is_known_by_every_form_of_its_address(people: Wiki, client: FlaskClient, address: str) -> None:
    answer = client.get("/_account", headers=AS_DORA, environ_overrides={"REMOTE_ADDR": address})

    assert answer.status_code == 200


def test_what_a_client_says_of_its_address_makes_it_no_proxy(people: Wiki, settings: Settings) -> None:
    behind = create_app(replace(settings, trusted_proxies=1))
    behind.testing = True
    forged = AS_DORA | {"X-Forwarded-For": "192.0.2.10"}

    answer = behind.test_client().get("/_account", headers=forged, environ_overrides={"REMOTE_ADDR": "203.0.113.5"})
    assert answer.status_code == 302
    behind.extensions["lierre"].engine.dispose()


@pytest.mark.parametrize(
    "user",
    [
        pytest.param("dora,alice", id="two names"),
        pytest.param("dora, ", id="a name and nothing"),
        pytest.param("d" * 300, id="an endless name"),
        pytest.param("do\x7fra", id="signs that cannot be seen"),
    ],
)
def test_a_header_that_is_not_clear_is_refused(people: Wiki, client: FlaskClient, user: str) -> None:
    answer = client.get("/", environ_overrides=FROM_PROXY | {"HTTP_REMOTEUSER": user})

    assert answer.status_code == 400
    assert "LIERRE_HEADER_USER" in answer.text


def test_groups_follow_the_proxy(people: Wiki, client: FlaskClient) -> None:
    def groups(said: str) -> tuple[str, ...]:
        client.get("/_account", headers=AS_DORA | {"RemoteGroups": said}, environ_overrides=FROM_PROXY)
        with people.sessions() as session:
            return find_account(session, "dora").groups

    assert groups("staff, others") == ("authors", "user")
    assert groups("chiefs") == ("admin", "user")
    assert client.get("/_admin", headers=AS_DORA, environ_overrides=FROM_PROXY).status_code == 403
    assert groups("") == ("user",)


def test_an_account_that_is_there_is_not_taken_by_a_header(people: Wiki, client: FlaskClient) -> None:
    said = {"RemoteUser": "Alice"}

    assert client.get("/_admin", headers=said, environ_overrides=FROM_PROXY).status_code == 403
    form = client.get("/_login", headers=said, environ_overrides=FROM_PROXY)
    assert "There is an account “alice” here" in form.text


def test_somebody_with_a_password_connects_the_header_to_their_account(people: Wiki, bob: Browser) -> None:
    by_proxy = {"headers": {"RemoteUser": "bob"}, "environ_overrides": FROM_PROXY}
    bob.post("/_account/doors/confirm", {"password": PASSWORDS["bob"]})
    assert "It knows you as “bob”" in bob.get("/_account/doors", **by_proxy).text
    assert bob.post("/_account/doors/header", **by_proxy).status_code == 303
    bob.client.delete_cookie("session")

    assert "Bob Brown" in bob.get("/_account", **by_proxy).text
    assert bob.get("/_account").status_code == 302


def test_the_proxy_counts_before_a_cookie_of_somebody_else(people: Wiki, bob: Browser) -> None:
    assert "Dora Duval" in bob.get("/_account", headers=AS_DORA, environ_overrides=FROM_PROXY).text


def test_a_disabled_person_is_nobody_whatever_the_proxy_says(people: Wiki, client: FlaskClient) -> None:
    client.get("/_account", headers=AS_DORA, environ_overrides=FROM_PROXY)
    with people.sessions() as session:
        edit_account(session, "dora", AccountEdit(active=False), by=ALICE, now=NOW)

    assert client.get("/_account", headers=AS_DORA, environ_overrides=FROM_PROXY).status_code == 302


def test_forms_still_need_their_token(people: Wiki, client: FlaskClient) -> None:
    """The proxy adds its header to whatever a page of another site makes a browser send."""
    sent = client.post("/_edit/a", data={"text": "forged"}, headers=AS_DORA, environ_overrides=FROM_PROXY)

    assert sent.status_code == 400
    assert client.get("/a").status_code in {200, 404}
    assert "forged" not in client.get("/a").text


def test_kept_pages_are_neither_made_for_nor_given_to_whom_the_proxy_names(people: Wiki, app: Flask) -> None:
    """One process, one address, in every order: nobody gets what was made for another."""
    write(people, "a", "words\n")
    client = app.test_client(use_cookies=False)
    seen = []
    for by_proxy in (True, False, True, False):
        more = {"headers": AS_DORA, "environ_overrides": FROM_PROXY} if by_proxy else {}
        answer = client.get("/a", **more)
        seen.append("Dora Duval" in answer.text)
        assert ("ETag" in answer.headers) is not by_proxy
        assert "X-Lierre-Keep" not in answer.headers

    assert seen == [True, False, True, False]


def test_whose_group_demands_a_second_step_shows_it_in_a_session(people: Wiki, bob: Browser) -> None:
    by_proxy = {"headers": {"RemoteUser": "bob"}, "environ_overrides": FROM_PROXY}
    bob.post("/_account/doors/confirm", {"password": PASSWORDS["bob"]})
    bob.post("/_account/doors/header", **by_proxy)
    bob.client.delete_cookie("session")
    bob.token = ""
    with people.sessions() as session, transaction(session):
        session.execute(update(Group).where(Group.name == "user").values(second_step=True))
        session.execute(update(Account).where(Account.login == "bob").values(totp_secret="JBSWY3DPEHPK3PXP"))

    assert bob.get("/_account", **by_proxy).status_code == 302
    assert "Go on as Bob Brown" in bob.get("/_login", **by_proxy).text
    assert "/_login/code" in bob.post("/_login/header", **by_proxy).location
    assert bob.get("/_account", **by_proxy).status_code == 302
    bob.token = ""
    assert bob.post("/_login/header").status_code == 401, "only the proxy may say so"


def test_a_program_s_token_is_not_mixed_with_the_proxy_s_word(people: Wiki, client: FlaskClient) -> None:
    said = AS_DORA | {"Authorization": "Bearer lierre_wrong"}

    assert client.get("/_account", headers=said, environ_overrides=FROM_PROXY).status_code == 401


def test_a_known_visitor_costs_one_question_more_than_nobody(people: Wiki, client: FlaskClient, app: Flask) -> None:
    client.get("/_index", headers=AS_DORA, environ_overrides=FROM_PROXY)
    engine = app.extensions["lierre"].engine
    with watched(engine) as known:
        client.get("/_preferences", headers=AS_DORA, environ_overrides=FROM_PROXY)
    with watched(engine) as nobody:
        client.get("/_preferences")

    assert known.count <= nobody.count + 1


def test_what_another_session_proved_does_not_count_for_whom_the_proxy_names(
    people: Wiki, bob: Browser, client: FlaskClient
) -> None:
    """At a device that dora left open, bob signs in with his own password: it must not make a token of hers."""
    by_proxy = {"headers": AS_DORA, "environ_overrides": FROM_PROXY}
    page = bob.get("/_account/tokens", **by_proxy)
    assert "Dora" in page.text or page.status_code in {302, 303}

    form = {"name": "stolen", "write": "yes", "password": PASSWORDS["bob"], "old": PASSWORDS["bob"], "days": ""}
    bob.post("/_account/tokens", form, **by_proxy)

    with people.sessions() as session:
        owners = session.execute(select(Account.login).join(AccessToken, AccessToken.account_id == Account.id)).all()
    assert owners == []
