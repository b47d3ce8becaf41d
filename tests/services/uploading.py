"""Uploads file after file into the wiki of the environment, and prints the number of each when it is confirmed.

Run by ``test_file_durability``: a process that loads the program once, and has a child upload from the number on that
each line of its input holds. The child says its process number first, to be killed by; its end is told, too. Some names
are new, some come again with other bytes, some with the bytes of another file.
"""

import io
import os
import signal
import sys

from app.services.media import Upload, put_media
from app.settings import Settings
from app.wiki import open_wiki
from tests.conftest import BOB, NOW

FILES = 200
ENDED = "ended"


def name_of(number: int) -> str:
    """Every fourth replaces the file that came two before."""
    return f"climbing:f{number - 2 if number % 4 == 3 else number}.zip"


def content_of(number: int) -> bytes:
    """Every fifth holds the same bytes as the others of these; some are larger than one write."""
    which = 0 if number % 5 == 0 else number
    return b"PK\x03\x04" + b"%d ivy " % which * (40_000 if number % 50 == 1 else 50)


def _say(word: object) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def upload_from(first: int) -> None:
    _say(os.getpid())
    wiki = open_wiki(Settings.from_env(os.environ))
    with wiki.sessions() as session:
        for number in range(first, FILES):
            upload = Upload(name_of(number), io.BytesIO(content_of(number)), any_type=True)
            put_media(session, wiki.blobs, upload, viewer=BOB, now=NOW + number)
            _say(number)


def main() -> None:
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            upload_from(int(line))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status not in (0, signal.SIGKILL):  # it would fail the same way again and again
            sys.exit(f"the uploading process ended with {status}")
        _say(ENDED)


if __name__ == "__main__":
    main()
