import stat
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from app.door_settings import Doors
from app.environment import SettingsError
from app.settings import Settings, secret_of


def test_without_any_variable_everything_has_a_safe_default() -> None:
    settings = Settings.from_env({})

    assert settings.home == Path("instance").absolute()
    assert settings.database_url == f"sqlite:///{settings.home / 'wiki.db'}"
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert (settings.trusted_hosts, settings.trusted_proxies) == ((), 0)
    assert settings.secure_cookies is None
    assert settings.max_page_bytes == 2 * 1024 * 1024


def test_variables_are_read() -> None:
    settings = Settings.from_env(
        {
            "LIERRE_HOME": "/srv/wiki",
            "LIERRE_DATABASE_URL": "postgresql+psycopg://wiki@db/wiki",
            "LIERRE_BASE_URL": "https://wiki.example.org/",
            "HOST": "0.0.0.0",
            "PORT": " 80 ",
            "LIERRE_WORKERS": "3",
            "LIERRE_TRUSTED_HOSTS": "Wiki.example.org, other.example.org,",
            "LIERRE_TRUSTED_PROXIES": "1",
            "LIERRE_FETCH_INTERNAL": "Git.intra.example:3000, 10.0.0.1:80",
            "LIERRE_SECURE_COOKIES": "yes",
            "LIERRE_SENDFILE": "x-accel",
            "LIERRE_SENDFILE_PREFIX": "/_files-of-ours/",
            "LIERRE_LOG_LEVEL": "DEBUG",
        }
    )

    assert settings.home == Path("/srv/wiki")
    assert settings.base_url == "https://wiki.example.org"
    assert (settings.host, settings.port, settings.workers) == ("0.0.0.0", 80, 3)
    assert settings.trusted_hosts == ("wiki.example.org", "other.example.org")
    assert settings.fetch_internal == ("git.intra.example:3000", "10.0.0.1:80")
    assert (settings.trusted_proxies, settings.secure_cookies, settings.log_level) == (1, True, "DEBUG")
    assert (settings.sendfile, settings.sendfile_prefix) == ("X-Accel-Redirect", "/_files-of-ours/")


@pytest.mark.parametrize("name", ["HOST", "PORT", "LIERRE_HOME", "LIERRE_BASE_URL", "LIERRE_WORKERS"])
def test_an_empty_variable_is_as_good_as_none(name: str) -> None:
    assert Settings.from_env({name: ""}) == Settings.from_env({})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "eighty"),
        ("PORT", "-1"),
        ("PORT", "8000.5"),
        ("PORT", "٨٠"),
        ("PORT", "9" * 5000),
        ("LIERRE_WORKERS", "0"),
        ("LIERRE_WORKERS", "65"),
        ("LIERRE_TRUSTED_PROXIES", "yes"),
        ("LIERRE_TRUSTED_HOSTS", "https://wiki.example.org"),
        ("LIERRE_TRUSTED_HOSTS", "*"),
        ("LIERRE_BASE_URL", "wiki.example.org"),
        ("LIERRE_BASE_URL", "ftp://wiki.example.org"),
        ("LIERRE_BASE_URL", "https://wiki.example.org/wiki"),
        ("LIERRE_BASE_URL", "https://wiki.example.org?x"),
        ("LIERRE_BASE_URL", "https://wiki.example.org:port"),
        ("LIERRE_BASE_URL", "https://"),
        ("LIERRE_BASE_URL", "https://[::1"),
        ("LIERRE_BASE_URL", "https://wiki.example.org/\r\nSet-Cookie: x"),
        ("LIERRE_BASE_URL", "https://user:secret@wiki.example.org"),
        ("LIERRE_DATABASE_URL", "wiki.db"),
        ("LIERRE_DATABASE_URL", "mysql://wiki"),
        ("LIERRE_DATABASE_URL", "sqlite://"),
        ("LIERRE_DATABASE_URL", "sqlite:///:memory:"),
        ("LIERRE_SENDFILE", "yes"),
        ("LIERRE_OLD_PATH", "wiki"),
        ("LIERRE_OLD_PATH", "//evil.example"),
        ("LIERRE_OLD_PATH", "/a/../b"),
        ("LIERRE_OLD_PATH", "/_files"),
        ("LIERRE_OLD_PATH", "/<path>"),
        ("LIERRE_OLD_PATH", "https://wiki.example.org/wiki"),
        ("LIERRE_SENDFILE_PREFIX", "bytes"),
        ("LIERRE_SENDFILE_PREFIX", "/bytes/"),
        ("LIERRE_SENDFILE_PREFIX", "/_bytes"),
        ("LIERRE_SENDFILE_PREFIX", "/_a//b/"),
        ("LIERRE_SENDFILE_PREFIX", "/_a/../b/"),
        ("LIERRE_SENDFILE_PREFIX", "/_a\nb/"),
        ("LIERRE_FETCH_INTERNAL", "intra.example"),
        ("LIERRE_FETCH_INTERNAL", "http://intra.example:80"),
        ("LIERRE_FETCH_INTERNAL", "*.intra.example:80"),
        ("LIERRE_FETCH_INTERNAL", "user@intra.example:80"),
        ("LIERRE_SECRET_KEY", "secret"),
        ("LIERRE_SECURE_COOKIES", "maybe"),
        ("LIERRE_LOG_LEVEL", "LOUD"),
        ("LIERRE_MAX_PAGE_BYTES", "2 MiB"),
        ("LIERRE_MAX_UPLOAD_BYTES", "1e9"),
    ],
)
def test_nonsense_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_env({name: value})


def test_a_variable_of_ours_that_does_not_exist_is_refused() -> None:
    """A typing error in a variable's name would leave a limit or a trusted host unset, silently."""
    with pytest.raises(SettingsError, match="LIERRE_TRUSTED_HOST ") as caught:
        Settings.from_env({"LIERRE_TRUSTED_HOST": "wiki.example.org"})

    assert "LIERRE_TRUSTED_HOSTS" in str(caught.value)


def test_a_refusal_never_repeats_a_secret() -> None:
    for name, value in (("LIERRE_SECRET_KEY", "hunter2"), ("LIERRE_DATABASE_URL", "mysql://wiki:hunter2@db/wiki")):
        with pytest.raises(SettingsError) as caught:
            Settings.from_env({name: value})
        assert "hunter2" not in str(caught.value)


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings.from_env({"LIERRE_HOME": str(tmp_path / "new")})

    first, second = secret_of(settings), secret_of(settings)

    assert first == second
    assert len(first) >= 32
    assert stat.S_IMODE((settings.home / "secret.key").stat().st_mode) == 0o600
    assert [path.name for path in settings.home.iterdir()] == ["secret.key"]


def test_processes_that_start_at_once_share_one_key(tmp_path: Path) -> None:
    settings = Settings.from_env({"LIERRE_HOME": str(tmp_path)})
    keys: list[bytes] = []
    threads = [threading.Thread(target=lambda: keys.append(secret_of(settings))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(keys) == 8
    assert len(set(keys)) == 1


def test_a_key_of_the_environment_leaves_no_file(tmp_path: Path) -> None:
    settings = replace(Settings.from_env({"LIERRE_HOME": str(tmp_path)}), secret="x" * 16)

    assert secret_of(settings) == b"x" * 16
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"short\n"])
def test_a_damaged_key_file_is_refused(tmp_path: Path, content: bytes) -> None:
    """An empty file would sign every cookie with a key that everybody knows."""
    (tmp_path / "secret.key").write_bytes(content)

    with pytest.raises(SettingsError, match=r"secret\.key"):
        secret_of(Settings.from_env({"LIERRE_HOME": str(tmp_path)}))


# ------------------------------------------------------------------ other doors

OIDC = {
    "LIERRE_BASE_URL": "https://wiki.example.org",
    "LIERRE_OIDC_ISSUER": "https://id.example.org/realms/house",
    "LIERRE_OIDC_CLIENT_ID": "wiki",
}
LDAP = {"LIERRE_LDAP_URL": "ldaps://ldap.example.org", "LIERRE_LDAP_BASE": "ou=people,dc=example,dc=org"}
HEADER = {"LIERRE_HEADER_USER": "RemoteUser", "LIERRE_HEADER_PEERS": "127.0.0.1"}


def test_without_a_variable_of_theirs_other_doors_are_shut() -> None:
    assert Settings.from_env({}).doors == Doors()


def test_doors_are_read() -> None:
    environ = (
        OIDC
        | LDAP
        | HEADER
        | {
            "LIERRE_OIDC_CLIENT_SECRET": "very secret",
            "LIERRE_OIDC_GROUPS": "Staff = @Authors, wiki admins=admin,",
            "LIERRE_OIDC_CREATE": "yes",
            "LIERRE_LDAP_GROUPS": "cn=a=authors",
            "LIERRE_LDAP_CREATE": "no",
            "LIERRE_HEADER_PEERS": "127.0.0.1, 10.0.5.0/24, fd00::/8",
            "LIERRE_HEADER_GROUPS_FROM": "X-Remote-Groups",
            "LIERRE_HEADER_UNDERSCORES": "dropped",
        }
    )
    doors = Settings.from_env(environ).doors

    assert doors.oidc is not None
    assert doors.ldap is not None
    assert doors.header is not None
    assert doors.oidc.callback == "https://wiki.example.org/_login/oidc/callback"
    assert doors.oidc.name == "id.example.org"
    assert doors.oidc.groups == {"Staff": "authors", "wiki admins": "admin"}
    assert (doors.oidc.creates, doors.ldap.creates, doors.header.creates) == (True, False, True)
    assert doors.ldap.groups == {"cn=a": "authors"}
    assert [str(network) for network in doors.header.peers] == ["127.0.0.1/32", "10.0.5.0/24", "fd00::/8"]
    assert "very secret" not in repr(doors)


def test_accounts_are_made_for_the_house_and_not_for_the_world() -> None:
    doors = Settings.from_env(OIDC | LDAP | HEADER).doors

    assert doors.oidc is not None
    assert doors.ldap is not None
    assert doors.header is not None
    assert (doors.oidc.creates, doors.ldap.creates, doors.header.creates) == (False, True, True)


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        pytest.param(OIDC | {"LIERRE_OIDC_ISSUER": "http://id.example.org"}, "OIDC_ISSUER", id="a readable issuer"),
        pytest.param(OIDC | {"LIERRE_OIDC_ISSUER": "id.example.org"}, "OIDC_ISSUER", id="an issuer without a scheme"),
        pytest.param(OIDC | {"LIERRE_OIDC_ISSUER": "https://id.example.org?x=1"}, "OIDC_ISSUER", id="one with a query"),
        pytest.param(OIDC | {"LIERRE_OIDC_ISSUER": "https://a:b@id.example.org"}, "OIDC_ISSUER", id="one with a login"),
        pytest.param(OIDC | {"LIERRE_BASE_URL": ""}, "LIERRE_BASE_URL", id="no way back"),
        pytest.param(OIDC | {"LIERRE_OIDC_CLIENT_ID": ""}, "OIDC_CLIENT_ID", id="no client"),
        pytest.param({"LIERRE_OIDC_CLIENT_ID": "wiki"}, "OIDC_ISSUER", id="a client without an issuer"),
        pytest.param(OIDC | {"LIERRE_OIDC_SCOPES": "profile"}, "OIDC_SCOPES", id="scopes without openid"),
        pytest.param(OIDC | {"LIERRE_OIDC_GROUPS": "staff"}, "OIDC_GROUPS", id="half a group"),
        pytest.param(OIDC | {"LIERRE_OIDC_GROUPS": "a=b,a=c"}, "OIDC_GROUPS", id="one group to two"),
        pytest.param(OIDC | {"LIERRE_OIDC_CREATE": "maybe"}, "OIDC_CREATE", id="perhaps an account"),
        pytest.param(LDAP | {"LIERRE_LDAP_URL": "ldap://ldap.example.org"}, "LDAP_URL", id="readable passwords"),
        pytest.param(LDAP | {"LIERRE_LDAP_URL": "https://ldap.example.org"}, "LDAP_URL", id="a directory of the web"),
        pytest.param(LDAP | {"LIERRE_LDAP_URL": "ldaps://ldap.example.org/dc=a"}, "LDAP_URL", id="a path"),
        pytest.param(LDAP | {"LIERRE_LDAP_STARTTLS": "yes"}, "LDAP_STARTTLS", id="twice encrypted"),
        pytest.param(LDAP | {"LIERRE_LDAP_BASE": ""}, "LDAP_BASE", id="nowhere to search"),
        pytest.param(LDAP | {"LIERRE_LDAP_FILTER": "(uid=*)"}, "LDAP_FILTER", id="a filter of everybody"),
        pytest.param(LDAP | {"LIERRE_LDAP_FILTER": "uid={login}"}, "LDAP_FILTER", id="a filter without brackets"),
        pytest.param(LDAP | {"LIERRE_LDAP_FILTER": "(uid={login}{x})"}, "LDAP_FILTER", id="a place of no meaning"),
        pytest.param(LDAP | {"LIERRE_LDAP_USER_DN": "uid=bob,dc=a"}, "LDAP_USER_DN", id="a name of one person"),
        pytest.param(
            LDAP | {"LIERRE_LDAP_BIND_DN": "cn=wiki"}, "LDAP_BIND_PASSWORD", id="a searcher without a password"
        ),
        pytest.param(LDAP | {"LIERRE_LDAP_CA": "/nowhere/ca.pem"}, "LDAP_CA", id="certificates that are not there"),
        pytest.param(HEADER | {"LIERRE_HEADER_PEERS": ""}, "HEADER_PEERS", id="a header from anybody"),
        pytest.param(HEADER | {"LIERRE_HEADER_PEERS": "0.0.0.0/0"}, "HEADER_PEERS", id="the whole world as proxy"),
        pytest.param(HEADER | {"LIERRE_HEADER_PEERS": "::/0"}, "HEADER_PEERS", id="the other world too"),
        pytest.param(HEADER | {"LIERRE_HEADER_PEERS": "proxy"}, "HEADER_PEERS", id="a name, which can be forged"),
        pytest.param(HEADER | {"LIERRE_HEADER_PEERS": "10.0.5.1/24"}, "HEADER_PEERS", id="neither address nor network"),
        pytest.param(HEADER | {"LIERRE_HEADER_USER": "X_Remote_User"}, "HEADER_USER", id="an underscore"),
        pytest.param(HEADER | {"LIERRE_HEADER_USER": "X-Remote-User"}, "UNDERSCORES", id="a name that can be forged"),
        pytest.param(HEADER | {"LIERRE_HEADER_MAIL": "X-Mail"}, "UNDERSCORES", id="another one"),
        pytest.param(HEADER | {"LIERRE_HEADER_UNDERSCORES": "yes"}, "UNDERSCORES", id="no answer about underscores"),
        pytest.param(HEADER | {"LIERRE_HEADER_USER": "X Remote"}, "HEADER_USER", id="a blank"),
    ],
)
def test_a_door_that_would_stand_open_or_leads_nowhere_is_refused(environ: dict[str, str], name: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_env(environ)


def test_passwords_may_travel_readable_within_one_machine() -> None:
    doors = Settings.from_env(LDAP | {"LIERRE_LDAP_URL": "ldap://127.0.0.1:3890"}).doors

    assert doors.ldap is not None


# ------------------------------------------------------------------ mail


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("smtp://mail.example.org", ("mail.example.org", 25, "", "", "")),
        ("smtp://me:a%40b@localhost:2525", ("localhost", 2525, "", "me", "a@b")),
        ("smtp+starttls://wiki:secret@mail.example.org", ("mail.example.org", 587, "starttls", "wiki", "secret")),
        ("smtps://mail.example.org/", ("mail.example.org", 465, "tls", "", "")),
    ],
)
def test_a_mail_server_is_one_address(address: str, expected: tuple[object, ...]) -> None:
    mail = Settings.from_env(
        {"LIERRE_SMTP_URL": address, "LIERRE_MAIL_FROM": "w@example.org", "LIERRE_BASE_URL": "https://wiki.example.org"}
    ).mail

    assert mail is not None
    assert (mail.host, mail.port, mail.security, mail.user, mail.password) == expected
    assert mail.sender == "w@example.org"
    assert mail.password not in repr(mail) or not mail.password


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"LIERRE_SMTP_URL": ""}, "LIERRE_SMTP_URL"),
        ({"LIERRE_MAIL_FROM": ""}, "LIERRE_MAIL_FROM"),
        ({"LIERRE_MAIL_FROM": "wiki"}, "LIERRE_MAIL_FROM"),
        ({"LIERRE_MAIL_FROM": "a@b@example.org"}, "LIERRE_MAIL_FROM"),
        ({"LIERRE_MAIL_FROM": "wiki(x)@example.org"}, "LIERRE_MAIL_FROM"),
        ({"LIERRE_BASE_URL": ""}, "LIERRE_BASE_URL"),
        ({"LIERRE_SMTP_URL": "mail.example.org"}, "LIERRE_SMTP_URL"),
        ({"LIERRE_SMTP_URL": "http://mail.example.org"}, "LIERRE_SMTP_URL"),
        ({"LIERRE_SMTP_URL": "smtp://mail.example.org:0"}, "LIERRE_SMTP_URL"),
        ({"LIERRE_SMTP_URL": "smtp://mail.example.org:x"}, "LIERRE_SMTP_URL"),
        ({"LIERRE_SMTP_URL": "smtp://me:secret@mail.example.org"}, "unprotected"),
    ],
)
def test_nonsense_about_mail_is_refused_by_name(changed: dict[str, str], named: str) -> None:
    good = {
        "LIERRE_SMTP_URL": "smtps://mail.example.org",
        "LIERRE_MAIL_FROM": "w@example.org",
        "LIERRE_BASE_URL": "https://wiki.example.org",
    }
    with pytest.raises(SettingsError, match=named) as refused:
        Settings.from_env(good | changed)
    assert "secret" not in str(refused.value).replace("wiki:secret@", "")
