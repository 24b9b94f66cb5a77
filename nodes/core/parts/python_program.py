"""The program of the worker process that runs a function written in the editor; it knows nothing of the engine.

It is given to a fresh interpreter as text. The first frame brings the limits and the function, every further one a
message; a frame is four bytes of length (big endian) and JSON. What the function prints goes nowhere.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import sys
import traceback
from typing import Any, BinaryIO


def serve(incoming: BinaryIO, outgoing: BinaryIO) -> None:
    """Answers frames until the pipe closes."""
    first = _read(incoming)
    if first is None:
        return
    _end_with_the_engine()
    size = first["memory_bytes"]
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_NOFILE, (16, 16))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    scope: dict[str, Any] = {}
    try:
        exec(compile(first["code"], "<function>", "exec"), scope)
        if not callable(scope.get("process")):
            raise NameError("the code defines no function process(msg)")
    except BaseException as wrong:  # noqa: BLE001 - whatever the code raises is its answer
        _write(outgoing, {"error": _said(wrong)})
        return
    _write(outgoing, {"ready": True})
    while (message := _read(incoming)) is not None:
        try:
            answer = {"result": scope["process"](message)}
            json.dumps(answer, allow_nan=False)
        except BaseException as wrong:  # noqa: BLE001 - also SystemExit must not end the process
            answer = {"error": _said(wrong)}
        _write(outgoing, answer)


def _end_with_the_engine() -> None:
    """Has Linux end this process when the engine is killed: a function that never returns would go on without it."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(1, 9)  # PR_SET_PDEATHSIG, SIGKILL


def _said(wrong: BaseException) -> str:
    lines = [frame.lineno for frame in traceback.extract_tb(wrong.__traceback__) if frame.filename == "<function>"]
    line = getattr(wrong, "lineno", None) if isinstance(wrong, SyntaxError) else lines[-1] if lines else None
    return f"{type(wrong).__name__}: {wrong}"[:2000] + (f" (line {line})" if line else "")


def _read(incoming: BinaryIO) -> Any:
    head = incoming.read(4)
    return json.loads(incoming.read(int.from_bytes(head, "big"))) if len(head) == 4 else None


def _write(outgoing: BinaryIO, answer: Any) -> None:
    data = json.dumps(answer).encode()
    outgoing.write(len(data).to_bytes(4, "big") + data)
    outgoing.flush()


if __name__ == "__main__":
    own_out = os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):  # noqa: PTH123 - the limits come later
        os.dup2(nowhere.fileno(), 1)
        serve(sys.stdin.buffer, own_out)
