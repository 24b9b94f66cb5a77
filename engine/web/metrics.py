"""Figures for Prometheus, in its text format 0.0.4."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import psutil

from engine.runtime.flow_runner import FlowRun
from engine.runtime.node_runner import RunningNode
from engine.runtime.observer import LATENCY_BOUNDS_S, Latency
from engine.web.http.server_context import ServerContext

__all__ = ["Family", "format_families", "metrics_text"]

Labels = Mapping[str, str]
Sample = tuple[str, Labels, float]


class Family:
    """All samples of one figure. A sample's name is the family's with a suffix ("" for most)."""

    def __init__(self, name: str, kind: str, help: str) -> None:
        self.name = name
        self.kind = kind
        self.help = help
        self.samples: list[Sample] = []

    def add(self, value: float, labels: Labels | None = None, suffix: str = "") -> None:
        """One sample."""
        self.samples.append((suffix, labels or {}, value))


def metrics_text(server: ServerContext, process: psutil.Process) -> str:
    """Everything that can be counted, at this moment."""
    return format_families([*_process(process), *_site(server), *_flows(server.site.flows)])


def format_families(families: Iterable[Family]) -> str:
    """The text; label values are escaped as the format wants it (backslash, quote, line feed)."""
    lines: list[str] = []
    for family in families:
        help = family.help.replace("\\", "\\\\").replace("\n", "\\n")
        lines += [f"# HELP {family.name} {help}", f"# TYPE {family.name} {family.kind}"]
        for suffix, labels, value in family.samples:
            pairs = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels.items())
            lines.append(
                f"{family.name}{suffix}{{{pairs}}} {value:.17g}" if pairs else f"{family.name}{suffix} {value:.17g}"
            )
    return "\n".join(lines) + "\n"


def _process(process: psutil.Process) -> Iterator[Family]:
    with process.oneshot():
        cpu = Family("process_cpu_seconds_total", "counter", "CPU time of the engine process, user and system.")
        times = process.cpu_times()
        cpu.add(times.user + times.system)
        memory = Family("process_resident_memory_bytes", "gauge", "Resident memory of the engine process.")
        memory.add(process.memory_info().rss)
        started = Family("process_start_time_seconds", "gauge", "Unix time at which the engine was started.")
        started.add(process.create_time())
    yield from (cpu, memory, started)


def _site(server: ServerContext) -> Iterator[Family]:
    info = Family("mcs_info", "gauge", "Always 1; the label tells the version.")
    info.add(1, {"version": server.version})
    quarantined = Family("mcs_quarantined_messages_total", "counter", "Messages that no node could handle.")
    quarantined.add(server.site.quarantine.count)
    database = Family("mcs_database_up", "gauge", "1 while the database answers.")
    database.add(float(server.database.up))
    health = Family("mcs_health", "gauge", "1 for the status that the site has.")
    found = server.health()
    status = found["status"]
    for one in ("ok", "degraded", "locked"):
        health.add(float(one == status), {"status": one})
    disk = shutil.disk_usage(server.settings.data)
    free = Family("mcs_data_disk_free_bytes", "gauge", "What is free on the disk of MCS_DATA.")
    free.add(disk.free)
    size = Family("mcs_data_disk_bytes", "gauge", "The size of the disk of MCS_DATA.")
    size.add(disk.total)
    yield from (free, size, *_services(found["services"]))
    waiting = Family(
        "mcs_flow_file_waiting", "gauge", "1 for a flow whose file is not what runs; the label why tells the kind."
    )
    for flow, note in server.deploys.notes.items():
        waiting.add(1, {"flow": flow, "why": note.kind})
    yield from (info, quarantined, database, health, waiting)


def _services(services: Mapping[str, Mapping[str, Any]]) -> Iterator[Family]:
    """What health says of each service, the figures of packs among it: active alarms, the spool, days of the licence, age of the backup."""
    up = Family("mcs_service_ok", "gauge", "1 while a service is well.")
    facts = Family("mcs_service_fact", "gauge", "A figure that a service tells of itself on the health page.")
    for name, service in services.items():
        up.add(float(service.get("status") == "ok"), {"service": name})
        for fact, value in service.items():
            if isinstance(value, int | float):
                facts.add(float(value), {"service": name, "fact": fact})
    yield from (up, facts)


def _flows(flows: Mapping[str, FlowRun]) -> Iterator[Family]:
    families = {
        "in": Family("mcs_node_messages_in_total", "counter", "Messages that a node was given."),
        "out": Family("mcs_node_messages_out_total", "counter", "Messages that left a port."),
        "errors": Family("mcs_node_errors_total", "counter", "Messages that a node refused or failed on."),
        "dropped": Family("mcs_node_dropped_total", "counter", "Messages that a node dropped by its nature."),
        "depth": Family("mcs_node_queue_depth", "gauge", "Messages that wait for an asynchronous node or are in it."),
        "under_way": Family("mcs_source_under_way", "gauge", "Messages of a source that are not acknowledged yet."),
        "done": Family("mcs_source_messages_done_total", "counter", "Messages of a source that all is done with."),
        "latency": Family("mcs_node_seconds", "histogram", "Time a node took, sampled (20 messages a second)."),
    }
    for flow, run in flows.items():
        for id, (received, sent, errors) in run.counts().items():
            labels = {"flow": flow, "node": id}
            families["in"].add(received, labels)
            families["errors"].add(errors, labels)
            for port, count in sent.items():
                families["out"].add(count, {**labels, "port": port})
            _node(families, labels, run.nodes[id])
            latency = run.observer.latency.get(id)
            if latency is not None:
                _histogram(families["latency"], labels, latency)
    yield from families.values()


def _node(families: Mapping[str, Family], labels: Labels, node: RunningNode) -> None:
    families["dropped"].add(node.context.dropped, labels)
    if node.queue is not None:
        families["depth"].add(node.queue.depth, labels)
    if node.emitter is not None:
        families["under_way"].add(node.emitter.under_way, labels)
        families["done"].add(node.emitter.done, labels)


def _histogram(family: Family, labels: Labels, latency: Latency) -> None:
    seen = 0
    for bound, count in zip(LATENCY_BOUNDS_S, latency.counts, strict=False):
        seen += count
        family.add(seen, {**labels, "le": f"{bound:g}"}, "_bucket")
    family.add(latency.samples, {**labels, "le": "+Inf"}, "_bucket")
    family.add(latency.total_s, labels, "_sum")
    family.add(latency.samples, labels, "_count")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
