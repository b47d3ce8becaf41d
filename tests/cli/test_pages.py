import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.conftest import NOW

TEXT = "====== Lierre ======\nÇa grimpe, 🌿 et “cela” tient.\n"


@pytest.mark.usefixtures("home")
def test_what_is_put_is_got_byte_by_byte(lierre: Run) -> None:
    put = lierre("page", "put", "Ia:Modèles", "--summary", "begun", stdin=TEXT)

    assert (put.exit_code, put.stdout, put.stderr) == (0, "", "ia:modeles: create\n")
    assert lierre("page", "get", "ia:modeles").stdout_bytes == TEXT.encode()


@pytest.mark.usefixtures("home")
def test_an_older_text_is_got_by_its_time(lierre: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for time, text in ((NOW, "first"), (NOW + 5, "second"), (NOW + 9, None)):
        monkeypatch.setattr("app.cli.pages.now", lambda time=time: time)
        lierre("page", "put", "start", stdin=text) if text else lierre("page", "delete", "start")

    assert lierre("page", "get", "start").exit_code == 1
    assert lierre("page", "get", "start", "--rev", str(NOW)).stdout == "first"
    assert lierre("page", "get", "start", "--rev", str(NOW + 5)).stdout == "second"
    assert lierre("page", "get", "start", "--rev", "7").exit_code == 1


@pytest.mark.usefixtures("home")
def test_the_same_text_again_changes_nothing(lierre: Run) -> None:
    lierre("page", "put", "start", stdin="text")

    assert lierre("page", "put", "start", stdin="text").stderr == "start: unchanged\n"


@pytest.mark.usefixtures("home")
def test_pages_are_listed_one_a_line(lierre: Run) -> None:
    for name in ("b", "a:b", "gone"):
        lierre("page", "put", name, stdin=f"== {name} ==")
    lierre("page", "delete", "gone", "--summary", "no use")

    assert lierre("page", "list").stdout == "a:b\nb\n"
    rows = [json.loads(line) for line in lierre("page", "list", "--json").stdout.splitlines()]
    assert [(row["id"], row["title"]) for row in rows] == [("a:b", "a:b"), ("b", "b")]


@pytest.mark.usefixtures("home")
def test_a_text_says_what_it_is_written_in(lierre: Run) -> None:
    lierre("page", "put", "a", "--markup", "markdown", stdin="# Ivy\n")
    lierre("page", "put", "b", stdin="====== Moss ======\n")

    def listed() -> list[tuple[str, str, str]]:
        rows = [json.loads(line) for line in lierre("page", "list", "--json").stdout.splitlines()]
        return [(row["id"], row["title"], row["markup"]) for row in rows]

    assert listed() == [("a", "Ivy", "markdown"), ("b", "Moss", "dokuwiki")]

    lierre("page", "put", "a", stdin="# Ivy climbs\n")
    changed = lierre("page", "put", "b", "--markup", "markdown", "--summary", "at last", stdin="# Moss\n")

    assert (changed.exit_code, changed.stderr) == (0, "b: edit\n")
    assert listed() == [("a", "Ivy climbs", "markdown"), ("b", "Moss", "markdown")]
    assert lierre("page", "put", "c", "--markup", "textile", stdin="x").exit_code == 2


@pytest.mark.usefixtures("home")
def test_a_text_is_credited_to_its_author(lierre: Run) -> None:
    lierre("user", "add", "carla", "--password-stdin", stdin="ivy climbs by its links\n")

    assert lierre("page", "put", "start", "--author", "carla", stdin="text").exit_code == 0
    refused = lierre("page", "put", "start", "--author", "nobody", stdin="other")
    assert (refused.exit_code, lierre("page", "get", "start").stdout) == (1, "text")
    assert "nobody" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "stdin", "says"),
    [
        pytest.param(("page", "put", "***"), "text", "letter or digit", id="a name that cleans to nothing"),
        pytest.param(("page", "put", "x" * 300), "text", "longer", id="an endless name"),
        pytest.param(("page", "put", "start"), b"\xff\xfe", "not UTF-8 at byte 0", id="bytes that are no UTF-8"),
        pytest.param(("page", "put", "start"), "a\n\0", "Line 2", id="a zero byte"),
        pytest.param(("page", "put", "start"), "x" * 2_100_000, "2048 KiB", id="a text that is too long"),
        pytest.param(("page", "get", "nowhere"), "", "nowhere", id="a page that is not there"),
        pytest.param(("page", "delete", "nowhere"), "", "nowhere", id="deleting what is not there"),
    ],
)
@pytest.mark.usefixtures("home")
def test_it_refuses_in_one_line(lierre: Run, arguments: tuple[str, ...], stdin: str | bytes, says: str) -> None:
    result = lierre(*arguments, stdin=stdin)

    assert (result.exit_code, result.stdout) == (1, "")
    assert says in result.stderr
    assert result.stderr.count("\n") == 1
    assert lierre("page", "list").stdout == ""


def test_without_a_wiki_it_says_what_to_run(lierre: Run, tmp_path: Path) -> None:
    result = lierre("page", "list", home=tmp_path / "empty")

    assert result.exit_code == 1
    assert "lierre init" in result.stderr
