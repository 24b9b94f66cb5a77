"""`yaml`: turns YAML text into values and values into YAML text."""

from __future__ import annotations

import re
from typing import Annotated, Any, ClassVar

import msgspec
import yaml

from engine.api import (
    UNSET,
    Context,
    Example,
    Help,
    Message,
    Meta,
    Node,
    PathText,
    PermanentError,
    Readable,
    Text,
    node,
    reason_of,
)
from nodes.support.fields import ReadOrWrite
from nodes.support.value_ref import ValueRef

DEEPEST = 100
LONGEST = 1_000_000


@node(category="parse", secrets=False, icon="file-code", title="YAML")
class Yaml(Node):
    """Turn YAML text (or bytes, UTF-8) into values, or values into YAML text.

    `toggle` does whichever fits. Plain words are read by YAML 1.2: only true and false are truth values, and dates
    stay texts. One document; aliases, tags, duplicate keys, more than 100 levels and more than a million characters
    are refused with the line.
    """

    action: Annotated[ReadOrWrite, Meta(title="Direction", description="Which way.")] = "toggle"
    property: Annotated[PathText, Meta(min_length=1, description="Path of the text or value.")] = "payload"

    examples: ClassVar = [
        Example(
            "read",
            {},
            given=["temp: 21.5\nmode: on"],
            expect=[{"payload": {"temp": 21.5, "mode": "on"}}],
            title_zh="读取",
        ),
        Example("write", {"action": "write"}, given=[{"temp": 21.5}], expect=["temp: 21.5\n"], title_zh="写出"),
    ]
    zh: ClassVar = Help(
        "YAML",
        "YAML 文本（或 UTF-8 字节）与值互相转换，按 YAML 1.2 解释：只有 `true` 和 `false` 是真假，日期是文本。别名、标签、重复的键、"
        "过深的嵌套和过长的文本处理失败，并写明行号。",
        fields={
            "action": ("方向", "读取文本，还是写成文本。"),
            "property": ("属性", "文本或值在消息中的路径。"),
        },
    )

    def start(self, ctx: Context) -> None:
        self.place = ValueRef(self.property, ctx)
        self.loader = _core_loader()

    def process(self, msg: Message) -> Message:
        value = self.place.get(msg)
        if value is UNSET:
            raise PermanentError(Text("value.none", path=self.property))
        is_text = isinstance(value, (str, bytes, bytearray))
        if self.action == "read" and not is_text:
            return msg
        if self.action == "write" or not is_text:
            return self.place.set(msg, self._written(value))
        return self.place.set(msg, self._read(value if isinstance(value, str) else bytes(value)))

    def _read(self, text: str | bytes) -> Any:
        if len(text) > LONGEST:
            raise PermanentError(Text("value.long", path=self.property, length=len(text), limit=LONGEST))
        try:
            _check(text)
            loader = self.loader(text)
            try:
                return _built(loader, loader.get_single_node())
            finally:
                loader.dispose()
        except (yaml.YAMLError, UnicodeDecodeError, ValueError) as wrong:
            raise PermanentError(
                Text("value.bad-format", path=self.property, format="YAML", reason=_reason(wrong))
            ) from wrong

    def _written(self, value: Any) -> str:
        try:
            plain = msgspec.to_builtins(value, str_keys=True, enc_hook=str)
            return yaml.dump(plain, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False)
        except (yaml.YAMLError, TypeError, ValueError, RecursionError) as wrong:
            raise PermanentError(
                Text("value.not-written", path=self.property, format="YAML", reason=str(wrong))
            ) from wrong


def _core_loader() -> type[yaml.CSafeLoader]:
    """A loader that reads plain words as the core schema of YAML 1.2 does: `yes`, `on`, `1:20` and `2026-11-24` stay
    texts."""

    class CoreLoader(yaml.CSafeLoader):
        pass

    CoreLoader.yaml_implicit_resolvers = {}
    for tag, words, first in (
        ("null", r"~|null|Null|NULL|", [*"~nN", ""]),
        ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
        ("int", r"[-+]?(?:0|[1-9][0-9]*)", list("-+0123456789")),
        (
            "float",
            r"[-+]?(?:(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?|[0-9]+[eE][-+]?[0-9]+)",
            list("-+.0123456789"),
        ),
    ):
        CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(rf"^(?:{words})$"), first)
    return CoreLoader


def _check(text: str | bytes) -> None:
    """Looks at the events before anything is built: a few aliases to aliases would be gigabytes."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            raise ValueError(Text("format.yaml-alias", line=line))
        if isinstance(event, (yaml.ScalarEvent, yaml.CollectionStartEvent)) and event.tag not in (None, "!"):
            raise ValueError(Text("format.yaml-tag", line=line, tag=str(event.tag)))
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                raise ValueError(Text("format.yaml-deep", line=line, limit=DEEPEST))
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _reason(wrong: Exception) -> Readable:
    reason = reason_of(wrong)
    return " ".join(reason.split()) if isinstance(reason, str) else reason


def _built(loader: yaml.CSafeLoader, found: yaml.Node | None) -> Any:
    if found is None:
        return None
    if isinstance(found, yaml.MappingNode):
        built: dict[str, Any] = {}
        for key, value in found.value:
            if not isinstance(key, yaml.ScalarNode) or key.value in built:
                line = key.start_mark.line + 1 if key.start_mark else 1
                if isinstance(key, yaml.ScalarNode):
                    raise ValueError(Text("format.yaml-key-twice", line=line))
                raise ValueError(Text("format.yaml-key-no-text", line=line))
            built[key.value] = _built(loader, value)
        return built
    if isinstance(found, yaml.SequenceNode):
        return [_built(loader, one) for one in found.value]
    return loader.construct_object(found)
