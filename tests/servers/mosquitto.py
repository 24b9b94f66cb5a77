"""Real Mosquitto brokers: one for the whole run, and others made to order."""

import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.servers.certificates import Certificates, make_certificates
from tests.servers.process import ServerProcess, free_port, program


class Mosquitto(ServerProcess):
    """A broker on 127.0.0.1; `url` is its address, `certificates` are there when it was made with TLS."""

    def __init__(
        self,
        folder: Path,
        *,
        tls: bool = False,
        passwords: Mapping[str, str] | None = None,
        acl: str | None = None,
        persistence: bool = False,
        extra: str = "",
    ) -> None:
        port = free_port()
        self.certificates: Certificates | None = make_certificates(folder) if tls else None
        self.url = f"{'mqtts' if tls else 'mqtt'}://127.0.0.1:{port}"
        lines = ["per_listener_settings false", f"allow_anonymous {'false' if passwords else 'true'}"]
        lines += ["max_inflight_messages 1000", "max_queued_messages 0", "set_tcp_nodelay true"]
        if os.geteuid() == 0:
            lines.append("user root")
        if passwords:
            lines.append(f"password_file {_password_file(folder, passwords)}")
        if acl is not None:
            (folder / "acl").write_text(acl)
            (folder / "acl").chmod(0o600)
            lines.append(f"acl_file {folder / 'acl'}")
        if persistence:
            lines += ["persistence true", f"persistence_location {folder}/", "autosave_interval 1"]
        lines += [extra, f"listener {port} 127.0.0.1"]
        if self.certificates:
            lines += [f"certfile {self.certificates.certificate}", f"keyfile {self.certificates.key}"]
        configuration = folder / "mosquitto.conf"
        configuration.write_text("\n".join(lines) + "\n")
        super().__init__([program("mosquitto"), "-c", str(configuration)], port, folder / "mosquitto.log")


def _password_file(folder: Path, passwords: Mapping[str, str]) -> Path:
    file = folder / "passwords"
    file.write_text("".join(f"{user}:{password}\n" for user, password in passwords.items()))
    file.chmod(0o600)
    subprocess.run([program("mosquitto_passwd"), "-U", str(file)], check=True, capture_output=True)
    return file


@pytest.fixture(scope="session")
def mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    """A plain broker that all tests share: use topics of your own, and leave it running."""
    broker = Mosquitto(tmp_path_factory.mktemp("mosquitto"))
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def make_mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Mosquitto]]:
    """`make_mosquitto(tls=…, passwords=…, acl=…, persistence=…, extra=…)` starts a broker that this test may stop."""
    made: list[Mosquitto] = []

    def make(**options: object) -> Mosquitto:
        broker = Mosquitto(tmp_path_factory.mktemp("mosquitto"), **options)  # type: ignore[arg-type]
        made.append(broker)
        broker.start()
        return broker

    yield make
    for broker in made:
        broker.stop()
