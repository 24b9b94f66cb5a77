"""The manual tells the truth: its commands run, its settings are all, both languages say the same, and its links lead somewhere."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from engine.cli.main import main, parser_of
from engine.cli.site import packs_now
from engine.settings import PREFIX, Settings
from tests.servers.mosquitto import Mosquitto

MANUAL = Path("docs/manual").absolute()
PAGES = sorted(path.name for path in (MANUAL / "en").glob("*.md"))
SHOWN_BY_PAGE = {"index.md"}
"""Pages without commands."""
BLOCK = re.compile(
    r"(?:^<!-- (?P<mark>run|file: (?P<file>\S+)) -->\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.M | re.S
)
ASSIGNMENT = re.compile(r"^[A-Z_]+=\S*$")


def blocks(page: str, language: str = "en") -> list[re.Match[str]]:
    return list(BLOCK.finditer((MANUAL / language / page).read_text(encoding="utf-8")))


def mcs_lines() -> list[str]:
    found = [
        line.partition("  #")[0].strip()
        for page in PAGES
        for block in blocks(page)
        if block["kind"] == "sh"
        for line in block["text"].splitlines()
    ]
    found += [
        f"mcs {words}"
        for line in found
        if (match := re.match(r"docker compose (?:exec|run) (?:\S+ )*?(?:worker mcs|worker|setup) ([a-z].*)", line))
        and (words := match[1].split(" > ")[0])
    ]
    return sorted({line for line in found if line.split(maxsplit=1)[:1] == ["mcs"] and not line.endswith("--help")})


def test_both_languages_have_the_same_pages() -> None:
    assert sorted(path.name for path in (MANUAL / "zh").glob("*.md")) == PAGES
    listed = re.findall(r"^  - \S+: (\S+\.md)$", Path("mkdocs.yml").read_text(encoding="utf-8"), re.M)
    assert sorted(listed) == sorted([*PAGES, "node-types/index.md"])


@pytest.mark.parametrize("page", [page for page in PAGES if page not in SHOWN_BY_PAGE])
def test_both_languages_give_the_same_commands(page: str) -> None:
    assert [block[0] for block in blocks(page, "zh")] == [block[0] for block in blocks(page)]


@pytest.mark.parametrize("line", mcs_lines())
def test_command_is_one_that_mcs_knows(line: str) -> None:
    """With its options; argparse ends the program when it does not."""
    assert parser_of(packs_now()).parse_args(shlex.split(line.split(" > ")[0])[1:])


@pytest.mark.parametrize("page", [page for page in PAGES if any(block["mark"] == "run" for block in blocks(page))])
def test_commands_of_the_page_run(
    page: str, tmp_path: Path, postgres_dsn: str, mosquitto: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree("flows", tmp_path / "flows")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MCS_DATABASE_URL", postgres_dsn)
    monkeypatch.setenv("MCS_MQTT_URL", mosquitto.url)
    monkeypatch.setenv("MCS_DATA", str(tmp_path / "data"))
    if page == "upgrade.md":
        assert main(["migrate"]) == 0
    for block in blocks(page):
        if block["file"]:
            Path(block["file"]).write_text(block["text"], encoding="utf-8")
        elif block["mark"] == "run":
            for line in block["text"].splitlines():
                run(line, monkeypatch)


def run(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line of a shell: assignments before, `mcs` in this process, the output into a file or away. AssertionError when it fails."""
    words, _, target = line.partition(" > ")
    parts = shlex.split(words)
    with monkeypatch.context() as here:
        while ASSIGNMENT.match(parts[0]):
            name, _, value = parts.pop(0).partition("=")
            here.setenv(name, value)
        if parts[0] != "mcs":
            command = [str(Path(sys.executable).parent / parts[0]), *parts[1:]]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
            return
        output, code = io.StringIO(), 0
        with contextlib.redirect_stdout(output):
            try:
                code = main(parts[1:])
            except SystemExit as ended:
                code = int(ended.code or 0)
    assert code == 0, f"{line}\n{output.getvalue()}"
    if target:
        Path(target).write_text(output.getvalue(), encoding="utf-8")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_setting_is_documented_with_its_default(language: str) -> None:
    rows = re.findall(
        r"^\| `(MCS_\w+)` \| (\S+) \| (.+) \|$", (MANUAL / language / "settings.md").read_text(encoding="utf-8"), re.M
    )
    documented = {name: default.strip("`") for name, default, _ in rows}
    fields = {PREFIX + one.name.upper(): one.default for one in dataclasses.fields(Settings) if one.name != "unknown"}
    assert documented.keys() == fields.keys()
    assert {name: documented[name] for name in fields} == {name: told(default) for name, default in fields.items()}


def told(default: object) -> str:
    if default is None or default == ():
        return "–"
    if isinstance(default, bool):
        return "on" if default else "off"
    return ",".join(map(str, default)) if isinstance(default, tuple) else str(default)


@pytest.mark.parametrize("page", [f"{language}/{page}" for language in ("en", "zh") for page in PAGES])
def test_links_lead_to_pages(page: str) -> None:
    text = (MANUAL / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[\w-]+)?\)", text):
        assert (MANUAL / page).parent.joinpath(target).is_file(), target


@pytest.mark.parametrize("file", ["README.md", "CONTRIBUTING.md", "SECURITY.md"])
def test_files_that_the_project_names_exist(file: str) -> None:
    text = Path(file).read_text(encoding="utf-8")
    named = re.findall(r"\]\((?!https?:)([^)#\s]+)\)", text)
    named += re.findall(r"`((?:docs|engine|plant|nodes|deploy|tests|editor)/[\w./-]+)`", text)
    for target in named:
        assert Path(target).exists(), target
