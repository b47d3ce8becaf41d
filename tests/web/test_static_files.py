import gzip
from pathlib import Path

import pytest

from app import create_app
from app.settings import Settings
from app.web import static_files
from app.web.static_files import content_hash, prepare


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "source"
    (folder / "css").mkdir(parents=True)
    (folder / "css" / "wiki.css").write_text("p { color: green }\n" * 100)
    (folder / "mark.png").write_bytes(b"png")
    monkeypatch.setattr(static_files, "resource_dir", lambda _name: folder)
    content_hash.cache_clear()
    return folder


def test_texts_get_a_compressed_twin(source: Path, tmp_path: Path) -> None:
    files = prepare(tmp_path)

    style = files.root / "css" / "wiki.css"
    assert gzip.decompress(style.with_name("wiki.css.gz").read_bytes()) == style.read_bytes()
    assert not (files.root / "mark.png.gz").exists()


def test_the_address_changes_with_the_content_and_only_then(source: Path, tmp_path: Path) -> None:
    first = prepare(tmp_path).url("css/wiki.css")
    again = prepare(tmp_path).url("css/wiki.css")
    (source / "mark.png").write_bytes(b"other")
    content_hash.cache_clear()
    changed = prepare(tmp_path).url("css/wiki.css")

    assert first == again != changed
    assert first.startswith("/_static/")
    assert first.endswith("/css/wiki.css")


def test_nothing_half_made_is_left(source: Path, tmp_path: Path) -> None:
    files = prepare(tmp_path)

    assert [path.name for path in files.root.parent.iterdir()] == [files.version]


def test_browsers_keep_files_for_good(settings: Settings) -> None:
    app = create_app(settings)
    client = app.test_client()
    address = app.jinja_env.globals["static_url"]("css/lierre.css")  # type: ignore[operator]  # a function of ours

    plain = client.get(address, buffered=True)
    packed = client.get(address, headers={"Accept-Encoding": "gzip"}, buffered=True)

    assert (plain.status_code, plain.mimetype) == (200, "text/css")
    assert "immutable" in plain.headers["Cache-Control"]
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert plain.headers["Vary"] == packed.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "name", ["../secret.key", "%2e%2e/secret.key", "..%2fsecret.key", "css/../../../secret.key", "css", "no.css"]
)
def test_only_static_files_are_served(settings: Settings, name: str) -> None:
    (settings.home / "static").mkdir()
    for folder in (settings.home, settings.home / "static"):
        (folder / "secret.key").write_text("the key, long enough to be one")
    app = create_app(settings)
    address = app.jinja_env.globals["static_url"](name)  # type: ignore[operator]  # a function of ours

    answer = app.test_client().get(address)

    assert answer.status_code != 200
    assert "the key" not in answer.text
