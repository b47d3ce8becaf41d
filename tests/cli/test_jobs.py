"""``lierre jobs`` and ``lierre mail``."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.services import jobs
from app.services.mail import Letter, queue
from app.store.database import open_engine, session_factory, transaction
from tests.cli.conftest import Run
from tests.conftest import NOW
from tests.services.mailboxes import Mailbox, mail_server

BASE = {"LIERRE_BASE_URL": "https://wiki.example.org", "LIERRE_MAIL_FROM": "wiki@example.org"}


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as box:
        yield box


def environment(box: Mailbox) -> dict[str, str]:
    return BASE | {"LIERRE_SMTP_URL": f"smtp://127.0.0.1:{box.server.port}"}


def write_letter(home: Path) -> None:
    engine = open_engine(f"sqlite:///{home / 'wiki.db'}")
    with session_factory(engine)() as session, transaction(session):
        queue(session, Letter("test", "bob@example.org", "en", {}), now=NOW)
        jobs.add(session, "of a newer version", {}, now=NOW)
    engine.dispose()


def test_a_letter_is_sent_to_see_whether_mail_works(home: Path, lierre: Run, mailbox: Mailbox) -> None:
    result = lierre("mail", "test", "bob@example.org", **environment(mailbox))

    assert (result.exit_code, mailbox.recipients) == (0, ["bob@example.org"])


def test_what_the_server_says_is_said(home: Path, lierre: Run, mailbox: Mailbox) -> None:
    mailbox.answers = ["550 no such person"]
    result = lierre("mail", "test", "bob@example.org", **environment(mailbox))

    assert result.exit_code == 1
    assert "550 no such person" in result.output


def test_mail_that_is_not_set_up_says_what_to_set(home: Path, lierre: Run) -> None:
    result = lierre("mail", "test", "bob@example.org")

    assert result.exit_code == 1
    assert "LIERRE_SMTP_URL" in result.output


def test_jobs_are_listed_and_done(home: Path, lierre: Run, mailbox: Mailbox) -> None:
    write_letter(home)
    listed = [json.loads(line) for line in lierre("jobs", "list", "--json").stdout.splitlines()]
    assert [job["about"] for job in listed] == ["mail test bob@example.org", "of a newer version"]

    result = lierre("jobs", "run", "--once", **environment(mailbox))

    assert (result.exit_code, len(mailbox.letters)) == (0, 1)
    assert "no such work" in lierre("jobs", "list").stdout


def test_one_job_is_tried_again_and_one_is_removed(home: Path, lierre: Run, mailbox: Mailbox) -> None:
    write_letter(home)
    mailbox.answers = ["451 busy"]
    lierre("jobs", "run", "--once", **environment(mailbox))
    assert lierre("jobs", "retry", "1").exit_code == 0
    assert lierre("jobs", "drop", "2").exit_code == 0
    lierre("jobs", "run", "--once", **environment(mailbox))

    assert (len(mailbox.letters), lierre("jobs", "list").stdout) == (1, "")
    assert lierre("jobs", "retry", "1").exit_code == 1


def test_a_worker_of_its_own_stays_until_it_is_asked_to_end(home: Path, mailbox: Mailbox) -> None:
    write_letter(home)
    outside = {name: value for name, value in os.environ.items() if not name.startswith("LIERRE_")}
    command = [sys.executable, "-c", "from app.cli import main; main()", "jobs", "run"]
    worker = subprocess.Popen(command, env=outside | environment(mailbox) | {"LIERRE_HOME": str(home)})
    try:
        for _ in range(600):
            if mailbox.letters:
                break
            time.sleep(0.1)
        worker.send_signal(signal.SIGTERM)
        assert (len(mailbox.letters), worker.wait(60)) == (1, 0)
    finally:
        worker.kill()
