"""Publishes numbered gas readings over one raw MQTT socket: cheap enough to load an engine to its limit beside it.

    python -m tests.bench.publisher --url mqtt://127.0.0.1:1883 --rate 1000 --count 10000 --qos 1

Reading number n is of device n mod DEVICES with sequence number n // DEVICES, so that what arrived can be counted exactly. Its `ts` is
fixed by its number, or with `--stamp` the moment of sending (wall clock, microseconds), from which latencies are measured. At QoS 1 a
broken connection is made anew and everything unacknowledged is sent again. At the end one line of JSON: sent, seconds, began.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import socket
import struct
import sys
import threading
import time
from urllib.parse import urlsplit

START_S = 1_760_000_000
WINDOW = 2_000
RECONNECT_S = 0.05
GIVE_UP_S = 60.0
STAMP = b'"ts":%017.6f,'
"""As wide as every moment of this century, so that the packet's length is known before the moment is."""


class Readings:
    """The packets, formatted ahead but for what differs from message to message."""

    def __init__(self, devices: int, qos: int, alarm_share: float, prefix: str, stamp: bool) -> None:
        self.devices = devices
        self.qos = qos
        self.stamp = stamp
        chance = random.Random(7)
        self._variants = [_variant(chance, 2000, 2900) for _ in range(2003)]
        self._leaking = [_variant(chance, 3300, 3900) for _ in range(101)]
        self._leaks = round(devices * alarm_share)
        self._topics = [f"metachip/gas/{prefix}{number:05}/data".encode() for number in range(devices)]

    def packet(self, number: int) -> bytes:
        """The PUBLISH of a reading; its packet identifier follows from its number."""
        topic = self._topics[number % self.devices]
        moment = time.time() if self.stamp else START_S + number // self.devices
        body = b"{" + STAMP % moment + b'"seq":%d,' % (number // self.devices % 65536)
        leaks = number % self.devices < self._leaks
        body += self._leaking[number % 101] if leaks else self._variants[number % 2003]
        head = struct.pack(">H", len(topic)) + topic
        if self.qos:
            head += struct.pack(">H", number % 65535 + 1)
        return bytes([0x30 | self.qos << 1]) + _length(len(head) + len(body)) + head + body


class Connection:
    """One connection; a thread counts the acknowledgements, which a broker sends in order."""

    def __init__(self, host: str, port: int) -> None:
        self.socket = socket.create_connection((host, port), timeout=GIVE_UP_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        name = b"load-%d" % random.randrange(1 << 40)
        connect = b"\x00\x04MQTT\x04\x02\x00\x00" + struct.pack(">H", len(name)) + name
        self.socket.sendall(b"\x10" + _length(len(connect)) + connect)
        if self.socket.recv(4)[:2] != b"\x20\x02":
            raise ConnectionError("the broker did not accept us")
        self.acknowledged = 0
        self.broken = False
        self.changed = threading.Condition()
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self) -> None:
        rest = 0
        while True:
            try:
                data = self.socket.recv(65536)
            except OSError:
                data = b""
            with self.changed:
                acknowledged, rest = divmod(rest + len(data), 4)
                self.acknowledged += acknowledged
                self.broken = self.broken or not data
                self.changed.notify()
            if not data:
                return

    def wait_for(self, acknowledged: int) -> None:
        """Returns when so many are acknowledged. ConnectionError when the connection broke before."""
        with self.changed:
            if not self.changed.wait_for(lambda: self.acknowledged >= acknowledged or self.broken, GIVE_UP_S):
                raise SystemExit("the broker has acknowledged nothing for a minute")
            if self.acknowledged < acknowledged:
                raise ConnectionError("the broker went away")


def publish(host: str, port: int, readings: Readings, first: int, count: int, rate: float) -> dict[str, float]:
    """Sends readings number `first` to `first + count`, `rate` a second (0: as fast as the broker takes them)."""
    began, wall = time.perf_counter(), time.time()
    done, end = first, first + count  # all below `done` are acknowledged
    while done < end:
        try:
            connection = Connection(host, port)
        except (ConnectionError, OSError):
            if not readings.qos or time.perf_counter() - began > GIVE_UP_S:
                raise
            time.sleep(RECONNECT_S)
            continue
        sent = done
        try:
            while sent < end:
                due = end if not rate else min(end, first + int((time.perf_counter() - began) * rate) + 1)
                if due <= sent:
                    time.sleep(max(0.0, began + (sent - first) / rate - time.perf_counter()))
                    continue
                until = min(due, sent + 64)
                if readings.qos:
                    connection.wait_for(until - done - WINDOW)
                connection.socket.sendall(b"".join([readings.packet(number) for number in range(sent, until)]))
                sent = until
            if readings.qos:
                connection.wait_for(end - done)
            done = end
        except (ConnectionError, BrokenPipeError, OSError):
            if not readings.qos:
                raise
            done += connection.acknowledged
        finally:
            # Half closed first: what was sent at QoS 0 is read by the broker before it sees the end.
            with contextlib.suppress(OSError):
                connection.socket.shutdown(socket.SHUT_WR)
    return {"sent": count, "seconds": time.perf_counter() - began, "began": wall}


def _variant(chance: random.Random, low: float, high: float) -> bytes:
    return b'"v_raw":%.1f,"temp":%.1f,"humi":%.1f,"bat":%d,"rssi":%d,"net":"4G","err":0}' % (
        chance.uniform(low, high),
        chance.uniform(15, 35),
        chance.uniform(30, 60),
        chance.randint(20, 99),
        -chance.randint(50, 99),
    )


def _length(size: int) -> bytes:
    encoded = bytearray()
    while True:
        size, digit = divmod(size, 128)
        encoded.append(digit | (128 if size else 0))
        if not size:
            return bytes(encoded)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", required=True)
    parser.add_argument("--devices", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=0.0)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--qos", type=int, choices=(0, 1), default=1)
    parser.add_argument("--alarm", type=float, default=0.0, help="share of devices above the alarm level")
    parser.add_argument("--prefix", default="GS")
    parser.add_argument("--stamp", action="store_true")
    given = parser.parse_args()
    address = urlsplit(given.url)
    readings = Readings(given.devices, given.qos, given.alarm, given.prefix, given.stamp)
    told = publish(
        address.hostname or "127.0.0.1", address.port or 1883, readings, given.first, given.count, given.rate
    )
    json.dump(told, sys.stdout)
    print(flush=True)


if __name__ == "__main__":
    main()
