"""A new repository from the history of the wiki, made by the git of this machine."""

import errno
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from app.domain.errors import BadValue
from app.exchange.export_report import ExportReport
from app.exchange.exported import ExportProgress
from app.exchange.git_history import stream_git
from app.exchange.leaving import Options, Signing
from app.exchange.new_folder import new_folder

NO_GIT = "There is no git on this machine. Install it, or write a stream, which git fast-import reads elsewhere."
MOST_SAID = 2000  # bytes of what git says that are told on
# What the machine or the operator set for other repositories has no say in this one.
_OURS = {
    "core.hooksPath": os.devnull,
    "core.attributesFile": os.devnull,
    "core.excludesFile": os.devnull,
    "safe.directory": "*",  # the folder may have been made for us by somebody else
}


def export_git(
    wiki: Signing, target: Path, options: Options, progress: Callable[[ExportProgress], None]
) -> ExportReport:
    """Make ``target``, a new or empty folder, a repository whose branch ``main`` is the whole history.

    Raises:
        BadValue: field ``target``; it is no folder, or not empty. Field ``git``: there is none.
        OSError: git said no, or the disk is full.
    """
    program = shutil.which("git")
    if program is None:
        raise BadValue(field="git", reason=NO_GIT)
    with new_folder(target, options.mode):
        git = [program, *(part for name, value in _OURS.items() for part in ("-c", f"{name}={value}"))]
        _run([*git, "init", "--quiet", "--template=", str(target)])
        git += ["-C", str(target)]
        _run([*git, "symbolic-ref", "HEAD", "refs/heads/main"])
        report = _import(git, wiki, options, progress)
        if report.written:
            _run([*git, "reset", "--quiet", "--hard"])
    return report


def _import(
    git: list[str], wiki: Signing, options: Options, progress: Callable[[ExportProgress], None]
) -> ExportReport:
    command = [*git, "fast-import", "--quiet", "--date-format=raw"]
    report = ExportReport()
    with tempfile.TemporaryFile() as said:
        with (
            suppress(BrokenPipeError),  # git ended: it says below why
            subprocess.Popen(command, stdin=subprocess.PIPE, stderr=said, env=_surroundings()) as process,  # noqa: S603
        ):
            report = _fed(process, wiki, options, progress)
        if process.returncode:
            said.seek(0)
            raise OSError(errno.EIO, f"git fast-import: {_words(said.read(MOST_SAID))}")
    return report


def _fed(
    process: subprocess.Popen[bytes], wiki: Signing, options: Options, progress: Callable[[ExportProgress], None]
) -> ExportReport:
    assert process.stdin is not None  # noqa: S101 a pipe was asked for
    try:
        return stream_git(wiki, process.stdin, options, progress)
    except BrokenPipeError:
        raise
    except BaseException:
        process.kill()
        with suppress(BrokenPipeError):  # what is left in the pipe, which must not hide what happened
            process.stdin.close()
        raise


def _run(command: list[str]) -> None:
    done = subprocess.run(command, stderr=subprocess.PIPE, env=_surroundings(), check=False)  # noqa: S603 a list, no shell
    if done.returncode:
        raise OSError(errno.EIO, f"git: {_words(done.stderr[:MOST_SAID])}")


def _words(said: bytes) -> str:
    """On one line, for people."""
    return " ".join(said.decode(errors="replace").split())


def _surroundings() -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return own | {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }
