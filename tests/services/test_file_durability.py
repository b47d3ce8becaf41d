"""A file whose upload was confirmed survives the death of the process, byte for byte; what was cut off is swept."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.services.health import examine
from app.services.media import find_media
from app.services.media_health import compare
from app.services.media_history import media_history
from app.services.sweeping import sweep
from app.settings import Settings
from app.store.blobs import Blobs
from app.store.media import MediaRevision
from app.wiki import open_wiki
from tests.conftest import EVE
from tests.services.uploading import ENDED, FILES, content_of, name_of

DAY = 24 * 3600
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(params=["sqlite-folder", "sqlite-bucket", "postgresql-folder"])
def environ(request: pytest.FixtureRequest, tmp_path: Path) -> Mapping[str, str]:
    database, place = request.param.split("-")
    url = request.getfixturevalue("sqlite_url" if database == "sqlite" else "empty_postgres")
    server = request.getfixturevalue("bucket_server") if place == "bucket" else None
    files = server.environment(server.new()) if server else {}
    return {"LIERRE_HOME": str(tmp_path), "LIERRE_DATABASE_URL": url, **files}


def killed_again_and_again(environ: Mapping[str, str], rounds: random.Random) -> tuple[list[int], int]:
    """Upload until all are done, in processes that are killed at any moment. Which were confirmed; how many died."""
    confirmed: list[int] = []
    deaths = 0
    whole = {**os.environ, **environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "tests.services.uploading"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=whole, text=True) as parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        while len(confirmed) < FILES:
            print(len(confirmed), file=parent.stdin, flush=True)
            child, lives = int(parent.stdout.readline()), rounds.randint(5, 40)
            while (line := parent.stdout.readline().strip()) != ENDED:
                confirmed.append(int(line))
                lives -= 1
                if lives == 0 and len(confirmed) < FILES:
                    time.sleep(rounds.uniform(0, 0.02))  # into some part of the next upload
                    with suppress(ProcessLookupError):  # it may be done with all of them, though not all were read here
                        os.kill(child, signal.SIGKILL)
                        deaths += 1
        parent.stdin.close()
    return confirmed, deaths


@pytest.mark.parametrize("seed", [7])
def test_confirmed_uploads_survive_kills(environ: Mapping[str, str], seed: int) -> None:
    confirmed, deaths = killed_again_and_again(environ, random.Random(seed))

    wiki = open_wiki(Settings.from_env(environ))
    with wiki.sessions() as session:
        assert sorted(confirmed) == list(range(FILES))
        assert deaths > 4
        expect_every_file(session, wiki.blobs)
        expect_histories(session)
        findings = examine(session, wiki.blobs, wiki.settings.home)
        ill = {finding.what for finding in findings if not finding.good}
        assert ill == set()
        expect_nothing_left_after_a_sweep(session, wiki.blobs)
    wiki.engine.dispose()


def expect_every_file(session: Session, blobs: Blobs) -> None:
    """Each name shows the newest content that was confirmed."""
    newest = {name_of(number): content_of(number) for number in range(FILES)}
    for name, content in newest.items():
        found = find_media(session, name, viewer=EVE)
        assert b"".join(blobs.read(found.sha256)) == content
        assert found.size == len(content)


def expect_histories(session: Session) -> None:
    """Every version has its bytes; an upload that was cut off and done again may stand there once, never twice."""
    for name in {name_of(number) for number in range(FILES)}:
        versions = media_history(session, name, viewer=EVE, limit=200).items
        contents = [version.sha256 for version in reversed(versions)]
        assert [version.kind for version in reversed(versions)] == ["create", *["edit"] * (len(versions) - 1)]
        assert all(one != other for one, other in pairwise(contents))
        assert sum(version.current for version in versions) == 1
    assert session.execute(select(MediaRevision.id).where(MediaRevision.sha256.is_(None))).first() is None


def expect_nothing_left_after_a_sweep(session: Session, blobs: Blobs) -> None:
    sweep(session, blobs, now=time.time() + 2 * DAY)

    found = compare(session, blobs)
    assert (found.missing, found.stray) == (0, 0)
    assert [path for path in blobs.incoming.glob("*") if not path.name.startswith("turn-")] == []
