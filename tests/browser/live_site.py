"""The product as people run it, for a browser: `mcs run` in a process of its own, with devices that publish."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from tests.eventually import wait_until
from tests.servers.process import ServerProcess, free_port

PASSWORD = "correct horse battery"
FLOWS = Path(__file__).parents[2] / "flows"
START_S = 60.0


class LiveSite(ServerProcess):
    """`mcs run` on a free port with a copy of the shipped flows in `flows`; `admin` signs in with `PASSWORD`."""

    def __init__(self, folder: Path, dsn: str, mqtt_url: str, settings: Mapping[str, str] | None = None) -> None:
        port = free_port()
        self.folder = folder
        self.flows = folder / "flows"
        self.url = f"http://127.0.0.1:{port}"
        self.mqtt_url = mqtt_url
        self.dsn = dsn
        self._simulators: list[subprocess.Popen[bytes]] = []
        self._tokens: dict[str, str] = {}
        self._users: set[str] = set()
        self._cookie = ""
        if not self.flows.exists():
            shutil.copytree(FLOWS, self.flows)
        variables = {
            "MCS_DATABASE_URL": dsn,
            "MCS_MQTT_URL": mqtt_url,
            "MCS_PORT": str(port),
            "MCS_DATA": str(folder / "data"),
            "MCS_FLOWS": str(self.flows),
            "MCS_ADMIN_PASSWORD": "the first one of all",
            "MCS_ALLOWED_TARGETS": "127.0.0.0/8,::1",
            **(settings or {}),
        }
        self._environment = ["env", *(f"{name}={value}" for name, value in variables.items())]
        super().__init__([*self._environment, sys.executable, "-m", "engine", "run"], port, folder / "mcs.log")

    def start(self) -> None:
        """Start it and wait until it is ready and `admin` has a password."""
        super().start()
        wait_until(self._ready, within_s=START_S)
        try:
            self._call("POST", "/api/session", {"user": "admin", "password": "the first one of all"})
        except urllib.error.HTTPError:
            return  # started before: the password has been changed
        self._call("POST", "/api/session/password", {"old": "the first one of all", "new": PASSWORD})

    def stop(self) -> None:
        """Stop the devices, then the site."""
        while self._simulators:
            simulator = self._simulators.pop()
            simulator.terminate()
            try:
                simulator.wait(20)
            except subprocess.TimeoutExpired:
                simulator.kill()
                simulator.wait()
        super().stop()

    def simulate(self, devices: int = 5, interval_s: float = 1.0) -> None:
        """Registered devices publish from now on until the site is stopped."""
        command = [*self._environment, sys.executable, "-m", "engine", "simulate", "--register"]
        command += ["--devices", str(devices), "--interval", str(interval_s)]
        with (self.folder / "simulate.log").open("ab") as log:
            self._simulators.append(subprocess.Popen(command, stdout=log, stderr=log, cwd="/"))

    def call(self, method: str, path: str, body: Any = None, role: str = "admin") -> Any:
        """The API with a token of that role: the decoded answer. Raises `urllib.error.HTTPError` on a refusal."""
        return self._call(method, path, body, token=self.token(role))

    def token(self, role: str) -> str:
        """An API token of that role."""
        if role not in self._tokens:
            self.cookie()
            if role == "integrator":  # nobody makes a token that may do more than they
                self._call("POST", "/api/session", {"user": self._user(role), "password": PASSWORD})
            made = self._call("POST", "/api/tokens", {"name": f"tests-{role}", "role": role})
            self._tokens[role] = made["text"]
        return self._tokens[role]

    def cookie(self) -> str:
        """The cookie of a new session of `admin`, as a `Cookie` header."""
        self._call("POST", "/api/session", {"user": "admin", "password": PASSWORD})
        return self._cookie

    async def sign_in(self, page: Page, role: str = "admin") -> None:
        """Sign a page's browser in as a user of that role, without the form; every page that is opened then knows who it is."""
        headers = {"Origin": self.url, "X-MCS": "1"}
        data = {"user": self._user(role), "password": PASSWORD}
        answer = await page.context.request.post(f"{self.url}/api/session", data=data, headers=headers)
        assert answer.ok, await answer.text()

    def _user(self, role: str) -> str:
        """The name of a user of that role, who is made when there is none."""
        if role == "admin":
            return role
        name = f"the-{role}"
        if role not in self._users:
            self._users.add(role)
            self.cookie()
            self._call("POST", "/api/users", {"name": name, "password": "their first one", "role": role})
            self._call("POST", "/api/session", {"user": name, "password": "their first one"})
            self._call("POST", "/api/session/password", {"old": "their first one", "new": PASSWORD})
        return name

    def _ready(self) -> bool:
        assert not self._ended(), self.log.read_text(errors="replace")[-4000:]
        return "starting" not in self._call("GET", "/api/health")

    def _call(self, method: str, path: str, body: Any = None, token: str = "") -> Any:
        headers = {"Origin": self.url, "X-MCS": "1", "Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        elif self._cookie:
            headers["Cookie"] = self._cookie
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, headers=headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            if path == "/api/session" and method == "POST":
                self._cookie = answer.headers["Set-Cookie"].partition(";")[0]
            text = answer.read()
        return json.loads(text) if text and answer.headers.get_content_type() == "application/json" else text
