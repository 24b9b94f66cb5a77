"""The software bill of materials of the product, CycloneDX 1.6 as JSON, from the lock files alone: the same inside and outside an image.

    python deploy/sbom.py > sbom.json

It lists what production installs: the Python packages of requirements.lock and the npm packages that go into the editor's build.
"""

from __future__ import annotations

import base64
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

PROJECT = Path(__file__).resolve().parent.parent
_PACKAGE = re.compile(r"^([A-Za-z0-9][\w.-]*)==([^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def bill_of_materials(project: Path) -> dict[str, Any]:
    """The document. Without a time and a serial number: the same lock files give the same bytes."""
    about = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    python = python_packages((project / "requirements.lock").read_text(encoding="utf-8"))
    npm = npm_packages(json.loads((project / "editor" / "package-lock.json").read_text(encoding="utf-8")))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "name": about["name"],
                "version": about["version"],
                "bom-ref": "product",
            }
        },
        # npm may hold the same version in several folders.
        "components": [one for _, one in sorted({str(one["purl"]): one for one in [*python, *npm]}.items())],
    }


def python_packages(lock: str) -> Iterator[dict[str, Any]]:
    """Those of a lock file with hashes, as components."""
    for block in re.split(r"\n(?=\S)", lock):
        if found := _PACKAGE.match(block):
            purl = f"pkg:pypi/{found[1].lower().replace('_', '-')}@{found[2]}"
            yield _component(
                found[1], found[2], purl, [{"alg": "SHA-256", "content": one} for one in _HASH.findall(block)]
            )


def npm_packages(lock: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Those of package-lock.json that are not for building and testing only."""
    for place, one in lock["packages"].items():
        if place and not one.get("dev") and not one.get("link"):
            name = place.rpartition("node_modules/")[2]
            algorithm, _, digest = one.get("integrity", "").partition("-")
            hashes = [{"alg": f"SHA-{algorithm[3:]}", "content": base64.b64decode(digest).hex()}] if digest else []
            yield _component(name, one["version"], f"pkg:npm/{quote(name, safe='/')}@{one['version']}", hashes)


def _component(name: str, version: str, purl: str, hashes: list[dict[str, str]]) -> dict[str, Any]:
    return {"type": "library", "name": name, "version": version, "purl": purl, "bom-ref": purl, "hashes": hashes}


if __name__ == "__main__":
    json.dump(bill_of_materials(PROJECT), sys.stdout, indent=1)
    print()
