"""The history as a repository: each time has the texts of that time, for those who may read them, and nothing else."""

import io
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.errors import BadValue
from app.domain.viewer import ANYONE, Viewer
from app.exchange import git_history
from app.exchange.export_report import ExportReport
from app.exchange.exported import BYTES_GONE, ExportProgress
from app.exchange.git_history import NEVER_KEPT, stream_git
from app.exchange.git_running import export_git
from app.exchange.git_stream import Commit, Content, Person, written
from app.exchange.leaving import Options
from app.exchange.new_folder import MARK
from app.services.conversion import change_markup
from app.services.media import delete_media
from app.services.media_moving import Move, move_media
from app.store.accounts import Account
from app.store.blobs import key_of
from app.store.database import transaction
from app.store.media import Media, MediaRevision
from app.store.pages import Page, Revision
from tests.conftest import ALICE, BOB, NOW
from tests.exchange import going_out
from tests.exchange.going_out import BOTH, Wiki, close, ignore, upload, write

GIT = shutil.which("git")
HELD = "wiki.invalid"
database_url, wiki = going_out.database_url, going_out.wiki


def stream(wiki: Wiki, viewer: Viewer = ANYONE) -> bytes:
    found = io.BytesIO()
    stream_git(wiki, found, Options(NOW, viewer), ignore)
    return found.getvalue()


@dataclass
class Repository:
    """What ``export_git`` made."""

    root: Path
    report: ExportReport

    def git(self, *command: str) -> str:
        assert GIT
        own = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
        done = subprocess.run(
            [GIT, "-C", str(self.root), "-c", "core.quotePath=false", *command],
            capture_output=True,
            check=True,
            env=os.environ | own,
        )
        return done.stdout.decode()

    def log(self, what: str) -> list[str]:
        return self.git("log", "--reverse", f"--format={what}").splitlines()

    def at(self, minute: int) -> dict[str, str]:
        """Paths and contents as they were then."""
        commit = self.git("rev-list", "-1", f"--before={NOW + 60 * minute} +0000", "main").strip()
        paths = self.git("ls-tree", "-r", "--name-only", "-z", commit).split("\0")[:-1]
        return {path: self.git("show", f"{commit}:{path}") for path in paths}


@pytest.fixture
def target(tmp_path: Path) -> Path:
    if GIT is None:
        pytest.skip("git: not installed")
    return tmp_path / "out"


def export(wiki: Wiki, target: Path, viewer: Viewer = ANYONE) -> Repository:
    made = Repository(target, export_git(wiki, target, Options(NOW, viewer), ignore))
    assert not (target / MARK).exists()
    made.git("fsck", "--strict")
    return made


# ------------------------------------------------------------------ what it says


@BOTH
def test_each_time_has_the_texts_of_that_time(session: Session, wiki: Wiki, target: Path) -> None:
    write(session, "ivy", "one\n", "two\n", "", "three\n")
    write(session, "ns:moss", "green\n", at=1)
    made = export(wiki, target)
    assert made.at(0) == {"pages/ivy.txt": "one\n"}
    assert made.at(1) == {"pages/ivy.txt": "two\n", "pages/ns/moss.txt": "green\n"}
    assert made.at(2) == {"pages/ns/moss.txt": "green\n"}
    assert made.at(9) == {"pages/ivy.txt": "three\n", "pages/ns/moss.txt": "green\n"}
    assert (target / "pages/ivy.txt").read_text() == "three\n"
    assert not made.git("status", "--porcelain")
    assert made.report.written == {"changes of pages": 5}


def test_a_change_has_its_author_time_and_summary(session: Session, wiki: Wiki, target: Path) -> None:
    with transaction(session):
        session.add(Account(login="bob", name="Bob Böhm", mail="bob@mail.example", password="", created_at=NOW))
    write(session, "ivy", "one\n", viewer=BOB, summary="so it  grows")
    write(session, "ivy", "two\n", at=1)
    with transaction(session):
        nobody = {"author": "", "address": "192.0.2.3"}
        session.execute(update(Revision).where(Revision.time > NOW).values(nobody))
    made = export(wiki, target, ALICE)
    assert made.log("%an|%ae|%at|%ai|%s|%b") == [
        f"Bob Böhm|bob@mail.example|{NOW}|2025-06-15 15:06:40 +0000|so it grows|ivy: create",
        "",
        f"192.0.2.3|somebody@{HELD}|{NOW + 60}|2025-06-15 15:07:40 +0000|ivy: edit|",
    ]
    assert made.log("%cn|%ct") == [f"Bob Böhm|{NOW}", f"192.0.2.3|{NOW + 60}"]


def test_a_page_that_changes_its_markup_goes_on_under_another_ending(
    session: Session, wiki: Wiki, target: Path
) -> None:
    write(session, "ivy", "**one**\n")
    based = session.execute(select(Page.current_id)).scalar_one()
    change_markup(session, "ivy", "markdown", text="*one*\n", based_on=based, viewer=ALICE, now=NOW + 60)
    made = export(wiki, target)
    assert made.at(0) == {"pages/ivy.txt": "**one**\n"}
    assert made.at(1) == {"pages/ivy.md": "*one*\n"}


@BOTH
def test_files_are_there_with_theirs(session: Session, wiki: Wiki, target: Path) -> None:
    write(session, "ivy", "one\n")
    upload(session, wiki.blobs, "ns:a.txt", b"first", 1)
    upload(session, wiki.blobs, "ns:a.txt", b"second", 2)
    delete_media(session, "ns:a.txt", viewer=ALICE, now=NOW + 180)
    made = export(wiki, target)
    assert [made.at(minute).get("media/ns/a.txt") for minute in range(4)] == [None, "first", "second", None]
    assert made.report.written == {"changes of pages": 1, "changes of files": 3}


@pytest.mark.parametrize("note", ["", "told: as it should"])
def test_a_file_has_its_old_name_before_it_was_renamed(session: Session, wiki: Wiki, target: Path, note: str) -> None:
    upload(session, wiki.blobs, "a.txt", b"first", 0)
    for minute, (old, new) in enumerate([("a.txt", "ns:b.txt"), ("ns:b.txt", "c.txt")], 1):
        move_media(session, Move(old, new, note), viewer=ALICE, now=NOW + 60 * minute)
    made = export(wiki, target)
    assert [list(made.at(minute)) for minute in range(3)] == [["media/a.txt"], ["media/ns/b.txt"], ["media/c.txt"]]


def test_a_line_that_only_says_that_a_file_was_renamed_moves_nothing(
    session: Session, wiki: Wiki, target: Path
) -> None:
    upload(session, wiki.blobs, "a.txt", b"first", 0)
    upload(session, wiki.blobs, "b.txt", b"other", 1)
    with transaction(session):
        of_b = select(Media.id).where(Media.name == "b.txt").scalar_subquery()
        lie = {"kind": "minor", "summary": "file a.txt renamed to b.txt"}
        session.execute(update(MediaRevision).where(MediaRevision.media_id == of_b).values(lie))
    assert export(wiki, target).at(1) == {"media/a.txt": "first", "media/b.txt": "other"}


def test_the_same_wiki_is_the_same_commits(session: Session, wiki: Wiki, target: Path, tmp_path: Path) -> None:
    write(session, "b", "one\n", "two\n")
    write(session, "a", "one\n")
    one = export(wiki, target)
    other = export(wiki, tmp_path / "other")
    assert one.git("rev-parse", "main") == other.git("rev-parse", "main")
    assert stream(wiki) == stream(wiki)


@BOTH
@pytest.mark.parametrize("stretch", [1, 2, 100])
def test_stretches_hide_nothing(session: Session, wiki: Wiki, monkeypatch: pytest.MonkeyPatch, stretch: int) -> None:
    for name in "bca":
        write(session, name, "one\n", "two\n")
    whole = stream(wiki)
    monkeypatch.setattr(git_history, "STRETCH", stretch)
    assert stream(wiki) == whole
    assert whole.count(b"\ncommit refs/heads/main\n") == 6


def test_progress_counts_changes(session: Session, wiki: Wiki) -> None:
    write(session, "ivy", "one\n", "two\n")
    seen: list[ExportProgress] = []
    stream_git(wiki, io.BytesIO(), Options(NOW), seen.append)
    assert [(one.done, one.total) for one in seen] == [(1, 2), (2, 2)]


@BOTH
def test_what_is_saved_meanwhile_does_not_go_out(session: Session, wiki: Wiki, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_history, "STRETCH", 1)
    write(session, "ivy", "one\n", "two\n")
    before = stream(wiki)

    def save(progress: ExportProgress) -> None:
        if progress.done == 1:
            write(session, "moss", "new\n", at=1)
            write(session, "ivy", "three\n", at=2)

    found = io.BytesIO()
    stream_git(wiki, found, Options(NOW), save)
    assert found.getvalue() == before
    assert stream(wiki).count(b"\ncommit ") == 4


def test_an_empty_wiki_is_an_empty_repository(wiki: Wiki, target: Path) -> None:
    made = Repository(target, export_git(wiki, target, Options(NOW), ignore))
    assert made.report == ExportReport()
    assert made.git("status", "--porcelain", "--branch") == "## No commits yet on main\n"


# ------------------------------------------------------------------ what is missing


def test_what_nobody_kept_is_a_change_without_it(session: Session, wiki: Wiki, target: Path) -> None:
    write(session, "ivy", "one\n", "two\n", "three\n")
    with transaction(session):
        session.execute(update(Revision).where(Revision.time == NOW + 60).values(text_id=None))
    made = export(wiki, target)
    assert made.at(1) == {"pages/ivy.txt": "one\n"}
    assert len(made.log("%h")) - made.log("%h").count("") == 3
    assert made.report.changed == [(f"ivy, {NOW + 60}", NEVER_KEPT)]
    assert made.report.exit_status == 0


def test_bytes_that_are_gone_are_told(session: Session, wiki: Wiki, target: Path) -> None:
    write(session, "ivy", "one\n")
    upload(session, wiki.blobs, "a.txt", b"first", 0)
    sha256 = session.execute(select(MediaRevision.sha256)).scalar_one()
    assert sha256
    wiki.blobs.objects.remove(key_of(sha256))
    made = export(wiki, target)
    assert made.report.left == [(f"a.txt, {NOW}", BYTES_GONE)]
    assert made.report.exit_status == 1


def test_bytes_that_are_not_as_many_as_they_should_be_end_the_stream() -> None:
    content = Content("media/a", 5, [b"ab"])
    with pytest.raises(OSError, match="has 2 bytes in place of 5"):
        list(written(Commit(NOW, Person("a", "b"), "", content=content)))


# ------------------------------------------------------------------ who reads it


@BOTH
def test_nothing_goes_out_that_its_reader_may_not_read(session: Session, wiki: Wiki) -> None:
    close(session, "secret:*")
    write(session, "open", "for all\n")
    write(session, "secret:plan", "hidden words\n", "later words\n", "", summary="hidden summary", viewer=BOB)
    upload(session, wiki.blobs, "secret:a.txt", b"hidden bytes", 1)
    found = stream(wiki)
    assert b"for all" in found
    for word in (b"secret", b"hidden", b"later", b"bob", b"plan"):
        assert word not in found
    assert b"hidden words" in stream(wiki, BOB)
    assert b"hidden bytes" in stream(wiki, ALICE)


@BOTH
def test_names_that_a_file_had_where_its_reader_may_not_look_stay_unsaid(session: Session, wiki: Wiki) -> None:
    upload(session, wiki.blobs, "secret:a.txt", b"once hidden", 0)
    move_media(session, Move("secret:a.txt", "open.txt", "told"), viewer=ALICE, now=NOW + 60)
    close(session, "secret:*")
    found = stream(wiki)
    assert found.count(b'M 100644 inline "media/open.txt"') == 2
    assert b"secret" not in found
    assert b"media/secret/a.txt" in stream(wiki, BOB)


def test_mail_addresses_go_to_those_only_who_administer(session: Session, wiki: Wiki) -> None:
    with transaction(session):
        session.add(Account(login="bob", name="Bob", mail="bob@mail.example", password="", created_at=NOW))
    write(session, "ivy", "one\n", viewer=BOB)
    assert b"author Bob <bob@mail.example> " in stream(wiki, ALICE)
    for viewer in (ANYONE, BOB):
        assert b"mail.example" not in stream(wiki, viewer)
        assert f"author Bob <bob@{HELD}> ".encode() in stream(wiki, viewer)


# ------------------------------------------------------------------ attacks


@pytest.mark.parametrize(
    "said",
    [
        "x\ndata 3\nabc\nD pages/open.txt",
        "Eve <eve@example.org> 0 +0000\ncommitter x",
        "<><>\0\x1b[31m",
        "done\n",
        "\ud800 half",
        '"quoted\\',
    ],
)
def test_nobody_writes_commands_into_the_stream(session: Session, wiki: Wiki, target: Path, said: str) -> None:
    """Whatever once got into the tables: other wikis, other programs."""
    write(session, "open", "kept\n", "kept still\n")
    stored = said.replace("\0", "").replace("\ud800", "")  # what databases take
    with transaction(session):
        session.execute(update(Revision).values(author=stored, summary=stored, address=stored[:64]))
        session.add(Account(login=stored, name=stored, mail=stored, password="", created_at=NOW))
    made = export(wiki, target, ALICE)
    assert made.at(1) == {"pages/open.txt": "kept still\n"}
    assert len([line for line in made.git("log", "--format=commit %H").splitlines() if line]) == 2


@pytest.mark.parametrize(
    "name", [".git:config", "a:..:..:b", "-c", '"a"', ".gitattributes", "a\nb", "con", "x" * 255, "ns:.git", "ä:ö"]
)
def test_no_name_leads_out_of_its_folder(session: Session, wiki: Wiki, target: Path, name: str) -> None:
    write(session, "ivy", "one\n")
    with transaction(session):
        session.execute(update(Page).values(name=name))
    made = export(wiki, target)
    (path,) = made.at(0)
    assert path.startswith("pages/")
    assert (target / path).read_text() == "one\n"
    assert {one.name for one in target.iterdir()} == {".git", "pages"}


def test_what_the_operator_set_for_other_repositories_has_no_say(
    session: Session, wiki: Wiki, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(session, "ivy", "one\n")
    home = tmp_path / "home"
    hook = home / "hooks/post-checkout"
    hook.parent.mkdir(parents=True)
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    hook.chmod(0o755)
    (home / ".config/git").mkdir(parents=True)
    (home / ".config/git/attributes").write_text("* text eol=crlf\n")
    (home / ".gitconfig").write_text(f"[core]\n hooksPath = {hook.parent}\n autocrlf = true\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Mallory")
    export_git(wiki, target, Options(NOW), ignore)
    assert (target / "pages/ivy.txt").read_bytes() == b"one\n"
    assert not (tmp_path / "ran").exists()
    assert not (tmp_path / "elsewhere").exists()


# ------------------------------------------------------------------ where it cannot be


def test_a_machine_without_git_is_told_what_else_there_is(
    wiki: Wiki, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BadValue, match="no git on this machine"):
        export_git(wiki, tmp_path / "out", Options(NOW), ignore)
    assert not (tmp_path / "out").exists()


def test_a_folder_that_holds_something_is_left_alone(wiki: Wiki, target: Path) -> None:
    target.mkdir()
    (target / "mine").write_text("mine")
    with pytest.raises(BadValue, match="is not empty"):
        export_git(wiki, target, Options(NOW), ignore)
    assert [one.name for one in target.iterdir()] == ["mine"]


def test_an_export_that_breaks_off_leaves_no_history_and_says_so(
    session: Session, wiki: Wiki, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(session, "ivy", "one\n")

    def broken(*_given: object) -> Iterator[bytes]:
        yield b"commit refs/heads/main\n"
        raise OSError("the disk is gone")

    monkeypatch.setattr(git_history, "written", broken)
    with pytest.raises(OSError, match="the disk is gone"):
        export_git(wiki, target, Options(NOW), ignore)
    assert (target / MARK).exists()
    assert not (target / ".git/refs/heads/main").exists()


def test_what_git_says_is_said_on(session: Session, wiki: Wiki, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(session, "ivy", "one\n")
    monkeypatch.setattr(git_history, "HEAD", b"feature unheard-of\n")
    with pytest.raises(OSError, match=r"git fast-import: .*unheard-of"):
        export_git(wiki, target, Options(NOW), ignore)
