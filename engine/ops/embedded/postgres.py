"""A real PostgreSQL from PyPI, started beside the engine and kept in its data folder."""

import asyncio
import contextlib
import fcntl
import hashlib
import logging
import os
import shutil
import signal
import tempfile
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote

import asyncpg
import psutil

from engine.core.errors import SetupError
from engine.db.owner import hand_over, keep_audit
from engine.ops.embedded import logins
from engine.ops.embedded.account import Account
from engine.ops.embedded.programs import installed_version, programs_for
from engine.texts.text import Text

log = logging.getLogger(__name__)

START_LIMIT_S = 120.0
"""Crash recovery after a kill replays the log; a healthy start takes a tenth of a second."""
STOP_LIMIT_S = 20.0
SOCKET_PATH_LIMIT_BYTES = 100
"""Linux allows 107 bytes, macOS 103."""
LOG_LIMIT_BYTES = 5_000_000
SERVER_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


class EmbeddedPostgres:
    """`async with EmbeddedPostgres(folder) as server:` runs a PostgreSQL until the block ends; connect to `server.dsn`.

    The cluster lives in `folder/postgres`, its log in `folder/postgres.log`. It listens on a unix socket that only its
    own account can reach, so it has no password and no port. The first start makes the cluster (below 2 s); what a
    killed engine left behind is stopped and recovered. When another live process already runs this folder's server,
    that server is used and left running at the end.

    As root, where PostgreSQL refuses to run, it runs as the cluster's owner, else as `postgres` or `nobody`, and needs
    no way through the folders above: data below /root works.
    Raises `SetupError` when the extra `demo` is not installed, the folder cannot be written or belongs to another major
    version, or the server won't start.
    """

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir.absolute()
        self.cluster = self.folder / "postgres"
        self.log_file = self.folder / "postgres.log"
        self._account: Account | None = None
        self._lock: IO[str] | None = None
        self._process: asyncio.subprocess.Process | None = None

    @property
    def socket_dir(self) -> Path:
        """The folder of the unix socket: the cluster's own, or another where clients can't be given that path."""
        path = os.fsencode(self.cluster / ".s.PGSQL.5432")
        # A comma separates hosts in an address.
        if len(path) <= SOCKET_PATH_LIMIT_BYTES and b"," not in path:
            return self.cluster
        # Not the temporary folder for root: there others could have put something at that name before.
        place = "/run" if os.geteuid() == 0 else tempfile.gettempdir()
        return Path(place) / f"{self._name}-{os.geteuid()}"

    @property
    def dsn(self) -> str:
        """The address of the database, for asyncpg and libpq alike. Stays the same from start to start."""
        return self._address(logins.ENGINE)

    @property
    def owner_dsn(self) -> str:
        """The address for the superuser, who keeps the audit log."""
        return self._address(logins.SUPERUSER)

    def _address(self, login: str) -> str:
        passwords, _ = logins.read_or_make_passwords(self._password_file)
        return f"postgresql://{login}:{passwords[login]}@/postgres?host={quote(str(self.socket_dir), safe='')}"

    @property
    def _password_file(self) -> Path:
        return self.folder / "postgres.password"

    @property
    def _name(self) -> str:
        # Of this folder and no other: it stands in the server's command line, and is short enough for a socket's path.
        return "mcs-" + hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]

    async def __aenter__(self) -> Self:
        self._prepare_folder()
        if self._take_lock():
            try:
                await self._stop_leftover()
                await self._make_cluster()
                await self._give_password()
                await self._start()
                await self._make_login()
            except BaseException:
                await self._stop()
                raise
        else:
            await self._wait_until_ready(logins.ENGINE)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stop()

    def _prepare_folder(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.folder):
                pass
        except OSError as failure:
            text = Text("setup.data-unwritable", folder=str(self.folder), reason=failure.strerror or str(failure))
            raise SetupError(text) from failure
        self._account = Account.for_cluster(self.cluster)

    def _take_lock(self) -> bool:
        """Whether this process now owns the server. The kernel lets go of the lock when the process dies."""
        lock = (self.folder / "postgres.lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            return False
        self._lock = lock
        return True

    async def _stop_leftover(self) -> None:
        """Stop the server of an engine that was killed: two servers on one cluster would destroy it."""
        pid_file = self.cluster / "postmaster.pid"
        try:
            process = psutil.Process(int(pid_file.read_text().split()[0]))
            is_ours = process.name() == "postgres" and f"--cluster_name={self._name}" in process.cmdline()
        except (FileNotFoundError, psutil.NoSuchProcess):
            return
        except (psutil.AccessDenied, ValueError, IndexError):
            is_ours = False
        if not is_ours:
            # Its number has gone to another program meanwhile, and PostgreSQL would refuse to start.
            pid_file.unlink(missing_ok=True)
            return
        log.info("stopping the PostgreSQL that a killed engine left running (pid %d)", process.pid)
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGINT)
            try:
                await asyncio.wait_for(_end(process), STOP_LIMIT_S)
            except TimeoutError:
                process.send_signal(signal.SIGQUIT)
                await _end(process)

    async def _make_cluster(self) -> None:
        version_file = self.cluster / "PG_VERSION"
        if version_file.exists():
            have, want = version_file.read_text().strip(), installed_version().partition(".")[0]
            if have != want:
                raise SetupError(Text("setup.other-postgres", folder=str(self.cluster), have=have, want=want))
            return
        account = self._own_account()
        # Made aside and renamed, so that an interrupted first start leaves no half cluster.
        unfinished = self.folder / "postgres.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        account.make_folder(unfinished)
        with account.within_reach(unfinished) as (place, inherited):
            arguments = [
                "--pgdata",
                place,
                "--username=postgres",
                "--auth=trust",
                "--encoding=UTF8",
                "--no-instructions",
            ]
            arguments += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
            initdb = await asyncio.create_subprocess_exec(
                *account.command(await self._program("initdb"), *arguments),
                cwd="/",
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                pass_fds=inherited,
            )
        output, _ = await initdb.communicate()
        if initdb.returncode != 0:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise SetupError(Text("setup.database-not-made", reason=_last_line(output.decode())))
        unfinished.rename(self.cluster)

    async def _start(self) -> None:
        account = self._own_account()
        if self.socket_dir != self.cluster:
            account.make_folder(self.socket_dir)
        if self.log_file.exists() and self.log_file.stat().st_size > LOG_LIMIT_BYTES:
            self.log_file.replace(self.log_file.with_suffix(".log.1"))
        with account.within_reach(self.cluster) as (place, inherited), self.log_file.open("ab") as output:
            sockets = place if self.socket_dir == self.cluster else str(self.socket_dir)
            # A list of folders, in which quotes let a name hold commas and blanks.
            quoted = '"' + sockets.replace('"', '""') + '"'
            settings = {**SERVER_SETTINGS, "unix_socket_directories": quoted, "cluster_name": self._name}
            options = [f"--{name}={value}" for name, value in settings.items()]
            self._process = await asyncio.create_subprocess_exec(
                *account.command(await self._program("postgres"), "-D", place, *options),
                cwd="/",
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=inherited,
                # Ctrl-C in a terminal goes to the whole group; the engine stops first and its database after it.
                start_new_session=True,
            )
        await self._wait_until_ready()

    async def _give_password(self) -> None:
        """A cluster that has none yet, a new one or one of an older version, gets its superuser's; from then on nobody connects without one."""
        account, hba = self._own_account(), self.cluster / "pg_hba.conf"
        passwords, _ = logins.read_or_make_passwords(self._password_file)
        if hba.read_text() == logins.HBA:
            return
        with account.within_reach(self.cluster) as (place, inherited):
            single = await asyncio.create_subprocess_exec(
                *account.command(await self._program("postgres"), "--single", "-D", place, "postgres"),
                cwd="/",
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                pass_fds=inherited,
            )
            output, _ = await single.communicate(logins.as_superuser(passwords).encode())
        if single.returncode != 0:
            raise SetupError(Text("setup.password-not-set", reason=_last_line(output.decode())))
        fresh = hba.with_name("pg_hba.conf.new")
        fresh.write_text(logins.HBA)
        if account.switch:
            os.chown(fresh, account.uid, account.gid)
        fresh.chmod(0o600)
        fresh.replace(hba)

    async def _make_login(self) -> None:
        passwords, _ = logins.read_or_make_passwords(self._password_file)
        connection = await asyncpg.connect(self._address(logins.SUPERUSER), ssl=False)
        try:
            await connection.execute(logins.make_engine_login(passwords))
            await hand_over(connection, logins.ENGINE)
            await keep_audit(connection, logins.ENGINE)
        finally:
            await connection.close()

    async def _wait_until_ready(self, login: str = logins.SUPERUSER) -> None:
        problem = "no answer"
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(START_LIMIT_S):
                while self._process is None or self._process.returncode is None:
                    try:
                        connection = await asyncpg.connect(self._address(login), ssl=False)
                    except (OSError, asyncpg.PostgresError) as failure:
                        problem = str(failure)
                    else:
                        await connection.close()
                        return
                    await asyncio.sleep(0.02)
                problem = _last_line(self.log_file.read_text(errors="replace"))
        raise SetupError(Text("setup.postgres-not-started", reason=problem, log=str(self.log_file)))

    async def _stop(self) -> None:
        """Fast shutdown: sessions end, everything committed is on disk. Runs to its end even when cancelled."""
        await asyncio.shield(asyncio.ensure_future(self._shut_down()))

    async def _shut_down(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.send_signal(signal.SIGINT)
            try:
                await asyncio.wait_for(process.wait(), STOP_LIMIT_S)
            except TimeoutError:
                log.warning("the embedded PostgreSQL did not stop in %.0f s; stopping it hard", STOP_LIMIT_S)
                process.send_signal(signal.SIGQUIT)
                await process.wait()
            if self.socket_dir != self.cluster:
                with contextlib.suppress(OSError):
                    self.socket_dir.rmdir()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    async def _program(self, name: str) -> str:
        # Copied at the first start of a version, which takes a moment.
        return str(await asyncio.to_thread(programs_for, self._own_account()) / name)

    def _own_account(self) -> Account:
        assert self._account is not None, "used outside its async with block"
        return self._account


async def _end(process: psutil.Process) -> None:
    # A zombie has ended too; in a container without an init nobody collects it.
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:  # noqa: ASYNC110 – no event tells of it
        await asyncio.sleep(0.02)


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    wrong = [line for line in lines if "FATAL" in line or "error:" in line]
    return (wrong or lines or ["no output"])[-1]
