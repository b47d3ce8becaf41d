"""A save that was confirmed survives the death of the process that made it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.services.pages import read_page
from app.store.database import open_engine, session_factory
from tests.conftest import EVE

SAVER = """
import sys
from app.domain.viewer import Viewer
from app.services.pages import PageEdit, save_page
from app.store.database import open_engine, session_factory

base, number = None, 0
with session_factory(open_engine(sys.argv[1]))() as session:
    bob = Viewer(login="bob", groups=frozenset({"user"}))
    while True:
        edit = PageEdit("p", f"text {number} [[link{number}]]", based_on=base)
        base = save_page(session, edit, viewer=bob, now=1_750_000_000).revision
        print(number, flush=True)
        number += 1
"""


@pytest.mark.parametrize("after", [0, 5, 17])
def test_a_confirmed_save_survives_a_kill(sqlite_url: str, after: int) -> None:
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent.parent)}
    with subprocess.Popen([sys.executable, "-c", SAVER, sqlite_url], stdout=subprocess.PIPE, env=environ) as saver:
        assert saver.stdout is not None
        confirmed = [next(saver.stdout) for _ in range(after + 1)]
        saver.send_signal(signal.SIGKILL)
        confirmed += saver.stdout.readlines()

    engine = open_engine(sqlite_url)
    with session_factory(engine)() as session:
        text = read_page(session, "p", viewer=EVE).text
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    engine.dispose()
    # The save at work when the process died may be there or not; every confirmed one is.
    assert int(text.split()[1]) in (int(confirmed[-1]), int(confirmed[-1]) + 1)
