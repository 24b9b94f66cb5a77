"""A checkout with an environment of its own, made of hard links to this one: what a clone and an installation elsewhere would be."""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import sys
from pathlib import Path

PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"
UNWANTED = shutil.ignore_patterns("site-packages", "test", "tests", "__pycache__", "idlelib", "lib2to3")


def lay_clone(folder: Path, sources: tuple[str, ...], lock: str) -> list[str]:
    """Lays these files and folders, Python, and the packages of a lock file into `folder`; how its Python is started.

    `mcs-iot` is among the packages, and its sources are those of `folder`. Whoever may not enter the originals reads them there.
    """
    for source in sources:
        _link(Path(source), folder / source)
    base = Path(sys.base_prefix)
    _link(base / "bin" / PYTHON, folder / "python" / "bin" / PYTHON)
    for library in (base / "lib").glob("libpython*"):
        _link(library, folder / "python" / "lib" / library.name)
    _link(base / "lib" / PYTHON, folder / "python" / "lib" / PYTHON)
    environment = folder / ".venv"
    packages = environment / "lib" / PYTHON / "site-packages"
    locked = re.findall(r"^([\w.-]+)==", Path(lock).read_text(encoding="utf-8"), re.M)
    for name in {"mcs-iot", *locked}:
        _link_package(name, packages)
    (environment / "bin").mkdir(parents=True)
    (environment / "bin" / "python").symlink_to(folder / "python" / "bin" / PYTHON)
    (environment / "pyvenv.cfg").write_text(f"home = {folder / 'python' / 'bin'}\n", encoding="utf-8")
    libraries = f"LD_LIBRARY_PATH={folder / 'python' / 'lib'}"
    return ["env", libraries, "PYTHONDONTWRITEBYTECODE=1", str(environment / "bin" / "python")]


def _link_package(name: str, packages: Path) -> None:
    try:
        distribution = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return  # for another system
    for file in distribution.files or []:
        source = Path(str(file.locate()))
        # An editable installation points at this checkout, not at the clone.
        if ".." not in file.parts and file.suffix != ".pth" and source.is_file():
            _link(source, packages / file)


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_file():
        _link_file(str(source), str(target))
    else:
        shutil.copytree(source, target, copy_function=_link_file, ignore=UNWANTED)


def _link_file(source: str, target: str) -> None:
    """Copied where a link can't be, as on another disk."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
