"""The guide to writing a node, followed word by word: its files are written, its commands are run, and they say what it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def follow(guide: Path, folder: Path) -> int:
    """Does what the page says in an empty folder; how many commands that were. AssertionError where it says otherwise."""
    script: list[str] = ["set -e"]
    expected: list[tuple[str, list[str]]] = []
    for kind, text in BLOCK.findall(guide.read_text(encoding="utf-8")):
        first, _, rest = text.partition("\n")
        if kind == "console":
            for line in text.splitlines():
                if line.startswith("$ "):
                    script += [f"echo '@@@ {len(expected)}'", line[2:]]
                    expected.append((line[2:], []))
                else:
                    expected[-1][1].append(line.strip())
        elif first.startswith("# ") and "/" in first:
            script += [f"mkdir -p $(dirname {first[2:]})", f"cat > {first[2:]} <<'@@@END'", rest + "@@@END"]
    environment = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}/usr/bin{os.pathsep}/bin",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
    }
    done = subprocess.run(
        ["bash", "-c", "\n".join(script)],
        cwd=folder,
        env=environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said = re.split(r"^@@@ \d+\n", done.stdout, flags=re.MULTILINE)[1:]
    for (command, lines), output in zip(expected, said, strict=True):
        missing = [line for line in lines if line not in output]
        assert not missing, f"{guide.name}: `{command}` does not say {missing}, but:\n{output}"
    return len(expected)


def test_guide_can_be_followed_word_by_word(tmp_path: Path) -> None:
    assert follow(DOCS / "writing-a-node.md", tmp_path) == 7


def test_guide_to_sources_can_be_followed_word_by_word(tmp_path: Path) -> None:
    assert follow(DOCS / "writing-a-source.md", tmp_path) == 4


@pytest.mark.parametrize("guide", ["writing-a-node", "writing-a-source"])
def test_both_languages_have_the_same_files_and_commands(guide: str) -> None:
    pages = [(DOCS / page).read_text(encoding="utf-8") for page in (f"{guide}.md", f"{guide}.zh.md")]
    assert BLOCK.findall(pages[0]) == BLOCK.findall(pages[1])
