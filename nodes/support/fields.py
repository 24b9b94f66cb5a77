"""Fields that several node types have, with the titles of their choices."""

from __future__ import annotations

from typing import Annotated, Literal

from engine.api import Role, choices

__all__ = ["LeastRole", "ReadOrWrite", "TimeUnit"]

ReadOrWrite = Annotated[
    Literal["toggle", "read", "write"],
    choices(toggle=("Whichever fits", "自动"), read=("Read text", "读取文本"), write=("Write text", "写成文本")),
]
TimeUnit = Annotated[Literal["s", "ms"], choices(s=("Seconds", "秒"), ms=("Milliseconds", "毫秒"))]
LeastRole = Annotated[
    Role,
    choices(
        viewer=("Viewer", "查看者"),
        operator=("Operator", "操作员"),
        admin=("Admin", "管理员"),
        integrator=("Integrator", "集成工程师"),
    ),
]
