"""CPU time per received message of the MQTT subscriber, side by side with aiomqtt.

    python -m tests.bench.mqtt_subscriber [--count 60000]

Each case is a process of its own that receives from a Mosquitto started for it; the publisher is this process.
"reads as they come" has the commit_group of reads under load switched off. The last rows give the delay from publish to
callback.
"""

import argparse
import asyncio
import json
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nodes.drivers.mqtt import BrokerAddress, Publish, Subscriber, backoff
from tests.nodes.drivers.mqtt.broker import Mosquitto

BODY = '{"ts":1734321000,"seq":1024,"v_raw":2345.6,"temp":25.1,"humi":40.2,"bat":88,"rssi":-71,"net":"4G","err":0,"_t":'
DEVICES = 1000
WINDOW = 500
Report = dict[str, Any]


class Publisher:
    """Formatted PUBLISH packets over one blocking socket, at most `WINDOW` of them unacknowledged at QoS 1."""

    def __init__(self, port: int, qos: int) -> None:
        self.qos, self.acked, self.changed = qos, 0, threading.Condition()
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(b"\x10\x0f\0\4MQTT\4\2\0\0\0\3pub")
        self.socket.recv(4)
        threading.Thread(target=self.count_acks, daemon=True).start()

    def count_acks(self) -> None:
        """Every PUBACK has 4 bytes."""
        bytes_read = 0
        while data := self.socket.recv(65536):
            bytes_read += len(data)
            with self.changed:
                self.acked = bytes_read // 4
                self.changed.notify()

    def wait_for_acks(self, count: int) -> None:
        """Wait until the broker has acknowledged so many."""
        with self.changed:
            self.changed.wait_for(lambda: self.acked >= count, timeout=30)

    def packet(self, number: int) -> bytes:
        """One reading; the payload ends with CLOCK_MONOTONIC in µs, the same clock in every process of a machine."""
        topic = b"metachip/gas/GS%06d/data" % (number % DEVICES)
        payload = BODY.encode() + b"%d}" % (time.monotonic_ns() // 1000)
        packet_id = (number % 65535 + 1).to_bytes(2, "big") if self.qos else b""
        size = 2 + len(topic) + len(packet_id) + len(payload)
        head = bytes([0x30 | self.qos << 1, size & 127 | 128, size >> 7])
        return head + len(topic).to_bytes(2, "big") + topic + packet_id + payload

    def publish(self, count: int, per_s: float) -> None:
        """Publish `count` messages at this rate; 0 is as fast as the broker takes them."""
        began, sent = time.perf_counter(), 0
        while sent < count:
            due = min(count, int((time.perf_counter() - began) * per_s) + 1) if per_s else min(count, sent + 32)
            if due <= sent:
                time.sleep(0.0002)
                continue
            self.socket.sendall(b"".join(self.packet(number) for number in range(sent, due)))
            sent = due
            if self.qos:
                self.wait_for_acks(sent - WINDOW)
        time.sleep(0.2)


class Meter:
    """Counts messages, and reports CPU time and delays when all have come."""

    def __init__(self, count: int, delays: bool) -> None:
        self.count, self.want_delays, self.seen, self.reads = count, delays, 0, 0
        self.delays_us: list[int] = []
        self.cpu = 0.0
        self.finished = asyncio.Event()

    def ready(self) -> None:
        """Say that publishing may begin, and start the CPU meter."""
        print("ready", flush=True)
        self.cpu = time.process_time()

    def take(self, messages: int, payload: bytes) -> None:
        """Messages of one read; the last one's payload."""
        self.seen += messages
        self.reads += 1
        if self.want_delays:
            self.delays_us.append(time.monotonic_ns() // 1000 - int(payload[len(BODY) : -1]))
        if self.seen >= self.count:
            self.cpu = time.process_time() - self.cpu
            self.finished.set()

    def report(self) -> Report:
        """CPU µs a message, messages a read, delays in ms."""
        delays = statistics.quantiles(self.delays_us, n=100) if self.want_delays else None
        return {
            "cpu_us": self.cpu / self.seen * 1e6,
            "per_read": self.seen / self.reads,
            "p50_ms": delays[49] / 1000 if delays else None,
            "p99_ms": delays[98] / 1000 if delays else None,
        }


async def receive_ours(port: int, qos: int, version: str, meter: Meter) -> None:
    """Our subscriber, acknowledging each read at once."""
    subscribed = asyncio.Event()

    def on_batch(batch: list[Publish]) -> None:
        if qos:
            subscriber.ack([publish.token for publish in batch])
        meter.take(len(batch), batch[-1].payload)

    subscriber = Subscriber(
        BrokerAddress.parse(f"mqtt://127.0.0.1:{port}", version="5" if version == "5" else "3.1.1"),
        client_id="bench",
        filters=[("metachip/gas/+/data", qos)],
        on_batch=on_batch,
        clean_session=True,
        on_status=lambda status, _: subscribed.set() if status == "connected" else None,
    )
    await subscriber.start()
    await subscribed.wait()
    meter.ready()
    await meter.finished.wait()
    await subscriber.stop(1)


async def receive_aiomqtt(port: int, qos: int, version: str, meter: Meter) -> None:
    """aiomqtt as its documentation has it; it acknowledges by itself, before the message is handed over."""
    import aiomqtt

    protocol = aiomqtt.ProtocolVersion.V5 if version == "5" else aiomqtt.ProtocolVersion.V311
    async with aiomqtt.Client("127.0.0.1", port, identifier="bench", protocol=protocol) as client:
        await client.subscribe("metachip/gas/+/data", qos)
        meter.ready()
        async for message in client.messages:
            meter.take(1, message.payload if isinstance(message.payload, bytes) else b"")
            if meter.finished.is_set():
                return


def receive(options: argparse.Namespace) -> None:
    """The receiving process: prints "ready", then its report."""
    if not options.gather:
        backoff._BUSY_PER_S = float("inf")  # type: ignore[assignment]
    meter = Meter(options.count, options.delays)
    receiver: Callable[..., Any] = receive_aiomqtt if options.client == "aiomqtt" else receive_ours
    if options.uvloop:
        import uvloop

        uvloop.run(receiver(options.port, options.qos, options.version, meter))
    else:
        asyncio.run(receiver(options.port, options.qos, options.version, meter))
    print(json.dumps(meter.report()), flush=True)


def measure(count: int, per_s: float, qos: int, *arguments: str) -> Report:
    """Run one case with a broker of its own."""
    with tempfile.TemporaryDirectory() as folder:
        broker = Mosquitto(Path(folder))
        broker.start()
        command = [sys.executable, "-m", "tests.bench.mqtt_subscriber", "--port", str(broker.port)]
        command += ["--count", str(count), "--qos", str(qos), *arguments]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            publisher = Publisher(broker.port, qos)
            began = time.perf_counter()
            publisher.publish(count, per_s)
            out, _ = process.communicate(timeout=60)
            report: Report = json.loads(out)
            report["per_s"] = count / (time.perf_counter() - began)
            publisher.socket.close()
            return report
        finally:
            process.kill()
            process.wait()
            broker.stop()


def main() -> None:
    """Measure all cases and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=60_000)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--qos", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--client", default="ours", help=argparse.SUPPRESS)
    parser.add_argument("--version", default="3.1.1", help=argparse.SUPPRESS)
    parser.add_argument("--delays", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--uvloop", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--gather", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.port:
        receive(options)
        return
    if options.count > 100_000:
        parser.error("--count: at most 100000, this is a shared machine")
    cases: list[tuple[str, tuple[str, ...]]] = [
        ("aiomqtt", ("--client", "aiomqtt")),
        ("ours, reads as they come", ()),
        ("ours", ("--gather",)),
        ("ours, uvloop, reads as they come", ("--uvloop",)),
        ("ours, uvloop", ("--uvloop", "--gather")),
        ("ours, uvloop, MQTT 5", ("--uvloop", "--gather", "--version", "5")),
    ]
    print(f"{'as fast as the broker goes':<36}{'QoS':>4}{'CPU µs/msg':>12}{'msg/read':>10}{'msg/s':>10}")
    for qos in (0, 1):
        for name, arguments in cases:
            got = measure(options.count, 0, qos, *arguments)
            print(f"{name:<36}{qos:>4}{got['cpu_us']:>12.2f}{got['per_read']:>10.1f}{got['per_s']:>10.0f}", flush=True)
    print(f"\n{'at 1,000 msg/s':<36}{'QoS':>4}{'CPU µs/msg':>12}{'p50 ms':>10}{'p99 ms':>10}")
    for qos in (0, 1):
        for name, arguments in (cases[0], cases[2], cases[4]):
            got = measure(5000, 1000, qos, "--delays", *arguments)
            print(f"{name:<36}{qos:>4}{got['cpu_us']:>12.2f}{got['p50_ms']:>10.2f}{got['p99_ms']:>10.2f}", flush=True)


if __name__ == "__main__":
    main()
