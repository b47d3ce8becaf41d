import stat
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from app.settings import Settings, SettingsError, secret_of


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
            "LIERRE_LOG_LEVEL": "DEBUG",
        }
    )

    assert settings.home == Path("/srv/wiki")
    assert settings.base_url == "https://wiki.example.org"
    assert (settings.host, settings.port, settings.workers) == ("0.0.0.0", 80, 3)
    assert settings.trusted_hosts == ("wiki.example.org", "other.example.org")
    assert settings.fetch_internal == ("git.intra.example:3000", "10.0.0.1:80")
    assert (settings.trusted_proxies, settings.secure_cookies, settings.log_level) == (1, True, "DEBUG")


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
