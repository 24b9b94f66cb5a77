"""The folder of flow files: the only source of truth, which the editor, ops and other workers all write."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from engine.core.whole_file import write_whole
from engine.flow.model import Flow
from engine.flow.names import invalid_name_reason
from engine.flow.problem import Problem
from engine.flow.yaml.read import read_flow
from engine.texts.text import Text

__all__ = ["FileChanged", "FlowFile", "FlowFiles", "NotWritable", "invalid_flow_name_reason", "revision_of"]

TEST_SUFFIX = "_test"
SETTLED_S = 2.0
"""A file changed less than this ago is read again: its time stamp may be too coarse to show a second change."""


def revision_of(text: str | bytes) -> str:
    """The name of a version of a file: the first 16 hex digits of its content's SHA-256."""
    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    return hashlib.sha256(data).hexdigest()[:16]


def invalid_flow_name_reason(name: str) -> Text | None:
    """Why a flow can't have that name, or None. Beyond the rules of ids: it may not look like a flow's tests."""
    if name.endswith(TEST_SUFFIX):
        return Text("deploy.name-of-tests", suffix=TEST_SUFFIX)
    return invalid_name_reason(name)


class FlowFile(msgspec.Struct, frozen=True, eq=False):
    """One file as it was when read. `name` is what its `flow:` says, else the file's name; `flow` is None when nothing could be read."""

    name: str
    path: Path
    text: str
    revision: str
    flow: Flow | None
    problems: list[Problem]


class NotWritable(Exception):
    """The folder of the flows can't be written: `failure` is what the system says. No OSError, which a database that is away raises as well."""

    def __init__(self, failure: OSError) -> None:
        super().__init__(failure.strerror or str(failure))
        self.failure = failure


class FileChanged(Exception):
    """The file is no longer what the writer has read; nothing was written. `current` is what it is now, None when it is gone."""

    def __init__(self, name: str, current: FlowFile | None) -> None:
        super().__init__(f"flow {name} has changed on disk since it was read; read it again and merge")
        self.current = current


class FlowFiles:
    """All flow files of a folder, or (with `paths`) just those files. Reads again only what has changed."""

    def __init__(self, folder: Path, paths: Sequence[Path] | None = None) -> None:
        self.folder = folder
        self._paths = list(paths) if paths is not None else None
        self._files: dict[Path, tuple[tuple[int, int, int], float, FlowFile]] = {}

    @property
    def all_of_folder(self) -> bool:
        """Whether a file is a flow of this process by being in the folder, and not by its name."""
        return self._paths is None

    def scan(self) -> set[str]:
        """Looks at the disk; the names of flows that are new, changed or gone since the last look."""
        before = {file.name: file.revision for _, _, file in self._files.values()}
        found = self._found()
        for path in self._files.keys() - set(found):
            del self._files[path]
        for path in found:
            self._look(path)
        after = {file.name: file.revision for _, _, file in self._files.values()}
        return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}

    def all(self) -> list[FlowFile]:
        """Every flow as of the last look, by name; of two files with one flow name the first, the other says so as a problem."""
        named: dict[str, FlowFile] = {}
        for path in sorted(self._files):
            file = self._files[path][2]
            if file.name in named:
                named.setdefault(path.stem, _doubled(file, named[file.name]))
            else:
                named[file.name] = file
        return [named[name] for name in sorted(named)]

    def read(self, name: str) -> FlowFile | None:
        """The flow as it is on disk now, None when there is none."""
        known = next((file for file in self.all() if file.name == name), None)
        if known is None:
            self.scan()
            return next((file for file in self.all() if file.name == name), None)
        file = self._look(known.path, always=True)
        if file is None or file.name != name:
            self.scan()
            return next((file for file in self.all() if file.name == name), None)
        return file

    def write(
        self, name: str, text: str, base: str | None, parsed: tuple[Flow | None, list[Problem]] | None = None
    ) -> FlowFile:
        """Writes atomically. `base` is the revision the writer has read, None for a new flow; `parsed` is what `read_flow` said
        of the text, when the caller knows.

        FileChanged when the file is another by now; NotWritable when the folder can't be written. A link is followed, so that
        what it points to is written.
        """
        current = self.read(name)
        if (current.revision if current is not None else None) != base:
            raise FileChanged(name, current)
        path = current.path if current is not None else self._new_path(name)
        try:
            write_whole(path, text.encode())
        except OSError as failure:
            raise NotWritable(failure) from failure
        if self._paths is not None and path not in self._paths:
            self._paths.append(path)
        written = self._look(path, always=True, parsed=parsed)
        if written is None:
            raise FileChanged(name, None)
        return written

    def remove(self, name: str, base: str) -> None:
        """Deletes the file. FileChanged when it is another by now, NotWritable when it can't be; harmless when it is gone already."""
        current = self.read(name)
        if current is None:
            return
        if current.revision != base:
            raise FileChanged(name, current)
        try:
            current.path.unlink(missing_ok=True)
        except OSError as failure:
            raise NotWritable(failure) from failure
        self._files.pop(current.path, None)
        if self._paths is not None:
            self._paths = [path for path in self._paths if path != current.path]

    def _new_path(self, name: str) -> Path:
        fault = invalid_flow_name_reason(name)
        if fault is not None:
            raise ValueError(Text("deploy.no-flow-name", name=name[:80], reason=fault))
        path = self.folder / f"{name}.yaml"
        if path.exists():
            raise FileChanged(name, self._look(path, always=True))
        return path

    def _found(self) -> list[Path]:
        paths = self._paths if self._paths is not None else sorted(self.folder.glob("*.yaml"))
        return [
            path
            for path in paths
            if not path.stem.endswith(TEST_SUFFIX) and not path.name.startswith(".") and path.is_file()
        ]

    def _look(
        self, path: Path, *, always: bool = False, parsed: tuple[Flow | None, list[Problem]] | None = None
    ) -> FlowFile | None:
        try:
            stat = path.stat()
            seen = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
            known = self._files.get(path)
            settled = known is not None and known[0] == seen and known[1] - stat.st_mtime > SETTLED_S
            if known is not None and settled and not always:
                return known[2]
            data = path.read_bytes()
        except FileNotFoundError:
            self._files.pop(path, None)
            return None
        except OSError as failure:
            data, seen, known = b"", (0, 0, 0), None
            file = FlowFile(path.stem, path, "", "", None, [_unreadable(path, failure)])
            self._files[path] = (seen, time.time(), file)
            return file
        revision = revision_of(data)
        if known is not None and known[2].revision == revision:
            file = known[2]
        elif parsed is not None:
            file = _file(path, data.decode("utf-8", "replace"), revision, *parsed)
        else:
            file = _parse(path, data, revision)
        self._files[path] = (seen, time.time(), file)
        return file


def _parse(path: Path, data: bytes, revision: str) -> FlowFile:
    try:
        text = data.decode("utf-8")
        flow, problems = read_flow(text, str(path))
    except UnicodeDecodeError:
        text = data.decode("utf-8", "replace")
        flow, problems = read_flow(path)
    return _file(path, text, revision, flow, problems)


def _file(path: Path, text: str, revision: str, flow: Flow | None, problems: list[Problem]) -> FlowFile:
    name = flow.flow if flow is not None and invalid_flow_name_reason(flow.flow) is None else path.stem
    return FlowFile(name, path, text, revision, flow, problems)


def _doubled(file: FlowFile, first: FlowFile) -> FlowFile:
    problem = Problem(
        path=str(file.path),
        field="flow",
        text=Text("deploy.flow-in-two-files", flow=file.name, path=first.path.name),
    )
    return FlowFile(file.path.stem, file.path, file.text, file.revision, None, [problem, *file.problems])


def _unreadable(path: Path, failure: OSError) -> Problem:
    return Problem(path=str(path), text=Text("flow.file-unreadable", reason=failure.strerror or str(failure)))
