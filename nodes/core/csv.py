"""`csv`: turns CSV text into rows and rows into CSV text."""

from __future__ import annotations

import csv
import io
from typing import Annotated, Any, ClassVar, Literal

import msgspec

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
    Struct,
    Text,
    choices,
    node,
    reason_of,
)
from nodes.support.comparison import loose_text
from nodes.support.fields import ReadOrWrite
from nodes.support.kinds import kind_text
from nodes.support.numeric import as_number
from nodes.support.sequence import new_ids, parts_of
from nodes.support.value_ref import ValueRef

LONGEST = 10_000_000


@node(category="parse", secrets=False, icon="table", title="CSV")
class Csv(Node):
    """Turn CSV text (or bytes, UTF-8) into rows, or rows into CSV text (RFC 4180).

    Reading: columns are named by `columns`, else by the first row; a row with more or fewer fields is refused with
    its line. All fields are texts, except in the columns of `numbers`, where an empty field is null and what is no
    number is refused. `rows` sends one list of objects, `messages` one message per row, as a sequence. Writing: a
    list of objects (or one object) becomes text with a header, columns as in `columns` or the first object; what an
    object lacks is empty, lists and objects in it are JSON. Fields that begin with = + - @ are written as they are:
    say so to who opens them in a spreadsheet.
    """

    action: Annotated[
        ReadOrWrite,
        Meta(title="Direction", description="Which way; toggle: text is read, all else written."),
    ] = "toggle"
    property: Annotated[PathText, Meta(min_length=1, description="Path of the text or rows.")] = "payload"
    separator: Annotated[str, Meta(min_length=1, max_length=1, description="Between two fields.")] = ","
    columns: Annotated[
        tuple[str, ...], Meta(title="Column names", description="Names of the columns; empty: the first row has them.")
    ] = ()
    numbers: Annotated[tuple[str, ...], Meta(title="Number columns", description="Columns that hold numbers.")] = ()
    header: Annotated[
        bool,
        Meta(
            title="Header row",
            description="Writing: begin with a row of names. Reading with columns: skip the first row.",
        ),
    ] = True
    output: Annotated[
        Literal["rows", "messages"],
        choices(rows=("One list of rows", "一条消息带全部行"), messages=("A message per row", "每行一条消息")),
        Meta(title="Result", description="Reading: one list, or a message per row."),
    ] = "rows"

    examples: ClassVar = [
        Example(
            "read",
            {"numbers": ["k"]},
            given=["sn,k\nA7,0.5\n"],
            expect=[{"payload": [{"sn": "A7", "k": 0.5}]}],
            title_zh="读取",
        ),
        Example("write", {}, given=[[{"sn": "A7", "k": 0.5}]], expect=["sn,k\r\nA7,0.5\r\n"], title_zh="写出"),
    ]
    zh: ClassVar = Help(
        "CSV",
        "CSV 文本（或 UTF-8 字节）与行互相转换。读取时列名取自“列名”或首行，列数不符的行处理失败并写明行号；所有列都是文本，"
        "“数字列”除外（空为空值）。写出时对象缺少的列留空，其中的列表和键值表写成 JSON。以 =、+、-、@ 开头的文本原样写出，"
        "请提醒用电子表格打开文件的人。",
        fields={
            "action": ("方向", "读取文本，还是写成文本。"),
            "property": ("属性", "文本或行在消息中的路径。"),
            "separator": ("分隔符", "两列之间的字符。"),
            "columns": ("列名", "不填则取首行。"),
            "numbers": ("数字列", "哪些列是数字。"),
            "header": ("表头", "写出时第一行为列名；读取时若已填列名，则跳过首行。"),
            "output": ("读取结果", "一条消息带全部行，或每行一条消息。"),
        },
    )

    def __post_init__(self) -> None:
        if self.separator in '"\r\n':
            raise ValueError(Text("format.csv-separator"))

    def start(self, ctx: Context) -> None:
        self.ctx = ctx
        self.place = ValueRef(self.property, ctx)
        self.new_id = new_ids()

    def process(self, msg: Message) -> Message | list[Message]:
        value = self.place.get(msg)
        if value is UNSET:
            raise PermanentError(Text("value.none", path=self.property))
        is_text = isinstance(value, (str, bytes, bytearray))
        if self.action == "write" or (self.action == "toggle" and not is_text):
            return self.place.set(msg, self._written(value))
        if not is_text:
            raise PermanentError(Text("value.not-format", path=self.property, here=kind_text(value), format="CSV"))
        rows = self._read(value)
        if self.output == "rows":
            return self.place.set(msg, rows)
        if not rows:
            self.ctx.drop()
        around = parts_of(msg)
        parts = {"id": self.new_id(), "type": "array", "count": len(rows), "len": 1, "property": self.property}
        if around is not None:
            parts["parts"] = dict(around)
        return [self.place.set(msg, row).with_props(parts={**parts, "index": index}) for index, row in enumerate(rows)]

    def _read(self, value: str | bytes | bytearray) -> list[dict[str, Any]]:
        if len(value) > LONGEST:
            raise PermanentError(Text("value.long", path=self.property, length=len(value), limit=LONGEST))
        rows = []
        try:
            text = value if isinstance(value, str) else bytes(value).decode("utf-8-sig")
            reader = csv.reader(
                io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=self.separator, strict=True
            )
            names = list(self.columns)
            skip = not names or self.header
            for fields in reader:
                if not fields:
                    continue
                if skip:
                    names, skip = names or self._names(fields), False
                    continue
                if len(fields) != len(names):
                    raise PermanentError(
                        Text(
                            "format.csv-fields",
                            path=self.property,
                            line=reader.line_num,
                            count=len(fields),
                            columns=len(names),
                        )
                    )
                rows.append(
                    {name: self._field(name, field, reader.line_num) for name, field in zip(names, fields, strict=True)}
                )
        except (csv.Error, UnicodeDecodeError) as wrong:
            raise PermanentError(
                Text("value.bad-format", path=self.property, format="CSV", reason=reason_of(wrong))
            ) from wrong
        return rows

    def _names(self, fields: list[str]) -> list[str]:
        if len(set(fields)) < len(fields):
            raise PermanentError(Text("format.csv-twice", path=self.property))
        return fields

    def _field(self, name: str, field: str, line: int) -> Any:
        if name not in self.numbers:
            return field
        return None if field == "" else as_number(field, f"{self.property}, line {line}, column {name}", "text")

    def _written(self, value: Any) -> str:
        rows = [
            msgspec.structs.asdict(row) if isinstance(row, Struct) else row
            for row in (value if isinstance(value, (list, tuple)) else [value])
        ]
        if not all(isinstance(row, dict) for row in rows):
            raise PermanentError(Text("format.csv-no-rows", path=self.property))
        names = list(self.columns) or list(rows[0] if rows else ())
        out = io.StringIO()
        writer = csv.writer(out, delimiter=self.separator)
        if self.header and names:
            writer.writerow(names)
        writer.writerows([[_written(row.get(name)) for name in names] for row in rows])
        return out.getvalue()


def _written(value: Any) -> str:
    """Null is an empty field; lists and objects are JSON."""
    if isinstance(value, (dict, list, tuple)):
        return msgspec.json.encode(value, enc_hook=str).decode()
    return "" if value is None else loose_text(value)
