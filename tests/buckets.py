"""A real server that speaks S3, beside the tests, and buckets on it that no other test sees."""

import logging
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import urllib3
from moto.server import ThreadedMotoServer

from app.storage_settings import Bucket, bucket_of


@dataclass(frozen=True, slots=True)
class BucketServer:
    endpoint: str

    def environment(self, name: str, prefix: str = "wiki/files") -> Mapping[str, str]:
        """The variables of a wiki whose files lie in the bucket ``name``."""
        return {
            "LIERRE_MEDIA_URL": f"s3://{name}/{prefix}",
            "LIERRE_S3_ENDPOINT": self.endpoint,
            "LIERRE_S3_ALLOW_HTTP": "yes",
            "LIERRE_S3_KEY_ID": "ivy",
            "LIERRE_S3_SECRET_KEY": "climbs by its links",
        }

    def new(self) -> str:
        """The name of a new bucket."""
        name = f"ivy-{secrets.token_hex(8)}"
        assert urllib3.request("PUT", f"{self.endpoint}/{name}").status == 200
        return name

    def bucket(self, prefix: str = "wiki/files") -> Bucket:
        """A new one, with the key to it."""
        environ = self.environment(self.new(), prefix)
        return bucket_of(environ["LIERRE_MEDIA_URL"], environ)


@contextmanager
def serving() -> Iterator[BucketServer]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield BucketServer(f"http://{host}:{port}")
    finally:
        server.stop()
