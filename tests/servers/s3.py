"""A real S3 API: SeaweedFS, which checks checksums and signatures as R2 does."""

import itertools
import json
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest
from mypy_boto3_s3 import S3Client

from tests.eventually import wait_until
from tests.servers.process import ServerProcess, accepts, free_port, program

ACCESS_KEY_ID = "test-key"
SECRET_ACCESS_KEY = "test-secret"
OWNER_KEY_ID = "owner-key"
"""Its secret is the same. To who may do all a missing bucket is no obstacle: the server makes it."""


class SeaweedFS(ServerProcess):
    """An S3 endpoint at `endpoint`; region `auto`, path-style addresses."""

    def __init__(self, folder: Path) -> None:
        ports = {name: free_port() for name in ("master", "volume", "filer", "s3")}
        self.endpoint = f"http://127.0.0.1:{ports['s3']}"
        identities = [
            {"name": name, "credentials": [{"accessKey": key, "secretKey": SECRET_ACCESS_KEY}], "actions": actions}
            for name, key, actions in (
                ("owner", OWNER_KEY_ID, ["Admin"]),
                ("test", ACCESS_KEY_ID, ["Read", "Write", "List"]),
            )
        ]
        (folder / "s3.json").write_text(json.dumps({"identities": identities}))
        # Every bucket takes seven volumes for itself.
        command = [program("weed", str(Path(sys.executable).parent)), "server", f"-dir={folder}", "-ip=127.0.0.1"]
        command += ["-ip.bind=127.0.0.1", "-s3", f"-s3.config={folder / 's3.json'}", "-volume.max=1000"]
        command += ["-master.volumeSizeLimitMB=64", "-volume.index=memory"]
        # Two that listen on fixed ports of their own, so that a second server on this machine would end.
        command += ["-s3.port.iceberg=0", "-s3.port.lance=0"]
        for name, port in ports.items():
            command += [f"-{name}.port={port}", f"-{name}.port.grpc={free_port()}"]
        # Its orderly stop waits 20 s for its own parts, and nothing here is kept.
        super().__init__(command, ports["s3"], folder / "weed.log", stop_signal=signal.SIGKILL)
        self._ports = ports

    def start(self) -> None:
        """Start it and wait until a bucket can be made."""
        super().start()
        wait_until(lambda: all(accepts(port) for port in self._ports.values()))


@dataclass(frozen=True)
class Bucket:
    """What a client needs to reach one bucket."""

    endpoint: str
    name: str
    access_key_id: str = ACCESS_KEY_ID
    secret_access_key: str = SECRET_ACCESS_KEY
    region: str = "auto"

    def owner(self) -> S3Client:
        """A client that may do everything, make and delete buckets too."""
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name=self.region,
            aws_access_key_id=OWNER_KEY_ID,
            aws_secret_access_key=self.secret_access_key,
        )


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeaweedFS]:
    """The S3 server that all tests share."""
    server = SeaweedFS(tmp_path_factory.mktemp("s3"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def _bucket_numbers() -> Iterator[int]:
    return itertools.count(1)


@pytest.fixture
def s3_bucket(s3_server: SeaweedFS, _bucket_numbers: Iterator[int]) -> Bucket:
    """A fresh, empty bucket of this test."""
    bucket = Bucket(s3_server.endpoint, f"test-{next(_bucket_numbers)}")
    bucket.owner().create_bucket(Bucket=bucket.name)
    return bucket
