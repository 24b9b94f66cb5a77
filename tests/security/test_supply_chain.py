"""What the product is made of, and whether anything in it is known to be weak: told also where no image is built and no network is there."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from deploy.audit import asked, weaknesses
from deploy.sbom import PROJECT, bill_of_materials


def test_bill_of_materials_has_every_locked_package_with_its_hash():
    document = bill_of_materials(PROJECT)
    purls = [one["purl"] for one in document["components"]]
    locked = re.findall(r"^([\w.-]+)==([^\s;\\]+)", Path("requirements.lock").read_text(), re.M)
    assert {f"pkg:pypi/{name.lower()}@{version}" for name, version in locked} <= set(purls)
    assert any(purl.startswith("pkg:npm/react@") for purl in purls)
    assert not any("/vitest@" in purl for purl in purls)
    assert len(purls) == len(set(purls))
    assert all(one["hashes"] for one in document["components"] if one["purl"].startswith("pkg:pypi"))
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")


def test_it_is_written_by_a_command_outside_an_image_too():
    done = subprocess.run([sys.executable, "deploy/sbom.py"], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == bill_of_materials(PROJECT)


def test_audit_that_can_not_ask_says_so(capsys, tmp_path: Path):  # type: ignore[no-untyped-def]
    """A program that fails, one that answers with an error, and one that is not there."""
    failing = [sys.executable, "-c", "raise SystemExit('no network')"]
    answering = [sys.executable, "-c", 'print(\'{"error": {"code": "ENOTFOUND"}}\')']
    assert [
        asked("a", failing, tmp_path, "k"),
        asked("b", answering, tmp_path, "k"),
        asked("c", ["/none"], tmp_path, "k"),
    ] == [0] * 3
    assert capsys.readouterr().out.splitlines() == ["a: not reachable", "b: not reachable", "c: not installed"]


def test_audit_that_knows_no_package_has_not_asked(capsys, tmp_path: Path):  # type: ignore[no-untyped-def]
    answer = tmp_path / "answer.json"
    answer.write_text(json.dumps({"dependencies": [{"name": "p", "skip_reason": "not found"}]}))
    assert asked("a", ["cat", str(answer)], tmp_path, "dependencies") == 0
    assert capsys.readouterr().out == "a: not reachable\n"


def test_audit_names_what_is_weak():
    python = {
        "dependencies": [
            {"name": "p", "version": "1", "vulns": [{"id": "CVE-1"}]},
            {"name": "q", "version": "2", "vulns": []},
        ]
    }
    assert weaknesses(python) == ["p 1: CVE-1"]
    assert weaknesses({"vulnerabilities": {"n": {"severity": "high"}}}) == ["n: high"]
