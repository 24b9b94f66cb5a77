"""A Mosquitto of one's own on a free loopback port, which can be stopped, killed and started again."""

import socket
import subprocess
import time
from pathlib import Path

from tests.eventually import PATIENCE_S
from tests.servers.process import free_port

PROGRAM = "/usr/sbin/mosquitto"


class Mosquitto:
    """The broker and its folder. `settings` are further lines of its configuration; sessions survive a restart."""

    def __init__(self, folder: Path, settings: str = "allow_anonymous true") -> None:
        self.folder, self.settings, self.port = folder, settings, free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and return when it takes connections."""
        configuration = self.folder / "mosquitto.conf"
        configuration.write_text(
            f"user root\nlistener {self.port} 127.0.0.1\n{self.settings}\n"
            f"persistence true\npersistence_location {self.folder}/\nmax_inflight_messages 1000\n"
            "max_queued_messages 200000\nset_tcp_nodelay true\nlog_dest none\n"
        )
        self.process = subprocess.Popen([PROGRAM, "-c", str(configuration)], stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except ConnectionRefusedError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise RuntimeError(f"mosquitto does not start on port {self.port}") from None
                time.sleep(0.01)

    def stop(self) -> None:
        """Stop it as its administrator would; it saves its sessions."""
        if self.process:
            self.process.terminate()
            self.process.wait(timeout=PATIENCE_S)
            self.process = None
