import io
import json
import socket
import sqlite3
import stat
import tarfile
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import Result

from app.store.blobs import local_blobs
from tests.cli.conftest import Run
from tests.cli.test_media import PNG

PASSWORD = "ivy climbs by its links\n"


@pytest.fixture
def filled(lierre: Run, home: Path) -> Path:
    """A wiki with a page, a picture and an administrator."""
    (home / "a.png").write_bytes(PNG)
    for result in (
        lierre("page", "put", "start", stdin="====== Ivy ======\n{{a.png}}"),
        lierre("media", "put", "a.png", str(home / "a.png")),
        lierre("user", "add", "ada", "--group", "admin", "--password-stdin", stdin=PASSWORD),
    ):
        assert result.exit_code == 0, result.stderr
    return home


def test_init_fills_a_new_wiki_once(lierre: Run, tmp_path: Path) -> None:
    home = tmp_path / "new" / "wiki"

    first = lierre("init", home=home)
    names = lierre("page", "list", home=home).stdout.split()
    lierre("page", "delete", "playground:playground", home=home)
    second = lierre("init", home=home)

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert {"start", "ia:modeles", "wiki:syntax", "sidebar", "playground:playground"} <= set(names)
    assert f"{len(names)} pages" in first.stderr
    assert set(names) - set(lierre("page", "list", home=home).stdout.split()) == {"playground:playground"}
    assert lierre("media", "list", home=home).stdout != ""
    assert lierre("doctor", home=home).exit_code == 0


def test_init_empty_loads_nothing_then_or_later(lierre: Run, tmp_path: Path) -> None:
    home = tmp_path / "new"

    assert lierre("init", "--empty", home=home).exit_code == 0
    assert lierre("init", home=home).exit_code == 0

    assert lierre("page", "list", home=home).stdout == ""


def test_the_key_is_readable_by_its_owner_alone(lierre: Run, home: Path) -> None:
    lierre("page", "list")

    assert stat.S_IMODE((home / "secret.key").stat().st_mode) == 0o600


def test_a_new_data_folder_is_for_its_owner_alone(lierre: Run, filled: Path, tmp_path: Path) -> None:
    """The database in it holds all password hashes."""
    archive, made, restored = tmp_path / "all.tar.gz", tmp_path / "made", tmp_path / "restored"
    lierre("backup", str(archive))

    lierre("init", "--empty", home=made)
    lierre("restore", str(archive), home=restored)

    assert [stat.S_IMODE(home.stat().st_mode) for home in (made, restored)] == [0o700, 0o700]


def test_a_backup_brings_everything_back(lierre: Run, filled: Path, tmp_path: Path) -> None:
    archive, other = tmp_path / "all.tar.gz", tmp_path / "other"

    assert lierre("backup", str(archive)).exit_code == 0
    restored = lierre("restore", str(archive), home=other)

    assert restored.exit_code == 0, restored.stderr
    assert lierre("page", "get", "start", home=other).stdout.startswith("====== Ivy")
    assert lierre("media", "get", "a.png", home=other).stdout_bytes == PNG
    assert lierre("user", "list", home=other).stdout == "ada\n"
    assert (other / "secret.key").read_bytes() == (filled / "secret.key").read_bytes()
    assert stat.S_IMODE((other / "secret.key").stat().st_mode) == 0o600
    assert lierre("doctor", home=other).exit_code == 0


def test_a_backup_holds_the_bytes_that_came_from_another_wiki(lierre: Run, filled: Path, tmp_path: Path) -> None:
    archive, other, kept = tmp_path / "all.tar.gz", tmp_path / "other", b"what an extension wrote"
    sha256 = local_blobs(filled / "media").put(io.BytesIO(kept), limit=99).sha256
    with closing(sqlite3.connect(filled / "wiki.db")) as connection, connection:
        row = ("data/meta/start.foo", sha256, len(kept), 0)
        connection.execute("INSERT INTO kept_file (path, sha256, size, changed_at) VALUES (?, ?, ?, ?)", row)

    assert lierre("backup", str(archive)).exit_code == 0
    restored = lierre("restore", str(archive), home=other)

    assert restored.exit_code == 0, restored.stderr
    assert b"".join(local_blobs(other / "media").read(sha256)) == kept


def test_a_backup_from_before_a_column_was_there_is_restored(lierre: Run, filled: Path, tmp_path: Path) -> None:
    archive, other = tmp_path / "all.tar.gz", tmp_path / "other"
    with closing(sqlite3.connect(filled / "wiki.db")) as connection, connection:
        connection.execute("DROP TABLE kept_file")

    assert lierre("backup", str(archive)).exit_code == 0
    restored = lierre("restore", str(archive), home=other)

    assert restored.exit_code == 0, restored.stderr
    assert lierre("media", "get", "a.png", home=other).stdout_bytes == PNG


def test_a_backup_is_for_its_owner_alone(lierre: Run, filled: Path, tmp_path: Path) -> None:
    """It holds the key and all password hashes."""
    archive = tmp_path / "all.tar.gz"

    lierre("backup", str(archive))

    assert stat.S_IMODE(archive.stat().st_mode) == 0o600


def test_nobody_owns_a_backup_by_making_its_file_first(lierre: Run, filled: Path, tmp_path: Path) -> None:
    """In a folder that others write to: they would read the key and all password hashes, or have another file hit."""
    archive, other = tmp_path / "all.tar.gz", tmp_path / "other"
    other.write_text("precious")
    archive.with_name("all.tar.gz.part").symlink_to(other)

    assert lierre("backup", str(archive)).exit_code == 0

    assert other.read_text() == "precious"
    assert not archive.is_symlink()
    assert {path.name for path in tmp_path.iterdir() if "all.tar.gz" in path.name} == {
        "all.tar.gz",
        "all.tar.gz.part",
    }


def test_a_backup_is_of_one_moment(lierre: Run, filled: Path, tmp_path: Path) -> None:
    """What another process has not committed is not in it."""
    archive, other = tmp_path / "all.tar.gz", tmp_path / "other"
    with sqlite3.connect(filled / "wiki.db") as connection:
        connection.execute("UPDATE page SET title = 'half done'")
        assert lierre("backup", str(archive)).exit_code == 0
        connection.rollback()
    connection.close()

    lierre("restore", str(archive), home=other)

    assert json.loads(lierre("page", "list", "--json", home=other).stdout)["title"] == "Ivy"


def test_neither_overwrites_anything(lierre: Run, filled: Path, tmp_path: Path) -> None:
    archive = tmp_path / "all.tar.gz"
    lierre("backup", str(archive))
    before = archive.read_bytes()

    again, over = lierre("backup", str(archive)), lierre("restore", str(archive))

    assert (again.exit_code, over.exit_code) == (1, 1)
    assert archive.read_bytes() == before
    assert lierre("page", "get", "start").exit_code == 0


def packed(path: Path, *members: tuple[str, bytes, bytes]) -> Path:
    """An archive of members (name, content, type)."""
    with tarfile.open(path, "w:gz") as archive:
        for name, content, kind in members:
            entry = tarfile.TarInfo(name)
            entry.type, entry.size, entry.linkname = kind, len(content), "/etc/passwd"
            archive.addfile(entry, io.BytesIO(content))
    return path


@pytest.mark.parametrize(
    "member",
    [
        pytest.param(("../escaped", b"x", tarfile.REGTYPE), id="a name that climbs out"),
        pytest.param(("/tmp/escaped", b"x", tarfile.REGTYPE), id="an absolute name"),
        pytest.param(("media/aa/bb/../../../escaped", b"x", tarfile.REGTYPE), id="a name that climbs out further down"),
        pytest.param(("wiki.db", b"", tarfile.SYMTYPE), id="a symbolic link"),
        pytest.param(("secret.key", b"", tarfile.LNKTYPE), id="a hard link"),
        pytest.param(("other.txt", b"x", tarfile.REGTYPE), id="a file that no backup has"),
    ],
)
def test_a_crafted_backup_writes_nowhere_else(lierre: Run, tmp_path: Path, member: tuple[str, bytes, bytes]) -> None:
    home = tmp_path / "deep" / "down"
    archive = packed(tmp_path / "crafted.tar.gz", member)

    result = lierre("restore", str(archive), home=home)

    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert [path for path in tmp_path.rglob("*") if path.is_file() and path != archive] == []


def broken(lierre: Run, path: Path, body: bytes) -> Result:
    path.write_bytes(body)
    return lierre("restore", str(path), home=path.parent / "other")


def test_half_a_backup_is_refused_and_leaves_nothing_behind(lierre: Run, filled: Path, tmp_path: Path) -> None:
    archive = tmp_path / "all.tar.gz"
    lierre("backup", str(archive))
    body = archive.read_bytes()

    for length in (0, 10, len(body) // 2, len(body) - 20):
        assert broken(lierre, tmp_path / "half.tar.gz", body[:length]).exit_code == 1
        assert not (tmp_path / "other" / "wiki.db").exists()
    assert lierre("restore", str(archive), home=tmp_path / "other").exit_code == 0


def test_a_backup_whose_picture_was_changed_is_refused(lierre: Run, filled: Path, tmp_path: Path) -> None:
    archive, other = tmp_path / "all.tar.gz", tmp_path / "other.tar.gz"
    lierre("backup", str(archive))
    with tarfile.open(archive) as source:
        members = [(m.name, source.extractfile(m).read(), tarfile.REGTYPE) for m in source]  # type: ignore[union-attr]  # all are files
    packed(other, *((name, b"x" if name.startswith("media/") else body, kind) for name, body, kind in members))

    result = lierre("restore", str(other), home=tmp_path / "new")

    assert result.exit_code == 1
    assert "other bytes" in result.stderr


def test_a_backup_without_the_bytes_of_a_file_is_not_made(lierre: Run, filled: Path, tmp_path: Path) -> None:
    for path in (filled / "media").glob("??/??/*"):
        path.unlink()

    result = lierre("backup", str(tmp_path / "all.tar.gz"))

    assert result.exit_code == 1
    assert list(tmp_path.glob("all.tar.gz*")) == []


def test_postgresql_is_backed_up_by_its_own_tools(lierre: Run, postgres_url: str, tmp_path: Path) -> None:
    result = lierre("backup", str(tmp_path / "x.tar.gz"), LIERRE_DATABASE_URL=postgres_url)

    assert result.exit_code == 1
    assert "pg_dump" in result.stderr


def test_the_doctor_finds_damage(lierre: Run, filled: Path) -> None:
    healthy = lierre("doctor")
    for path in (filled / "media").glob("??/??/*"):
        path.unlink()

    ill = lierre("doctor")

    assert (healthy.exit_code, healthy.stderr) == (0, "")
    assert ill.exit_code == 1
    assert ill.stderr == "WRONG files without bytes: 1\n"


def test_help_lists_everything_in_one_line_each(lierre: Run) -> None:
    text = lierre("--help").stdout

    commands = {line.split()[0]: line.split(None, 1)[1] for line in text.partition("Commands:")[2].splitlines() if line}
    assert set(commands) == {
        "init",
        "serve",
        "page",
        "media",
        "user",
        "render",
        "import",
        "export",
        "backup",
        "restore",
        "doctor",
        "jobs",
        "mail",
    }
    assert all(words.endswith((".", ")")) for words in commands.values())


@pytest.mark.parametrize("group", ["", "page", "media", "user", "export", "jobs", "mail"])
def test_no_line_of_the_help_breaks_off(lierre: Run, group: str) -> None:
    text = lierre(*group.split(), "--help").stdout

    assert [line for line in text.partition("Commands:")[2].splitlines() if line.endswith("...")] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("PORT", "x", id="a port that is no number"),
        pytest.param("LIERRE_DATABASE_URL", "mysql://x", id="a database of another kind"),
        pytest.param("LIERRE_SECRET_KEY", "short", id="a key that can be guessed"),
    ],
)
def test_nonsense_in_the_environment_is_refused_by_name(lierre: Run, home: Path, name: str, value: str) -> None:
    result = lierre("page", "list", **{name: value})

    assert result.exit_code == 1
    assert name in result.stderr


def test_a_database_that_cannot_be_written_is_told_in_one_line(lierre: Run, filled: Path) -> None:
    with sqlite3.connect(filled / "wiki.db") as connection:
        connection.execute("CREATE TRIGGER full BEFORE INSERT ON revision BEGIN INSERT INTO nowhere VALUES (1); END")
    connection.close()

    result = lierre("page", "put", "other", stdin="text")

    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert lierre("page", "list").stdout == "start\n"


@pytest.mark.parametrize("command", [("page", "list"), ("init",), ("doctor",)])
def test_a_database_that_does_not_answer_is_told_in_one_line(lierre: Run, command: tuple[str, ...]) -> None:
    nowhere = "postgresql+psycopg://wiki:hunter2@127.0.0.1:1/wiki?connect_timeout=2"

    result = lierre(*command, LIERRE_DATABASE_URL=nowhere)

    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert "database does not answer" in result.stderr
    assert "hunter2" not in result.stderr


def test_a_data_folder_that_cannot_be_made_is_told_in_one_line(lierre: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    result = lierre("init", home=tmp_path / "file" / "wiki")

    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert "Not a directory" in result.stderr


def test_a_port_in_use_is_told_in_one_line_before_anything_is_made(lierre: Run, tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        result = lierre("serve", "--port", str(other.getsockname()[1]), home=tmp_path / "new")

    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (1, "", 1)
    assert "in use" in result.stderr
    assert not (tmp_path / "new").exists()
