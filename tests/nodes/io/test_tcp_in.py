"""Messages from TCP streams: told apart, bounded, held back while the flow is full, and confirmed when they are done."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from engine.core.clock import settle
from engine.testing import NodeHarness
from nodes.io.tcp_in import TcpIn
from tests.eventually import eventually
from tests.nodes.io.harness import SiteHarness
from tests.servers.process import free_port
from tests.waits import HurriedClock, assert_waits_grow

Talk = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@contextlib.asynccontextmanager
async def talking(bench: SiteHarness, config: str, then: str = "keep") -> AsyncIterator[Talk]:
    """A connection to a tcp-in that is up."""
    port = free_port()
    await bench.deploy(
        f"  in: {{type: tcp-in, with: {{port: {port}, {config}}}, to: {then}}}\n"
        "  gate: {type: gate, to: keep}\n  keep: {type: keep}\n"
    )
    await eventually(lambda: str(port) in bench.status("in")[0])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()


async def test_each_line_is_a_message_however_the_stream_is_cut(bench: SiteHarness) -> None:
    async with talking(bench, "framing: line") as (_, writer):
        for piece in ("气".encode()[:1], "气".encode()[1:] + b" 1\r\ntw", b"o\n\nlast\n"):
            writer.write(piece)
            await writer.drain()
        await eventually(lambda: len(bench.got()) == 4)
        assert bench.got() == ["气 1", "two", "", "last"]
        message = bench.messages()[0]
        assert message.topic == message.props["tcp"]["peer"]


async def test_length_before_each_message(bench: SiteHarness) -> None:
    async with talking(bench, "framing: length, length_bytes: 2, payload: bytes") as (_, writer):
        writer.write(b"\x00\x03a\nb\x00\x00\x00\x01")
        await writer.drain()
        writer.write(b"\xff")
        await eventually(lambda: len(bench.got()) == 3)
        assert bench.got() == [b"a\nb", b"", b"\xff"]


async def test_pause_ends_a_message(bench: SiteHarness) -> None:
    async with talking(bench, "framing: idle, idle_s: 0.05, payload: bytes") as (_, writer):
        writer.write(b"one")
        await eventually(lambda: bench.got() == [b"one"])
        writer.write(b"two")
        writer.write_eof()
        await eventually(lambda: bench.got() == [b"one", b"two"])


async def test_too_large_message_is_refused_after_what_was_whole_before_it(bench: SiteHarness) -> None:
    """Its beginning is kept, and the connection is closed: nobody knows where the next would begin."""
    async with talking(bench, "framing: line, largest_bytes: 10") as (reader, writer):
        writer.write(b"good\nalso good\n" + b"x" * 5000)
        assert await reader.read() == b""
        await eventually(lambda: len(bench.refused) == 1)
        assert bench.got() == ["good", "also good"]
        assert "larger than 10 bytes" in bench.refused[0]
        assert len(bench.kept_bytes[0]) < 1100


async def test_length_that_says_too_much_is_refused_before_it_has_come(bench: SiteHarness) -> None:
    async with talking(bench, "framing: length, largest_bytes: 1000") as (reader, writer):
        writer.write(b"\x00\x00\x00\x02ok\xff\xff\xff\xff")
        assert await reader.read() == b""
        await eventually(lambda: len(bench.refused) == 1)
        assert bench.got() == ["ok"]
        assert "4,294,967,295 bytes" in bench.refused[0]


async def test_message_cut_off_at_the_end_is_refused(bench: SiteHarness) -> None:
    async with talking(bench, "framing: line") as (_, writer):
        writer.write(b"whole\nhal")
        writer.write_eof()
        await eventually(lambda: len(bench.refused) == 1)
        assert bench.got() == ["whole"]
        assert "in the middle of a message" in bench.refused[0]


async def test_text_that_is_no_utf8_is_refused_and_the_next_goes_on(bench: SiteHarness) -> None:
    async with talking(bench, "framing: line") as (_, writer):
        writer.write(b"\xff\xfe\nfine\n")
        await eventually(lambda: bench.got() == ["fine"])
        assert ["UTF-8" in reason for reason in bench.refused] == [True]


async def test_receipt_comes_when_the_flow_is_done_and_in_order(bench: SiteHarness) -> None:
    """A message in the quarantine is kept, so it counts; the sender learns nothing before."""
    async with talking(bench, "framing: line, acknowledge: echo", then="gate") as (reader, writer):
        writer.write(b"a\n\xff\nb\n")
        await eventually(lambda: len(bench.refused) == 1)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await reader.read(1)
        bench.open()
        async with asyncio.timeout(60):
            assert await reader.readexactly(3) == b"a\xffb"


async def test_full_flow_stops_reading_and_loses_nothing(bench: SiteHarness) -> None:
    """What is under way never exceeds the window, though the sender has sent everything long ago."""
    sent = [f"{number} {'x' * 1000}" for number in range(8000)]
    async with talking(bench, "framing: line", then="gate") as (_, writer):
        sending = asyncio.create_task(_send(writer, sent))
        await eventually(lambda: bench.under_way == 5000)
        await settle()
        assert bench.under_way == 5000
        bench.open()
        await eventually(lambda: len(bench.got()) == 8000)
        assert bench.got() == sent
        await sending


async def test_more_connections_than_allowed_are_closed(bench: SiteHarness) -> None:
    async with talking(bench, "most_connections: 1") as (_, writer):
        writer.write(b"first\n")
        await eventually(lambda: bench.got() == ["first"])
        reader, second = await asyncio.open_connection("127.0.0.1", writer.get_extra_info("peername")[1])
        assert await reader.read() == b""
        second.close()
        writer.write(b"still here\n")
        await eventually(lambda: bench.got() == ["first", "still here"])


async def test_silent_connection_is_closed(bench: SiteHarness) -> None:
    async with talking(bench, "silence_s: 0.05") as (reader, _):
        async with asyncio.timeout(60):
            assert await reader.read() == b""


async def test_server_that_goes_away_is_called_again(bench: SiteHarness) -> None:
    """As the side that calls: it waits for a server that is not there yet, and comes back after a break."""
    port = free_port()
    await bench.deploy(
        f"  in: {{type: tcp-in, with: {{mode: connect, port: {port}}}, to: keep}}\n  keep: {{type: keep}}\n"
    )
    await eventually(lambda: bench.status("in")[1] == "error")
    calls = 0

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal calls
        calls += 1
        writer.write(f"call {calls}\n".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", port)
    await eventually(lambda: bench.got()[:2] == ["call 1", "call 2"])
    server.close()


async def test_port_that_is_taken_is_told_and_tried_again(bench: SiteHarness) -> None:
    taken = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = taken.sockets[0].getsockname()[1]
    await bench.deploy(f"  in: {{type: tcp-in, with: {{port: {port}}}, to: keep}}\n  keep: {{type: keep}}\n")
    await eventually(lambda: "address already in use" in bench.status("in")[0])
    taken.close()
    await taken.wait_closed()
    await eventually(lambda: "0 connected" in bench.status("in")[0])


async def _send(writer: asyncio.StreamWriter, lines: list[str]) -> None:
    for line in lines:
        writer.write(line.encode() + b"\n")
        await writer.drain()


async def test_server_that_is_not_there_is_called_less_and_less_often() -> None:
    clock = HurriedClock()
    async with NodeHarness(TcpIn, {"mode": "connect", "port": free_port()}, clock=clock):
        await eventually(lambda: len(clock.waits) >= 8)
    assert_waits_grow(clock.waits[:8], 0.5, 5.0)
