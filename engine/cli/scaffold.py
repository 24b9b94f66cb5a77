"""Writes the first version of a custom node and its test; both work as they are."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from engine.core.errors import SetupError
from engine.core.node import type_name
from engine.texts.text import Text

__all__ = ["write_node"]

NODE = '''"""{title}: one sentence that says what it is for."""

from typing import Annotated, ClassVar

from engine.api import Context, Example, Help, Message, Meta, Node, PermanentError, node


@node(category="custom", icon="box", title="{title}")
class {name}(Node):
    """Multiply the number in the payload.

    Say here what the node does with what, and the edge that was decided: this text is its help in the editor.
    """

    factor: Annotated[float, Meta(description="What the number is multiplied with.")] = 2.0

    examples: ClassVar = [Example("a number is doubled", {{"factor": 2}}, given=[1, 2.5], expect=[2, 5.0])]
    zh: ClassVar = Help(title="{title}", text="将消息中的数值相乘。", fields={{"factor": "乘数。"}})

    def start(self, ctx: Context) -> None:
        self.log = ctx.log

    def process(self, msg: Message) -> Message:
        if isinstance(msg.payload, bool) or not isinstance(msg.payload, (int, float)):
            raise PermanentError(f"the payload is {{type(msg.payload).__name__}}, not a number; send a number or convert it first")
        return msg.replace(payload=msg.payload * self.factor)
'''

TEST = '''"""Tests of the node `{type}`; run them with `pytest {folder}`, which the extra `dev` brings: pip install 'mcs-iot[dev]'."""

from engine.testing import load_node, run_node

{const} = load_node(__file__, "{type}")


async def test_number_is_multiplied():
    """The payload comes out as many times as large."""
    outputs = await run_node({const}, "factor: 3", given=[2])
    assert [output.payload for output in outputs] == [6]


async def test_text_goes_to_the_error_port_with_the_reason():
    """What is no number is refused, not guessed."""
    (output,) = await run_node({const}, "", given=["two"])
    assert output.port == "error"
    assert "not a number" in output.message.props["error"]["reason"]
'''


SOURCE = '''"""{title}: one sentence that says where its messages come from."""

from pathlib import Path
from typing import Annotated, ClassVar

from engine.api import Context, Emitter, Help, Meta, Port, Source, node


@node(category="custom", icon="folder-input", title="{title}")
class {name}(Source):
    """Bring in the files that somebody lays into a folder, each as one message, and remove each when all is done with it.

    Say here what the source does when what it reads from is away, and what comes again after a kill.
    """

    folder: Annotated[str, Meta(description="Where the files are laid.")]
    every_s: Annotated[float, Meta(gt=0, description="How often it looks.", extra_json_schema={{"x-unit": "s"}})] = 5.0

    outputs: ClassVar = (Port("out", payload=bytes),)
    zh: ClassVar = Help(
        title="{title}",
        text="将放入目录的每个文件作为一条消息送入流程，全部处理完成后删除该文件。",
        fields={{"folder": "文件所在的目录。", "every_s": "查看目录的间隔。"}},
    )

    def start(self, ctx: Context) -> None:
        self.ctx = ctx
        self.under_way: set[Path] = set()

    async def run(self, emit: Emitter) -> None:
        while True:
            for file in sorted(Path(self.folder).glob("*.txt")):
                if file not in self.under_way:
                    await emit.room()  # a full flow stops the source here, and nothing is dropped
                    self.under_way.add(file)
                    emit.push(file.read_bytes(), topic=file.name, token=file)
            await self.ctx.clock.sleep(self.every_s)

    def settled(self, tokens: list[Path]) -> None:
        for file in tokens:
            file.unlink(missing_ok=True)
            self.under_way.discard(file)
'''

SOURCE_TEST = '''"""Tests of the source `{type}`; run them with `pytest {folder}`, which the extra `dev` brings: pip install 'mcs-iot[dev]'."""

from pathlib import Path

from engine.testing import NodeHarness, load_node

{const} = load_node(__file__, "{type}")


async def test_file_comes_in_once_and_is_removed_when_it_is_done(tmp_path: Path):
    """The harness takes every message to its end at once, so the file is gone by the next look."""
    async with NodeHarness({const}, {{"folder": str(tmp_path), "every_s": 5}}) as bench:
        (tmp_path / "a.txt").write_bytes(b"12.5")
        await bench.advance(11)
        assert [(output.payload, output.message.topic) for output in bench.outputs] == [(b"12.5", "a.txt")]
        assert list(tmp_path.iterdir()) == []
'''


def write_node(name: str, folder: Path, taken: Collection[str] = (), *, source: bool = False) -> tuple[Path, Path]:
    """Writes `folder/NAME.py` and `folder/test_NAME.py` for a name such as `gas-index`, `gas_index` or `GasIndex`; with `source`, one
    that brings messages in.

    Returns both. SetupError when the name is none or one of the `taken` types, or a file is there already: nothing is
    overwritten.
    """
    words = re.findall(r"[a-z0-9]+", type_name(name.replace("_", "-").replace(" ", "-")))
    if not words or not words[0][0].isalpha() or not re.fullmatch(r"[A-Za-z][A-Za-z0-9 _-]*", name):
        raise SetupError(Text("cli.no-node-name", name=name))
    stem, kind, class_name = "_".join(words), "-".join(words), "".join(word.capitalize() for word in words)
    if kind in taken:
        raise SetupError(Text("cli.type-exists", type=kind))
    title = " ".join(words).capitalize()
    node_file, test_file = folder / f"{stem}.py", folder / f"test_{stem}.py"
    for file in (node_file, test_file):
        if file.exists():
            raise SetupError(Text("cli.file-exists", file=str(file)))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        node, test = (SOURCE, SOURCE_TEST) if source else (NODE, TEST)
        node_file.write_text(node.format(name=class_name, title=title), encoding="utf-8")
        test_file.write_text(test.format(type=kind, folder=folder, const=stem.upper()), encoding="utf-8")
    except OSError as error:
        text = Text("cli.folder-unwritable", folder=str(folder), reason=error.strerror or str(error))
        raise SetupError(text) from error
    return node_file, test_file
