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

from tests.eventually import wait_until
from tests.servers.process import ServerProcess, accepts, free_port, program

ACCESS_KEY_ID = "test-key"
SECRET_ACCESS_KEY = "test-secret"


class SeaweedFS(ServerProcess):
    """An S3 endpoint at `endpoint`; region `auto`, path-style addresses."""

    def __init__(self, folder: Path) -> None:
        ports = {name: free_port() for name in ("master", "volume", "filer", "s3")}
        self.endpoint = f"http://127.0.0.1:{ports['s3']}"
        access = [{"accessKey": ACCESS_KEY_ID, "secretKey": SECRET_ACCESS_KEY}]
        identities = {"identities": [{"name": "test", "credentials": access, "actions": ["Admin"]}]}
        (folder / "s3.json").write_text(json.dumps(identities))
        command = [program("weed", str(Path(sys.executable).parent)), "server", f"-dir={folder}", "-ip=127.0.0.1"]
        command += ["-ip.bind=127.0.0.1", "-s3", f"-s3.config={folder / 's3.json'}", "-volume.max=20"]
        command += ["-master.volumeSizeLimitMB=64", "-volume.index=memory"]
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
    client = boto3.client(
        "s3",
        endpoint_url=bucket.endpoint,
        region_name=bucket.region,
        aws_access_key_id=bucket.access_key_id,
        aws_secret_access_key=bucket.secret_access_key,
    )
    client.create_bucket(Bucket=bucket.name)
    return bucket
