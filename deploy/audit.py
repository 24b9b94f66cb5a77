"""Known weaknesses of the locked packages, as pip-audit and npm audit tell them; says so where their databases can't be reached.

    python deploy/audit.py PIP_AUDIT

Exit code 1 when a weakness is found. 0 when none is, and when nothing could be asked: the lines say which.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
ANSWER_WITHIN_S = 300


def asked(name: str, command: Sequence[str], folder: Path, key: str) -> int:
    """Runs one of them and prints what it says; how many weaknesses it found. `key` stands in every answer that is one."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=ANSWER_WITHIN_S)
        answer = json.loads(done.stdout)
    except FileNotFoundError:
        print(f"{name}: not installed")
        return 0
    except (ValueError, subprocess.TimeoutExpired):
        answer = {}
    skipped = [one for one in answer.get("dependencies", []) if "skip_reason" in one]
    if key not in answer or (skipped and len(skipped) == len(answer["dependencies"])):
        print(f"{name}: not reachable")
        return 0
    found = weaknesses(answer)
    unknown = f", {len(skipped)} packages are not known to it" if skipped else ""
    print(f"{name}: {len(found)} known weaknesses{unknown}", *found, sep="\n  ")
    return len(found)


def weaknesses(answer: dict) -> list[str]:  # type: ignore[type-arg]
    """`package version: identifier` of pip-audit's answer (`dependencies`) or npm's (`vulnerabilities`)."""
    python = [
        f"{one['name']} {one['version']}: {weakness['id']}"
        for one in answer.get("dependencies", [])
        for weakness in one.get("vulns", [])
    ]
    return python + [f"{name}: {one['severity']}" for name, one in answer.get("vulnerabilities", {}).items()]


def main(pip_audit: str) -> int:
    """Asks both."""
    locked = ["--requirement", str(PROJECT / "requirements.lock"), "--disable-pip", "--require-hashes"]
    found = asked(
        "pip-audit", [pip_audit, *locked, "--format", "json", "--progress-spinner", "off"], PROJECT, "dependencies"
    )
    found += asked("npm audit", ["npm", "audit", "--omit", "dev", "--json"], PROJECT / "editor", "vulnerabilities")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
