"""The recipe of docs/operators/moving-from-dokuwiki.md, word by word, on a small DokuWiki."""

import gzip
import os
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import main

RECIPE = Path(__file__).resolve().parent.parent / "docs" / "operators" / "moving-from-dokuwiki.md"
COMMAND = re.compile(r"^ {4,}lierre (.+)$", re.MULTILINE)
CONF = re.compile(r"^ {4,}(\$conf\[.+;)$", re.MULTILINE)
FIRST, SECOND, THIRD = 1_700_000_000, 1_700_003_600, 1_700_007_200


def write(path: Path, content: str | bytes, time: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    os.utime(path, (time, time))


def make_wiki(root: Path) -> None:
    write(root / "conf/local.php", "<?php\n$conf['title'] = 'Ivy';\n$conf['superuser'] = '@admin';\n", FIRST)
    write(root / "conf/users.auth.php", "alice:x:Alice Adams:alice@example.org:admin,user\n", FIRST)
    write(root / "conf/acl.auth.php", "*\t@ALL\t1\n", FIRST)
    line = f"{FIRST}\t192.0.2.1\tC\tivy\talice\tfirst\t\t6\n{SECOND}\t192.0.2.1\tE\tivy\talice\tsecond\t\t1\n"
    write(root / "data/meta/ivy.changes", line, SECOND)
    write(root / "data/pages/ivy.txt", "climbs!", SECOND)
    write(root / f"data/attic/ivy.{FIRST}.txt.gz", gzip.compress(b"climbs"), FIRST)
    write(root / f"data/attic/ivy.{SECOND}.txt.gz", gzip.compress(b"climbs!"), SECOND)
    write(root / "data/media/leaf.txt", "green", FIRST)
    write(root / "data/cache/x/y.i", "made anew", FIRST)


def change_wiki(root: Path) -> None:
    """What somebody writes between the two runs."""
    with (root / "data/meta/ivy.changes").open("a") as log:
        log.write(f"{THIRD}\t192.0.2.1\tE\tivy\talice\tthird\t\t1\n")
    write(root / "data/pages/ivy.txt", "climbs!!", THIRD)
    write(root / f"data/attic/ivy.{THIRD}.txt.gz", gzip.compress(b"climbs!!"), THIRD)


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    make_wiki(tmp_path / "dokuwiki")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LIERRE_DATABASE_URL", raising=False)
    monkeypatch.setenv("LIERRE_HOME", str(tmp_path / "home"))
    return CliRunner()


def test_the_recipe_works_word_by_word(runner: CliRunner, tmp_path: Path) -> None:
    text, said = RECIPE.read_text("utf-8"), {}
    commands = COMMAND.findall(text)
    source, back = tmp_path / "dokuwiki", tmp_path / "back"
    before = {path: path.read_bytes() for path in source.rglob("*") if path.is_file()}

    for command in commands:
        if "second.txt" in command:
            change_wiki(source)
            with (source / "conf/local.php").open("a") as local:
                local.write(f"{CONF.findall(text)[0]}\n")
        asked = command.partition(" > ")[0].replace("/srv/dokuwiki", str(source)).replace("/srv/back", str(back))
        done = runner.invoke(main, asked.split())
        said[command.split()[-1]] = done.stdout
        assert done.exit_code == 0, f"{command}\n{done.output}"

    assert len(commands) == 6
    assert said["look.json"].startswith("Looked through")
    assert "none differ" in said["first.txt"]
    assert "none differ" in said["second.txt"]
    shown = runner.invoke(main, ["page", "get", "ivy"])
    assert shown.stdout.strip() == "climbs!!"
    assert all(path.read_bytes() == content for path, content in before.items() if path.suffix == ".gz")
    assert (tmp_path / "first.tar.gz").exists()
    assert (back / "data/pages/ivy.txt").read_text() == "climbs!!"
    assert said["back.txt"]
