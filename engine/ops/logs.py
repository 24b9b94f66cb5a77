"""Structured logs: one JSON object a line, or aligned text for people at a terminal."""

from __future__ import annotations

import logging
import sys
import time
from typing import TextIO

import msgspec

__all__ = ["set_up_logs"]

EXTRA = ("flow", "node")


class JsonLines(logging.Formatter):
    """{"time", "level", "logger", "message", "flow"?, "node"?, "error"?}"""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in EXTRA if hasattr(record, name)}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line, enc_hook=str).decode()


class Text(logging.Formatter):
    """`12:30:05 warning  gas-monitoring/store: the database is away`"""

    def format(self, record: logging.LogRecord) -> str:
        place = "/".join(
            str(getattr(record, name)) for name in EXTRA if hasattr(record, name)
        ) or record.name.removeprefix("mcs.")
        text = f"{time.strftime('%H:%M:%S', time.localtime(record.created))} {record.levelname.lower():8} {place}: {record.getMessage()}"
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text


def set_up_logs(level: str = "info", *, json: bool | None = None, stream: TextIO | None = None) -> None:
    """Sends all logs to `stream` (default stderr), as JSON unless that is a terminal."""
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines() if (not stream.isatty() if json is None else json) else Text())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    logging.captureWarnings(True)  # else they are plain lines among those of JSON
    for noisy in ("aiohttp.access", "amqtt", "transitions", "botocore", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
