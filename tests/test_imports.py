"""Imports go down the layers: engine knows nobody, nodes and packs know engine.api, only nodes/gas may know plant."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

OURS = ("engine", "nodes", "plant")
FILES = sorted(path for folder in OURS for path in Path(folder).rglob("*.py"))
GAS = ("gas", "notify", "archive")


def imports(path: Path) -> set[str]:
    """Modules of ours that a file imports, relative ones resolved."""
    found: set[str] = set()
    for part in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(part, ast.Import):
            found |= {alias.name for alias in part.names}
        elif isinstance(part, ast.ImportFrom):
            base = part.module or ""
            if part.level:
                base = ".".join([*path.with_suffix("").parts[: -part.level], *([base] if base else [])])
            found.add(base)
    return {name for name in found if name.partition(".")[0] in OURS}


def allowed(path: Path, module: str) -> bool:
    layer, target = path.parts[0], module.partition(".")[0]
    if layer == target:
        return True
    if layer == "engine":
        return False
    if target == "engine":
        return module == "engine.api"
    return layer == "nodes" and target == "plant" and path.parts[1] in GAS


@pytest.mark.parametrize("path", FILES, ids=str)
def test_file_imports_only_what_its_layer_may(path: Path):
    """A wrong import names the file and the module."""
    assert [module for module in sorted(imports(path)) if not allowed(path, module)] == []
