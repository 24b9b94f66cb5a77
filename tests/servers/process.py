"""A server program that a test starts on a free loopback port and that never outlives the test run."""

import os
import shutil
import signal
import socket
import subprocess
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from tests.eventually import wait_until


def free_port() -> int:
    """A loopback TCP port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def accepts(port: int) -> bool:
    """Whether something accepts connections on that loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def program(name: str, *places: str) -> str:
    """The path of an installed program. Raises `AssertionError` with what installs it."""
    path = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", *places]))
    assert path is not None, f"{name} is not installed; run tests/install-servers.sh"
    return path


class ServerProcess:
    """One run after another of a command, on the same port and the same files."""

    def __init__(self, command: list[str], port: int, log: Path, stop_signal: signal.Signals = signal.SIGTERM) -> None:
        self.command = command
        self.port = port
        self.log = log
        self.stop_signal = stop_signal
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id while it runs."""
        assert self._process is not None, "the server is not running"
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until it accepts connections."""
        assert self._process is None, "the server is running already"
        # A session of its own, so that Ctrl-C reaches only pytest, whose fixtures then stop the servers in order;
        # and a signal for the case that pytest itself is killed.
        command = self.command
        if command[0] != "setpriv" and shutil.which("setpriv"):
            command = ["setpriv", f"--pdeathsig={self.stop_signal.name.removeprefix('SIG')}", *command]
        with self.log.open("ab") as output, self._reached() as (words, inherited):
            self._process = subprocess.Popen(
                [*command, *words],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                cwd="/",
                pass_fds=inherited,
            )
        try:
            wait_until(lambda: accepts(self.port) or self._ended(), within_s=30.0)
            assert not self._ended(), f"{self.command[0]} ended: {self.log.read_text(errors='replace')[-2000:]}"
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop it in the orderly way and wait for its end; nothing to do when it does not run."""
        self._end(self.stop_signal)

    def kill(self) -> None:
        """End it with SIGKILL, as a crash would."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop it and start it again on the same port, with the same data."""
        self.stop()
        self.start()

    def _reached(self) -> AbstractContextManager[tuple[list[str], tuple[int, ...]]]:
        """Further words of the command line that hold for this start only, and the open files that they name."""
        return nullcontext(([], ()))

    def _ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def _end(self, number: int) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(number)
        try:
            process.wait(20.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
