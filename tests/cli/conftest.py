from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import main

Run = Callable[..., Result]


@pytest.fixture
def home(sqlite_url: str, tmp_path: Path) -> Path:
    """The data folder of an empty wiki."""
    assert sqlite_url.endswith("/wiki.db")
    return tmp_path


@pytest.fixture
def lierre(tmp_path: Path) -> Run:
    """The command, on the data folder ``tmp_path`` unless told another."""

    def run(*arguments: str, stdin: str | bytes = "", home: Path = tmp_path, **environment: str) -> Result:
        runner = CliRunner(env={"LIERRE_HOME": str(home), "LIERRE_DATABASE_URL": None, **environment})
        return runner.invoke(main, arguments, input=stdin, catch_exceptions=False)

    return run
