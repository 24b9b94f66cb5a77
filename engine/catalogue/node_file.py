"""Files of custom nodes: imported in a process of its own first, and here only when that has ended well.

Whatever is at the top of such a file is run by the import. One that never comes back, takes all the memory or ends its process does so there.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import inspect
import json
import os
import resource
import select
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType

import msgspec

from engine.core.background_task import describe_error
from engine.core.node import Node, about
from engine.texts.text import ReadableField, Text, stored, text_from

__all__ = ["NodeFile", "load_files", "load_here"]

IMPORT_LIMIT_S = 10.0
"""For one file, counted from where its import begins."""
START_LIMIT_S = 60.0
"""For the process to begin; a machine may be busy."""
MEMORY_LIMIT_BYTES = 1 << 30
"""For all that the imports allocate; in a container at most half of what it may use, which the engine lives in too."""
CONTAINER_LIMIT = Path("/sys/fs/cgroup/memory.max")


class NodeFile(msgspec.Struct, frozen=True):
    """What a file brings: its node classes, or why it can't be used."""

    file: Path
    classes: tuple[type[Node], ...] = ()
    problem: ReadableField = ""
    traceback: str = ""


def load_files(files: Sequence[Path]) -> list[NodeFile]:
    """Each file with its classes or its problem, in order. Blocks; may be called from any thread."""
    failed = _try_imports(files)
    return [failed.get(file) or load_here(file) for file in files]


def load_here(file: Path) -> NodeFile:
    """Imports the file into this process, which it may end or hold up: for a test of the file itself."""
    try:
        classes = tuple(_node_classes(_import(file)))
        for cls in classes:
            msgspec.json.schema(cls)  # one that can't be made is found here, not in the middle of a deploy
    except BaseException as error:  # noqa: BLE001 - a custom file may raise anything, SystemExit too
        return NodeFile(file, (), describe_error(error), traceback.format_exc(limit=-5))
    return NodeFile(file, classes)


def _try_imports(files: Sequence[Path]) -> dict[Path, NodeFile]:
    """Those that did not import in a process of their own. They share one; a file that ends it is left out of the next."""
    failed: dict[Path, NodeFile] = {}
    left = list(files)
    while left:
        tried = 0
        for answer in _answers(left):
            if answer.problem:
                failed[answer.file] = answer
            tried += 1
        left = left[tried:]
    return failed


def _answers(files: Sequence[Path]) -> Iterator[NodeFile]:
    """What the process says of one file after the other, until one of them ends it: that is the last, and told. At least one."""
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as answers:
        process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, str(writing), json.dumps(sys.path), *map(str, files)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            pass_fds=[writing], start_new_session=True,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )  # fmt: skip
        os.close(writing)
        try:
            begun = _line(answers.fileno(), START_LIMIT_S)
            for file in files:
                line = _line(answers.fileno(), IMPORT_LIMIT_S) if begun else begun
                if not line:
                    slow = Text("setup.import-slow", seconds=IMPORT_LIMIT_S)
                    yield NodeFile(file, (), slow if line is None else Text("setup.import-ended"))
                    return
                said = msgspec.json.decode(line)
                yield NodeFile(file, (), text_from(said["problem"]), said["traceback"])
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


_PROGRAM = """
import json, sys
sys.path[:] = json.loads(sys.argv[2])
import engine.api  # every file imports it: on a busy machine that takes seconds, which are not the file's
from engine.catalogue.node_file import answer_imports
answer_imports(int(sys.argv[1]), sys.argv[3:])
"""


def answer_imports(writing: int, files: Sequence[str]) -> None:
    """The other process: imports one file after the other, and answers each with a line of JSON."""
    size = min(MEMORY_LIMIT_BYTES, _container_limit() // 2)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_DATA, (size, size))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(
            "1000"
        )  # where memory runs out all the same, the engine is not the one to go
    os.write(writing, b"begun\n")
    for file in files:
        loaded = load_here(Path(file))
        answer = {"problem": stored(loaded.problem), "traceback": loaded.traceback}
        os.write(writing, json.dumps(answer).encode() + b"\n")


def _line(reading: int, limit_s: float) -> bytes | None:
    """What the other process says next; b"" when it has ended, None when it says nothing in time."""
    said = b""
    while not said.endswith(b"\n"):
        if not select.select([reading], [], [], limit_s)[0]:
            return None
        part = os.read(reading, 1)
        if not part:
            return b""
        said += part
    return said


def _container_limit() -> int:
    """Bytes that the container may use; more than there is where there is none."""
    try:
        return int(CONTAINER_LIMIT.read_text())
    except (OSError, ValueError):
        return sys.maxsize


def _import(file: Path) -> ModuleType:
    name = f"mcs_nodes_{hashlib.sha256(str(file.resolve()).encode()).hexdigest()[:12]}_{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is no Python module")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # msgspec resolves a class's annotations through sys.modules
    try:
        # compiled by us: the byte-code cache goes by whole seconds and would miss a quick second edit
        exec(compile(file.read_bytes(), str(file), "exec"), module.__dict__)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return module


def _node_classes(module: ModuleType) -> list[type[Node]]:
    """The decorated ones. TypeError when there are none, but a class that somebody has forgotten to decorate."""
    own = [
        value
        for value in vars(module).values()
        if inspect.isclass(value) and issubclass(value, Node) and value.__module__ == module.__name__
    ]
    decorated = [cls for cls in own if "__about__" in cls.__dict__]
    for cls in own if not decorated else ():
        about(cls)
    return decorated
