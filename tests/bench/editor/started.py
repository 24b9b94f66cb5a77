"""Starting what is measured: a site of our own, and Node-RED where it is installed."""

from __future__ import annotations

import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.editor.editors import NodeRedEditor, OurEditor
from tests.bench.node_red import NodeRed, node_program
from tests.browser.live_site import LiveSite
from tests.eventually import wait_until
from tests.servers.mosquitto import Mosquitto
from tests.servers.postgres import Postgres
from tests.servers.process import free_port

SETTINGS = """module.exports = {
  uiHost: "127.0.0.1", telemetry: { enabled: false, updateNotification: false }, logging: { console: { level: "error" } },
  editorTheme: { tours: false }, // else one lies over the canvas
};
"""


@contextmanager
def our_editor(folder: Path) -> Iterator[OurEditor]:
    """A site of its own broker and database."""
    (folder / "site").mkdir()
    postgres, broker = Postgres(folder, durable=False), Mosquitto(folder)
    postgres.start()
    broker.start()
    site = LiveSite(folder / "site", postgres.dsn(), broker.url)
    site.start()
    try:
        yield OurEditor(site)
    finally:
        site.stop()
        broker.stop()
        postgres.stop()


@contextmanager
def node_red_editor(folder: Path, mqtt_url: str) -> Iterator[NodeRedEditor | None]:
    """Node-RED on a free port; None where `make bench NODE_RED=1` has not installed it."""
    modules = NodeRed.installed()
    if modules is None:
        yield None
        return
    port = free_port()
    folder.mkdir()
    (folder / "settings.js").write_text(SETTINGS)
    command = [str(node_program()), str(modules / "node-red" / "red.js"), "--port", str(port)]
    command += ["--userDir", str(folder), "--settings", str(folder / "settings.js")]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: running.poll() is not None or _answers(f"http://127.0.0.1:{port}/flows"), within_s=90)
        assert running.poll() is None, f"{' '.join(command)} does not start; run it by hand to see why"
        yield NodeRedEditor(f"http://127.0.0.1:{port}", mqtt_url)
    finally:
        running.terminate()
        running.wait(20)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except OSError:
        return False
