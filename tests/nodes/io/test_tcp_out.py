"""Messages sent over TCP: framed, in order, waiting while the server is away; answers find the connection they belong to."""

import asyncio
from typing import Any

import pytest

from engine.flow.problem import FlowError
from nodes.drivers import tcp_sessions
from tests.eventually import eventually
from tests.nodes.io.harness import SiteHarness
from tests.servers.process import free_port


class Listener:
    """A server that keeps what it is sent."""

    def __init__(self) -> None:
        self.port = free_port()
        self.got = b""
        self.writers: list[asyncio.StreamWriter] = []

    async def start(self) -> None:
        self.server = await asyncio.start_server(self._take, "127.0.0.1", self.port)

    async def stop(self) -> None:
        self.server.close()
        for writer in self.writers:
            writer.transport.abort()
        await self.server.wait_closed()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        while data := await reader.read(65_536):
            self.got += data


async def deploy_out(bench: SiteHarness, port: int, config: str = "") -> None:
    await bench.deploy(f"  out: {{type: tcp-out, with: {{host: 127.0.0.1, port: {port}, {config}}}}}\n")


async def test_messages_are_framed_in_order(bench: SiteHarness) -> None:
    listener = Listener()
    await listener.start()
    await deploy_out(bench, listener.port)
    for payload in ("气", b"\xff", {"v": 1}):
        bench.give("out", payload)
    await eventually(lambda: listener.got == "气\n".encode() + b'\xff\n{"v":1}\n')
    await listener.stop()


async def test_length_goes_before_and_what_does_not_fit_it_is_refused(bench: SiteHarness) -> None:
    listener = Listener()
    await listener.start()
    await deploy_out(bench, listener.port, "framing: length, length_bytes: 1")
    bench.give("out", "ab")
    bench.give("out", "x" * 256)
    bench.give("out", object())
    await eventually(lambda: listener.got == b"\x02ab")
    await eventually(lambda: len(bench.refused) == 2)
    assert ["too long" in bench.refused[0] or "JSON" in bench.refused[0], len(bench.refused)] == [True, 2]
    await listener.stop()


async def test_messages_wait_while_the_server_is_away(bench: SiteHarness) -> None:
    listener = Listener()
    await deploy_out(bench, listener.port)
    bench.give("out", "early")
    await eventually(lambda: bench.status("out")[1] == "error")
    await listener.start()
    await eventually(lambda: listener.got == b"early\n")
    assert bench.refused == []
    await listener.stop()


async def test_server_that_hung_up_is_called_anew_before_the_next_message(bench: SiteHarness) -> None:
    listener = Listener()
    await listener.start()
    await deploy_out(bench, listener.port)
    bench.give("out", "1")
    await eventually(lambda: listener.got == b"1\n")
    listener.writers[0].close()
    await eventually(lambda: bench.instance("out").connection[1].is_closing())
    bench.give("out", "2")
    await eventually(lambda: listener.got == b"1\n2\n")
    await listener.stop()


async def test_answer_goes_back_to_its_sender_and_to_nobody_else(bench: SiteHarness) -> None:
    port = free_port()
    await bench.deploy(
        f"  in: {{type: tcp-in, with: {{port: {port}}}, to: back}}\n  back: {{type: tcp-out, with: {{mode: answer}}}}\n"
    )
    await eventually(lambda: "0 connected" in bench.status("in")[0])
    pairs = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
    for number, (_, writer) in enumerate(pairs):
        writer.write(f"from {number}\n".encode())
    for number, (reader, writer) in enumerate(pairs):
        async with asyncio.timeout(60):
            assert await reader.readline() == f"from {number}\n".encode()
        writer.close()


@pytest.mark.parametrize("tcp", [None, {}, {"session": 5}, {"session": "gone"}, "text"])
async def test_message_without_a_living_sender_is_refused(bench: SiteHarness, tcp: Any) -> None:
    await bench.deploy("  back: {type: tcp-out, with: {mode: answer}}\n")
    bench.give("back", "x", tcp=tcp)
    await eventually(lambda: len(bench.refused) == 1)
    assert "tcp-in" in bench.refused[0] or "hung up" in bench.refused[0]


async def test_sender_that_takes_nothing_holds_up_nobody(bench: SiteHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is cut off; what was for it is refused, and the others get their answers."""
    monkeypatch.setattr(tcp_sessions, "TAKE_S", 0.2)
    port = free_port()
    await bench.deploy(
        f"  in: {{type: tcp-in, with: {{port: {port}}}, to: keep}}\n  keep: {{type: keep}}\n"
        "  back: {type: tcp-out, with: {mode: answer, framing: none}}\n"
    )
    await eventually(lambda: "0 connected" in bench.status("in")[0])
    stuck, other = [await asyncio.open_connection("127.0.0.1", port, limit=1024) for _ in range(2)]
    stuck[0]._transport.pause_reading()  # type: ignore[attr-defined]
    stuck[1].write(b"hello\n")
    await eventually(lambda: len(bench.got()) == 1)
    other[1].write(b"hello\n")
    await eventually(lambda: len(bench.got()) == 2)
    first, second = (message.props["tcp"] for message in bench.messages())
    for _ in range(20):
        bench.give("back", "x" * 1_000_000, tcp=first)
    bench.give("back", "for the other", tcp=second)
    async with asyncio.timeout(60):
        assert await other[0].readexactly(13) == b"for the other"
    await eventually(lambda: bool(bench.refused))
    assert {"hung up" in reason for reason in bench.refused} == {True}
    stuck[1].transport.abort()
    other[1].close()


async def test_server_must_be_named(bench: SiteHarness) -> None:
    with pytest.raises(FlowError, match="name the server"):
        await bench.deploy("  out: {type: tcp-out}\n")
