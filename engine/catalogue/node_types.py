"""All node types of a site, from packs and from folders, each with the schema, help and ports read off its class."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import msgspec
from jsonschema import Draft202012Validator

from engine.catalogue.form import form_schema
from engine.catalogue.node_file import NodeFile, load_files
from engine.catalogue.path_fields import path_fields
from engine.core.foreign_code import call_foreign
from engine.core.node import About, Help, Node, Port, Source, about
from engine.pack import Pack
from engine.texts.text import Readable, ReadableField, Text

__all__ = ["Broken", "Catalogue", "NodeType", "Remark"]


class NodeType:
    """One node type, as the checker, the editor and the docs see it."""

    def __init__(self, cls: type[Node], origin: str = "") -> None:
        self.cls = cls
        self.about: About = about(cls)
        self.type = self.about.type
        self.origin = origin
        self.is_source = issubclass(cls, Source)

    @cached_property
    def schema(self) -> dict[str, Any]:
        """JSON Schema (draft 2020-12) of the node's `with`, self-contained."""
        schema = msgspec.json.schema(self.cls)
        definitions = schema.get("$defs", {})
        own = definitions.pop(schema["$ref"].rpartition("/")[2])
        own.pop("title", None)
        own["description"] = self.help
        if definitions:
            own["$defs"] = definitions
        return dict(own)

    @cached_property
    def form(self) -> dict[str, Any]:
        """The schema with a title and a help in both languages for every field; see `engine.catalogue.form`."""
        return form_schema(self.schema, self.zh)

    @cached_property
    def validator(self) -> Draft202012Validator:
        """Reports every problem of a `with` at once."""
        return Draft202012Validator(self.schema)

    @cached_property
    def path_fields(self) -> tuple[tuple[str, ...], ...]:
        """Where in a `with` paths are; see `engine.catalogue.path_fields`."""
        return path_fields(self.schema)

    @property
    def help(self) -> str:
        """The docstring, unindented."""
        return inspect.cleandoc(self.cls.__dict__.get("__doc__") or "")

    @property
    def zh(self) -> Help | None:
        """The Chinese title and help."""
        return self.cls.zh

    @property
    def inputs(self) -> tuple[Port, ...]:
        return self.cls.inputs

    @property
    def outputs(self) -> tuple[Port, ...]:
        """Ports that every instance has; see `make(...).output_ports()` for one instance's."""
        return self.cls.outputs

    @property
    def has_own_ports(self) -> bool:
        """Whether the ports of a node hang on its config."""
        return self.cls.input_ports is not Node.input_ports or self.cls.output_ports is not Node.output_ports

    @property
    def breaks_loops(self) -> bool:
        """Whether messages wait in a node of this type, in a queue or on a timer: a loop of direct calls would never return."""
        return self.about.buffers or hasattr(self.cls, "process_batch") or inspect.iscoroutinefunction(self.cls.process)

    def make(self, config: Mapping[str, Any]) -> Node:
        """A node with this config. msgspec.ValidationError names the first field that does not fit."""
        made: Node = call_foreign(msgspec.convert, dict(config), self.cls)
        return made


class Broken(msgspec.Struct, frozen=True):
    """A file in a node folder that can't be used: shown as a placeholder with the traceback."""

    file: str
    types: tuple[str, ...]
    problem: ReadableField
    traceback: str = ""


class Remark(msgspec.Struct, frozen=True):
    """What to know of a file of custom nodes that is used: an example fails (`detail` says how), or its test file (`detail`) was not run."""

    code: Literal["example_fails", "tests_not_run"]
    detail: ReadableField


class Catalogue:
    """Node types by name. A later pack may not take the name of an earlier one: that is a problem, not an override."""

    def __init__(self, packs: Iterable[Pack] = ()) -> None:
        self.packs: dict[str, Pack] = {}
        self.types: dict[str, NodeType] = {}
        self.broken: dict[str, Broken] = {}
        self.remarks: dict[str, Remark] = {}
        for pack in packs:
            self.packs[pack.name] = pack
            for cls in pack.nodes:
                self.add(NodeType(cls, pack.name))

    def add(self, kind: NodeType) -> None:
        """Adds a type. ValueError when the name is taken by another origin."""
        known = self.types.get(kind.type)
        if known is not None and known.origin != kind.origin:
            raise ValueError(Text("setup.type-taken", type=kind.type, origin=known.origin))
        self.types[kind.type] = kind

    def add_folder(self, folder: Path) -> list[str]:
        """Loads every `.py` of a folder that does not start with `_` or `test_`; the types found. What fails to import becomes `broken`."""
        files = [file for file in sorted(folder.glob("*.py")) if not file.name.startswith(("_", "test_"))]
        return [type for loaded in load_files(files) for type in self.take(loaded)]

    def add_file(self, file: Path) -> list[str]:
        """Loads, or loads again, one file of custom nodes; the types in it ([] when it is broken)."""
        return [type for loaded in load_files([file]) for type in self.take(loaded)]

    def take(self, loaded: NodeFile) -> list[str]:
        """Takes over what a file has brought; the types in it ([] when it is broken)."""
        origin = str(loaded.file)
        before = [type for type, kind in self.types.items() if kind.origin == origin]
        self.broken.pop(origin, None)
        kinds = [NodeType(cls, origin) for cls in loaded.classes]
        taken = [kind.type for kind in kinds if (known := self.types.get(kind.type)) and known.origin != origin]
        problem = loaded.problem
        if taken:
            problem = Text("setup.type-taken", type=taken[0], origin=self.types[taken[0]].origin)
        for name in before:
            del self.types[name]
        if problem:
            types = tuple(before or [loaded.file.stem.replace("_", "-")])
            self.broken[origin] = Broken(origin, types, problem, loaded.traceback)
            return []
        for kind in kinds:
            self.types[kind.type] = kind
        return [kind.type for kind in kinds]

    def problem_of(self, type: str) -> Readable:
        """Why a type is not to be had: the traceback's last line of the file that should bring it, or ""."""
        found = (one for one in self.broken.values() if type in one.types)
        return next((Text("setup.file-reason", file=one.file, reason=one.problem) for one in found), "")
