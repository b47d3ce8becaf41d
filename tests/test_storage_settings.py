"""Where files lie, as the environment says it: nonsense is refused by name, and no refusal repeats a key."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli import main
from app.environment import SettingsError
from app.opening_files import open_blobs
from app.settings import Settings

BUCKET = {"LIERRE_MEDIA_URL": "s3://ivy/wiki/files"}
KEYS = {"LIERRE_S3_KEY_ID": "ivy", "LIERRE_S3_SECRET_KEY": "climbs by its links"}


def test_files_lie_in_the_data_folder_unless_told_otherwise(tmp_path: Path) -> None:
    settings = Settings.from_env({"LIERRE_HOME": str(tmp_path)})

    assert settings.bucket is None
    assert list(open_blobs(settings).all()) == []


def test_a_bucket_is_read() -> None:
    more = {"LIERRE_S3_ENDPOINT": "https://s3.example.org/", "LIERRE_S3_REGION": "eu-west-3"}
    bucket = Settings.from_env({**BUCKET, **KEYS, **more}).bucket

    assert bucket is not None
    assert (bucket.name, bucket.prefix) == ("ivy", "wiki/files")
    assert (bucket.server.endpoint, bucket.server.region) == ("https://s3.example.org", "eu-west-3")
    assert (bucket.server.key_id, bucket.server.secret_key) == ("ivy", "climbs by its links")
    assert "climbs" not in repr(bucket)


@pytest.mark.parametrize(
    ("name", "environ"),
    [
        ("LIERRE_MEDIA_URL", {"LIERRE_MEDIA_URL": "/srv/files"}),
        ("LIERRE_MEDIA_URL", {"LIERRE_MEDIA_URL": "https://ivy.s3.amazonaws.com"}),
        ("LIERRE_MEDIA_URL", {"LIERRE_MEDIA_URL": "s3://"}),
        ("LIERRE_MEDIA_URL", {"LIERRE_MEDIA_URL": "s3://Ivy"}),
        ("LIERRE_MEDIA_URL", {"LIERRE_MEDIA_URL": "s3://ivy:443"}),
        ("LIERRE_MEDIA_URL", {"LIERRE_MEDIA_URL": "s3://ivy/../other"}),
        ("LIERRE_MEDIA_URL", {"LIERRE_MEDIA_URL": "s3://ivy/a//b"}),
        ("LIERRE_MEDIA_URL", {"LIERRE_MEDIA_URL": "s3://ivy?acl"}),
        ("LIERRE_MEDIA_URL", {"LIERRE_MEDIA_URL": "s3://key:climbs@ivy"}),
        ("LIERRE_S3_ENDPOINT", {"LIERRE_S3_ENDPOINT": "https://s3.example.org"}),
        ("LIERRE_S3_ENDPOINT", {**BUCKET, "LIERRE_S3_ENDPOINT": "s3.example.org"}),
        ("LIERRE_S3_ENDPOINT", {**BUCKET, "LIERRE_S3_ENDPOINT": "https://key:climbs@s3.example.org"}),
        ("LIERRE_S3_ENDPOINT", {**BUCKET, "LIERRE_S3_ENDPOINT": "https://[::1"}),
        ("LIERRE_S3_ALLOW_HTTP", {**BUCKET, "LIERRE_S3_ENDPOINT": "http://s3.example.org"}),
        ("LIERRE_S3_ALLOW_HTTP", {**BUCKET, "LIERRE_S3_ALLOW_HTTP": "maybe"}),
        ("LIERRE_S3_KEY_ID", {**BUCKET, "LIERRE_S3_KEY_ID": "ivy"}),
        ("LIERRE_S3_SECRET_KEY", {**BUCKET, "LIERRE_S3_SECRET_KEY": "climbs by its links"}),
        ("LIERRE_S3_REGION", {**BUCKET, "LIERRE_S3_REGION": "eu west"}),
    ],
)
def test_nonsense_is_refused_by_name(name: str, environ: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=name) as caught:
        Settings.from_env(environ)

    assert "climbs" not in str(caught.value)


def test_without_the_library_the_server_does_not_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def missing(name: str) -> object:
        raise ModuleNotFoundError(name="obstore")

    monkeypatch.setattr("app.opening_files.import_module", missing)
    shown = CliRunner().invoke(main, ["serve"], env={"LIERRE_HOME": str(tmp_path / "new"), **BUCKET, **KEYS})

    assert (shown.exit_code, shown.output.count("\n")) == (1, 1)
    assert "obstore is not installed. Install lierre[s3]" in shown.output
    assert not (tmp_path / "new").exists()
