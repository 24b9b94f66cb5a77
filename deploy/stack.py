"""The customer's server without containers: the processes of compose.yaml, with deploy's own config files, on free ports of this machine.

    python deploy/stack.py [--folder DIR] [--devices N]

Passwords and certificates are made for this run and thrown away with its folder. Only addresses and paths differ from the containers:
every replacement below has to find its text, so a config file that changes is not silently run with less. certbot is not started.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

DEPLOY = Path(__file__).resolve().parent
PROJECT = DEPLOY.parent
if str(PROJECT) not in sys.path:
    sys.path.insert(0, str(PROJECT))

from deploy.compose_file import Service, read_services  # noqa: E402
from engine.ops.embedded.account import Account  # noqa: E402

START_S = 60.0
STOP_S = 20.0
STOP_WITH = {"timescaledb": signal.SIGINT}
"""PostgreSQL's fast shutdown; all others end at SIGTERM."""


class StackError(Exception):
    """What is missing or did not start, and what to do."""


class Stack:
    """`with Stack(folder) as stack:` runs everything until the block ends."""

    def __init__(self, folder: Path, *, devices: Sequence[str] = (), settings: Mapping[str, str] | None = None) -> None:
        """`devices` are serial numbers that get a password each; `settings` are further variables for the engine."""
        self.folder = folder
        self.ports = {
            name: _free_port()
            for name in ("postgres", "mqtt", "mqtts", "redis", "worker", "archiver", "viewer", "http", "https")
        }
        self.variables = {
            "DOMAIN": "localhost",
            "DATABASE_OWNER_PASSWORD": secrets.token_hex(16),
            "DATABASE_PASSWORD": secrets.token_hex(16),
            "REDIS_PASSWORD": secrets.token_hex(16),
            "MQTT_WORKER_PASSWORD": secrets.token_hex(16),
            "ADMIN_PASSWORD": secrets.token_urlsafe(12),
        }
        self.device_passwords = {sn: secrets.token_hex(8) for sn in devices}
        self.services = read_services(DEPLOY / "compose.yaml", self.variables)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._settings = dict(settings or {})
        self._root = os.geteuid() == 0

    @property
    def url(self) -> str:
        """For browsers, through nginx."""
        return f"https://localhost:{self.ports['https']}"

    @property
    def mqtt_url(self) -> str:
        """For devices, over TLS."""
        return f"mqtts://localhost:{self.ports['mqtts']}"

    @property
    def authority(self) -> Path:
        """PEM file of who signed the certificate."""
        return self.volume("certificates") / "authority.pem"

    @property
    def database_url(self) -> str:
        """The engine's login."""
        return f"postgresql://mcs_engine:{self.variables['DATABASE_PASSWORD']}@127.0.0.1:{self.ports['postgres']}/mcs"

    @property
    def password_file(self) -> Path:
        """SN:PASSWORD lines of the devices, in the clear, for `mcs stress`."""
        return self.folder / "device-passwords"

    def volume(self, name: str) -> Path:
        """The folder of a named volume."""
        return self.folder / "volumes" / name

    def log(self, name: str) -> Path:
        """What a service has printed."""
        return self.folder / "logs" / f"{name}.log"

    def __enter__(self) -> Stack:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *failure: object) -> None:
        self.stop()

    def start(self) -> None:
        """In the order of depends_on; StackError names what did not come up, with the end of its log."""
        for name in ("logs", "tmp", "etc"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        (self.folder / "tmp").chmod(0o777)
        for name in ("data", "flows", "certificates", "mosquitto", "redis", "webroot"):
            self.volume(name).mkdir(parents=True, exist_ok=True)
        self._write_device_passwords()
        self._postgres()
        self._setup()
        self._redis()
        self._mosquitto()
        for name in ("worker", "archiver"):
            self._engine(name)
        self._viewer()
        self._nginx()
        (self.folder / "stack.json").write_text(json.dumps(self.described(), indent=2))

    def stop(self) -> None:
        """In reverse order, each in its orderly way."""
        for name, process in reversed(list(self.processes.items())):
            if process.poll() is None:
                process.send_signal(STOP_WITH.get(name, signal.SIGTERM))
                try:
                    process.wait(STOP_S)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        self.processes.clear()

    def described(self) -> dict[str, object]:
        """What a test or a person needs to use it."""
        return {
            "url": self.url,
            "admin_password": self.variables["ADMIN_PASSWORD"],
            "mqtt_url": self.mqtt_url,
            "authority": str(self.authority),
            "database_url": self.database_url,
            "password_file": str(self.password_file),
            "pids": {name: process.pid for name, process in self.processes.items()},
            "limits_bytes": {name: service.memory_bytes for name, service in self.services.items()},
        }

    def ended(self) -> list[str]:
        """Services that should run and do not."""
        return [name for name, process in self.processes.items() if process.poll() is not None]

    # ---- the services

    def _postgres(self) -> None:
        service, port = self.services["timescaledb"], self.ports["postgres"]
        cluster = self.volume("timescaledb")
        account = Account.for_cluster(cluster)
        account.make_folder(cluster)
        programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        search = os.pathsep.join([*(str(path) for path in reversed(programs)), os.environ.get("PATH", "")])
        with tempfile.TemporaryFile() as password, account.within_reach(cluster) as (place, inherited):
            password.write(f"{self.variables['DATABASE_OWNER_PASSWORD']}\n".encode())
            password.seek(0)
            os.fchown(password.fileno(), account.uid, account.gid)
            arguments = ["-D", place, "-U", "mcs", "-A", "scram-sha-256", "--pwfile", "/dev/stdin", "-N"]
            initdb = account.command(_program("initdb", search), *arguments, "-E", "UTF8", "--locale=C.UTF-8")
            subprocess.run(initdb, check=True, stdin=password, stdout=subprocess.DEVNULL, cwd="/", pass_fds=inherited)
        extension = any(Path("/usr/share/postgresql").glob("*/extension/timescaledb.control"))
        replaced = {"listen_addresses = '*'": "listen_addresses = '127.0.0.1'\nunix_socket_directories = ''"}
        if not extension:  # Debian has none; the tables are partitioned by day then
            replaced["shared_preload_libraries = 'timescaledb'"] = ""
        configuration = self._configured(service, "/etc/mcs/postgresql.conf", replaced)
        # Into the cluster: the folders above may be closed to the account.
        shutil.copyfile(configuration, cluster / configuration.name)
        with account.within_reach(cluster) as (place, inherited):
            postgres = account.command(_program("postgres", search), "-D", place, "-c", f"port={port}")
            self._spawn("timescaledb", postgres, {}, inherited)
        ready = [_program("pg_isready", search), "-q", "-h", "127.0.0.1", "-p", str(port)]
        self._wait("timescaledb", lambda: subprocess.run(ready, check=False).returncode == 0)
        psql = [_program("psql", search), "-q", "-h", "127.0.0.1", "-p", str(port), "-U", "mcs"]
        subprocess.run(
            [*psql, "-d", "postgres", "-c", "create database mcs"],
            check=True,
            env={**os.environ, "PGPASSWORD": self.variables["DATABASE_OWNER_PASSWORD"]},
        )

    def _setup(self) -> None:
        service = self.services["setup"]
        command = [self._mcs(), *self._mapped(service, service.command)]
        log = self.log("setup")
        with log.open("wb") as output:
            done = subprocess.run(
                command,
                env=self._engine_environment("setup", 1),
                stdout=output,
                stderr=output,
                check=False,
                cwd=self.folder,
            )
        if done.returncode:
            raise StackError(f"setup failed: {_end_of(log)}")

    def _redis(self) -> None:
        service, port = self.services["redis"], self.ports["redis"]
        configuration = self._configured(
            service, "/etc/mcs/redis.conf", {"bind 0.0.0.0": "bind 127.0.0.1", "port 6379": f"port {port}"}
        )
        command = [word.replace("/etc/mcs/redis.conf", str(configuration)) for word in service.command]
        self._spawn("redis", command, service.environment)
        self._wait("redis", lambda: _accepts(port))

    def _mosquitto(self) -> None:
        service = self.services["mosquitto"]
        replaced = {
            "listener 1883": f"listener {self.ports['mqtt']} 127.0.0.1",
            "listener 8883": f"listener {self.ports['mqtts']} 127.0.0.1",
            "allow_anonymous false": "allow_anonymous false" + ("\nuser root" if self._root else ""),
        }
        configuration = self._configured(service, "/mosquitto/config/mosquitto.conf", replaced)
        rules = self._configured(service, "/mosquitto/config/acl", {})
        configuration.write_text(configuration.read_text().replace("/mosquitto/config/acl", str(rules)))
        rules.chmod(0o600)
        certificate = self.volume("certificates") / "fullchain.pem"
        self._spawn(
            "mosquitto",
            ["sh", str(DEPLOY / "mosquitto" / "start.sh")],
            {
                **service.environment,
                "PASSWORDS_FILE": str(self.volume("mosquitto") / "passwords"),
                "CONFIGURATION": str(configuration),
                "WATCHED": f"{rules} {certificate}",
                "RELOAD_EVERY_S": "1",
            },
        )
        self._wait("mosquitto", lambda: _accepts(self.ports["mqtts"]))

    def _engine(self, name: str) -> None:
        service = self.services[name]
        self._spawn(
            name,
            [self._mcs(), *self._mapped(service, service.command)],
            self._engine_environment(name, self.ports[name]),
        )
        self._wait(name, lambda: self._ready(self.ports[name]))

    def _viewer(self) -> None:
        streamlit = PROJECT / ".venv-viewer" / "bin" / "streamlit"
        if not streamlit.exists() or not (PROJECT / "viewer" / "app.py").exists():
            print("stack: the viewer is not installed; `make viewer` does that", flush=True)
            return
        port = self.ports["viewer"]
        command = [
            str(streamlit), "run", str(PROJECT / "viewer" / "app.py"), "--server.address=127.0.0.1", f"--server.port={port}",
            "--server.baseUrlPath=viewer", "--server.headless=true", "--browser.gatherUsageStats=false",
        ]  # fmt: skip
        self._spawn("viewer", command, {"HOME": str(self.folder / "tmp"), "PYTHONPATH": str(PROJECT)})
        self._wait("viewer", lambda: _accepts(port))

    def _nginx(self) -> None:
        service = self.services["admin-web"]
        replaced = {
            "listen 80 default_server": f"listen 127.0.0.1:{self.ports['http']} default_server",
            "listen 443 ssl http2 default_server": f"listen 127.0.0.1:{self.ports['https']} ssl http2 default_server",
            "set $worker worker:8080": f"set $worker 127.0.0.1:{self.ports['worker']}",
            "set $archiver archiver:8080": f"set $archiver 127.0.0.1:{self.ports['archiver']}",
            "set $viewer viewer:8501": f"set $viewer 127.0.0.1:{self.ports['viewer']}",
            "/tmp/nginx": str(self.folder / "tmp" / "nginx"),
        }
        configuration = self._configured(service, "/etc/nginx/nginx.conf", replaced)
        nginx = _program("nginx", os.environ.get("PATH", ""))
        certificate = self.volume("certificates") / "fullchain.pem"
        directives = "daemon off;" + (" user root;" if self._root else "")
        self._spawn(
            "admin-web",
            ["sh", str(DEPLOY / "reload-on-change.sh"), "HUP", str(certificate), nginx, "-c", str(configuration), "-g", directives],
            {"RELOAD_EVERY_S": "1"},
        )  # fmt: skip
        self._wait("admin-web", lambda: _accepts(self.ports["https"]))

    # ---- what they have in common

    def _engine_environment(self, name: str, port: int) -> dict[str, str]:
        service = self.services[name]
        environment = {key: value for key, value in self._mapped(service, service.environment).items() if value}
        machine_id = Path("/etc/machine-id")
        if not machine_id.exists() or not machine_id.read_text().strip():
            machine_id = self.folder / "machine-id"
            machine_id.write_text(secrets.token_hex(16) + "\n")
        # What the image sets for itself, and what is loopback here.
        image = {"MCS_HOST": "127.0.0.1", "MCS_PORT": str(port), "MCS_DATA": str(self.volume("data"))}
        image["MCS_FLOWS"] = environment.get("MCS_FLOWS", str(self.volume("flows")))
        environment.pop("MCS_TRUSTED_PROXIES")
        return {**environment, **image, "MCS_MACHINE_ID": str(machine_id), **self._settings}

    def _mapped(self, service: Service, value: object) -> object:
        """Addresses and paths of the containers as they are here."""
        if isinstance(value, dict):
            return {key: self._mapped(service, one) for key, one in value.items()}
        if isinstance(value, list):
            return [self._mapped(service, one) for one in value]
        text = str(value)
        for address, port in (
            ("timescaledb:5432", "postgres"),
            ("mosquitto:1883", "mqtt"),
            ("redis:6379", "redis"),
        ):
            text = text.replace(f"@{address}", f"@127.0.0.1:{self.ports[port]}")
        # An option is --name=PATH or --name=PATH=more, anything else may be a path as a whole.
        lead, equals, rest = text.partition("=") if text.startswith("--") else ("", "", text)
        place, more, names = rest.partition("=") if equals else (rest, "", "")
        for source, path in [*service.volumes, ("/app/flows", "/app/flows")]:
            if source.startswith((".", "/")) and source != "/app/flows":
                continue
            here = PROJECT / "flows" if source == "/app/flows" else self.volume(source)
            if place == path or place.startswith(path + "/"):
                return f"{lead}{equals}{here}{place[len(path) :]}{more}{names}"
        return text

    def _configured(self, service: Service, path: str, replaced: Mapping[str, str]) -> Path:
        """A copy of the config file that the service has at that path, with its paths and ports changed to those of here."""
        source = next(source for source, at in service.volumes if at == path)
        text = (DEPLOY / source).read_text(encoding="utf-8")
        for old, new in replaced.items():
            if old not in text:
                raise StackError(f"{source} does not say {old!r} any more; correct deploy/stack.py")
            text = text.replace(old, new)
        for name, at in service.volumes:
            if not name.startswith((".", "/")):
                text = text.replace(f"{at}/", f"{self.volume(name)}/").replace(
                    f"dir {at}\n", f"dir {self.volume(name)}\n"
                )
        copy = self.folder / "etc" / service.name / Path(path).name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(text, encoding="utf-8")
        for folder in (self.folder, copy.parent.parent, copy.parent):
            folder.chmod(0o755)
        return copy

    def _write_device_passwords(self) -> None:
        lines = "".join(f"{sn}:{password}\n" for sn, password in self.device_passwords.items())
        self.password_file.write_text(lines)
        self.password_file.chmod(0o600)
        hashed = self.volume("mosquitto") / "passwords"
        hashed.write_text(lines)
        hashed.chmod(0o600)
        if lines:
            subprocess.run([_program("mosquitto_passwd", os.environ.get("PATH", "")), "-U", str(hashed)], check=True)

    def _spawn(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], inherited: Sequence[int] = ()
    ) -> None:
        base = {"PATH": os.environ.get("PATH", "") + ":/usr/sbin", "HOME": str(self.folder), "LANG": "C.UTF-8"}
        with self.log(name).open("ab") as output:
            self.processes[name] = subprocess.Popen(
                _tied(list(command), self.services[name].capabilities), env={**base, **environment},
                stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True, cwd=self.folder, pass_fds=inherited,
            )  # fmt: skip

    def _wait(self, name: str, ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + START_S
        process = self.processes[name]
        while process.poll() is None and time.monotonic() < deadline:
            if ready():
                return
            time.sleep(0.05)
        why = "ended" if process.poll() is not None else f"is not ready after {START_S:g} s"
        raise StackError(f"{name} {why}: {_end_of(self.log(name))}")

    def _ready(self, port: int) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/health", timeout=2) as answer:
                return "starting" not in json.load(answer)
        except OSError:
            return False

    @staticmethod
    def _mcs() -> str:
        beside = Path(sys.executable).parent / "mcs"
        return str(beside) if beside.exists() else "mcs"


def _tied(command: list[str], capabilities: Sequence[str]) -> list[str]:
    """Ends with this process, also when that is killed; root keeps no more capabilities than in the container."""
    if command[0] == "setpriv" or shutil.which("setpriv") is None:
        return command
    lead = ["setpriv", "--pdeathsig=TERM", "--no-new-privs"]
    if os.geteuid() == 0:
        lead.append("--bounding-set=" + ",".join(["-all", *(f"+{name}" for name in capabilities)]))
    return [*lead, *command]


def _program(name: str, search: str) -> str:
    path = shutil.which(name, path=search + os.pathsep + "/usr/sbin")
    if path is None:
        raise StackError(f"{name} is not installed; tests/install-servers.sh installs it on Debian")
    return path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _accepts(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def _end_of(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:] if log.exists() else ""


def _stress_devices(count: int) -> Iterator[str]:
    return (f"STRESS{number:05}" for number in range(count))


def main() -> int:
    """Runs until Ctrl-C or SIGTERM; 1 when a service ended by itself."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--folder", type=Path, help="default: a temporary one, removed at the end")
    parser.add_argument(
        "--devices", type=int, default=0, help="so many devices STRESS00000… get passwords, for mcs stress"
    )
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="mcs-stack-"))
    stopping: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, frame: stopping.append(number))
    code = 0
    try:
        with Stack(folder, devices=list(_stress_devices(options.devices))) as stack:
            print(f"stack: {stack.url}  (self-signed; sign in as admin, password {stack.variables['ADMIN_PASSWORD']})")
            print(f"stack: devices publish to {stack.mqtt_url}, authority {stack.authority}")
            print(f"stack: everything it knows is in {folder / 'stack.json'}; Ctrl-C ends it", flush=True)
            while not stopping and not stack.ended():
                time.sleep(0.5)
            for name in stack.ended():
                print(f"stack: {name} has ended: {_end_of(stack.log(name))}", file=sys.stderr)
                code = 1
    except StackError as error:
        print(f"stack: {error}", file=sys.stderr)
        code = 1
    finally:
        if options.folder is None:
            shutil.rmtree(folder, ignore_errors=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
