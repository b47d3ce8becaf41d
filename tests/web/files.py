"""Files for the tests of views that send them: stored by the services, as if somebody had done so earlier."""

import io
import zipfile
from typing import Any

from PIL import Image
from werkzeug.test import TestResponse

from app.markup.addresses import size_query
from app.services.media import MediaView, Upload, put_media
from app.wiki import Wiki
from tests.web.conftest import Browser
from tests.web.writing import NOW, WRITER


def put(wiki: Wiki, name: str, content: bytes, *, now: int = NOW, any_type: bool = False) -> MediaView:
    """``any_type``: as operators bring files in, whatever they are."""
    with wiki.sessions() as session:
        upload = Upload(name, io.BytesIO(content), any_type=any_type)
        return put_media(session, wiki.blobs, upload, viewer=WRITER, now=now)


def picture(width: int = 40, height: int = 30, colour: str = "green", kind: str = "PNG") -> bytes:
    """Of many colours, so that other formats and sizes differ in length; ``colour`` at its left edge."""
    shown = Image.radial_gradient("L").resize((width, height)).convert("RGB")
    shown.paste(Image.new("RGB", (max(1, width // 10), height), colour), (0, 0))
    stream = io.BytesIO()
    shown.save(stream, kind)
    return stream.getvalue()


def archive() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        file.writestr("words.txt", "ivy")
    return stream.getvalue()


def size_of(content: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(content)) as found:
        return found.size


def signed(wiki: Wiki, name: str, width: int = 0, height: int = 0, **more: Any) -> str:
    """The address of a picture as the wiki itself would write it."""
    return f"/_media/{name}?{size_query(name, width, height, more.pop('cache', 'cache'), wiki.secret, **more)}"


def fetch(browser: Browser, address: str, *, method: str = "GET", **headers: str) -> TestResponse:
    """The whole answer; the file behind it is closed again. Headers are written with ``_`` for ``-``."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    response = browser.client.open(address, method=method, headers=named)
    response.get_data()
    response.close()
    return response
