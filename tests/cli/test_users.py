import json

import pytest
from click.testing import Result

from tests.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("home")
PASSWORD = "ivy climbs by its links\n"


def add(lierre: Run, login: str, *arguments: str) -> Result:
    return lierre("user", "add", login, *arguments, "--password-stdin", stdin=PASSWORD)


def people(lierre: Run) -> dict[str, dict[str, object]]:
    rows = [json.loads(line) for line in lierre("user", "list", "--json").stdout.splitlines()]
    return {row.pop("login"): row for row in rows}


def test_people_are_added_and_listed(lierre: Run) -> None:
    added = add(lierre, "ada", "--name", "Ada Moss", "--mail", "ada@example.org", "--group", "admin", "--group", "ivy")
    add(lierre, "bob")

    assert (added.exit_code, added.stdout) == (0, "")
    assert lierre("user", "list").stdout == "ada\nbob\n"
    assert people(lierre) == {
        "ada": {"name": "Ada Moss", "mail": "ada@example.org", "groups": ["admin", "ivy", "user"], "active": True},
        "bob": {"name": "bob", "mail": "", "groups": ["user"], "active": True},
    }


def test_a_list_longer_than_a_page_is_whole(lierre: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.paging.MAX_LIMIT", 2)
    for login in ("a1", "b2", "c3", "d4", "e5"):
        add(lierre, login)

    assert lierre("user", "list").stdout.split() == ["a1", "b2", "c3", "d4", "e5"]


def test_people_are_shut_out_and_let_in_again(lierre: Run) -> None:
    add(lierre, "ada", "--group", "admin")
    add(lierre, "bob")

    assert lierre("user", "disable", "bob").exit_code == 0
    assert people(lierre)["bob"]["active"] is False
    assert lierre("user", "enable", "bob").exit_code == 0
    assert people(lierre)["bob"]["active"] is True
    assert lierre("user", "delete", "bob").exit_code == 0
    assert list(people(lierre)) == ["ada"]


def test_tokens_of_a_person_are_revoked(lierre: Run) -> None:
    add(lierre, "ada")

    assert lierre("user", "revoke-tokens", "ada").stderr == "ada: access tokens revoked: 0\n"
    assert lierre("user", "revoke-tokens", "nobody").exit_code == 1


def test_groups_are_set(lierre: Run) -> None:
    add(lierre, "ada", "--group", "admin")

    assert lierre("user", "groups", "ada", "--group", "admin", "--group", "ivy").exit_code == 0
    assert people(lierre)["ada"]["groups"] == ["admin", "ivy"]


@pytest.mark.parametrize("act", [("disable", "ada"), ("delete", "ada"), ("groups", "ada", "--group", "ivy")])
def test_the_last_administrator_stays(lierre: Run, act: tuple[str, ...]) -> None:
    add(lierre, "ada", "--group", "admin")

    result = lierre("user", *act)

    assert result.exit_code == 1
    assert "last administrator" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(("add", "***"), "cannot be a login", id="a login that cleans to nothing"),
        pytest.param(("add", "ada"), "taken", id="a login somebody has"),
        pytest.param(("add", "eve", "--mail", "nowhere"), "mail", id="a mail address without a host"),
        pytest.param(("passwd", "nobody"), "nobody", id="a password for nobody"),
    ],
)
def test_it_refuses(lierre: Run, arguments: tuple[str, ...], says: str) -> None:
    add(lierre, "ada", "--group", "admin")

    result = lierre("user", *arguments, "--password-stdin", stdin=PASSWORD)

    assert result.exit_code == 1
    assert says in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_short_password_is_refused(lierre: Run) -> None:
    result = lierre("user", "add", "ada", "--password-stdin", stdin="short\n")

    assert result.exit_code == 1
    assert "10 characters" in result.stderr
    assert "short" not in result.stderr


def test_whoever_lost_their_second_step_begins_anew(lierre: Run) -> None:
    add(lierre, "bob")

    done = lierre("user", "reset-second-step", "bob")

    assert (done.exit_code, done.stdout) == (0, "")
    assert "bob: second step reset (had: app no, passkeys 0, recovery codes 0)" in done.stderr
    assert lierre("user", "reset-second-step", "nobody").exit_code == 1
