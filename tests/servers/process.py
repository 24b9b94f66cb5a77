"""A server program that a test starts on a free loopback port and that never outlives the test run."""

import contextlib
import fcntl
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from tests.eventually import wait_until

PORTS = range(20_000, 32_000)
"""Below those that systems take for outgoing connections (Linux from 32768): a client that calls a server that is down again and again
would at some time be given the server's own port, be connected with itself, and keep the server from coming back."""
_reserved: list[int] = []


def free_port() -> int:
    """A loopback TCP port that nothing listens on, and that no test on this machine is given again while this process lives."""
    folder = Path(tempfile.gettempdir()) / "mcs-test-ports"
    folder.mkdir(exist_ok=True)
    with contextlib.suppress(PermissionError):
        folder.chmod(0o1777)  # shared with the other users of this machine
    for _ in range(1000):
        port = random.choice(PORTS)
        try:
            reservation = os.open(folder / str(port), os.O_RDWR | os.O_CREAT, 0o666)
        except PermissionError:
            continue  # reserved by another user once
        try:
            fcntl.flock(reservation, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", port))
        except OSError:
            os.close(reservation)
            continue
        _reserved.append(reservation)
        return port
    raise AssertionError(f"no port can be reserved in {folder}: let every user write there, or remove it")


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
            wait_until(lambda: accepts(self.port) or self._ended())
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
