"""Newly shipped flows meet flows that were edited on the site: merged node by node, and where both changed the same, nothing is touched."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import UNSET

from engine.core.errors import SetupError
from engine.deploy.flow_files import TEST_SUFFIX, replace_file
from engine.flow.changes.edit_script import operations_between
from engine.flow.changes.merge import Conflict, Side, merge_flows
from engine.flow.model import Flow
from engine.flow.problem import FlowError, Problem, errors_in
from engine.flow.yaml.patch import FlowText

__all__ = ["Step", "apply_upgrade", "copy_shipped_flows", "format_steps", "plan_upgrade", "shipped_flows"]

BASES = ".shipped"
"""Folder within the flows' folder: each file as it was shipped the last time, which is what a merge compares with."""
BEFORE = "before"
"""Folder within `BASES`: a local file as it was before it was changed by an upgrade."""

Check = Callable[[Flow], Sequence[Problem]]
Action = Literal["new", "renewed", "merged", "kept", "same", "removed", "no longer shipped", "conflict", "broken"]


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What an upgrade does with one file. `text` is what the file will say, None when it stays; `base` what is remembered as shipped."""

    file: str
    action: Action
    detail: str = ""
    conflicts: tuple[Conflict, ...] = ()
    text: str | None = None
    base: str | None = None

    @property
    def settled(self) -> bool:
        """Whether there is nothing left to decide."""
        return self.action not in ("conflict", "broken")


def plan_upgrade(
    shipped: Path,
    folder: Path,
    check: Check,
    *,
    only: Collection[str] = (),
    without: Collection[str] = (),
    keep: Side | None = None,
) -> list[Step]:
    """One step per shipped file (flows and their tests), by name. Looks and changes nothing.

    `only` and `without` are names of flows. `keep` settles every conflict: "mine" for what the site has, "theirs" for what is shipped.
    SetupError when a folder can't be read.
    """
    if not shipped.is_dir():
        raise SetupError(f"{shipped} is no folder", "name the folder of the shipped flows with --from")

    def wanted(file: str) -> bool:
        name = file.removesuffix(".yaml").removesuffix(TEST_SUFFIX)
        return (not only or name in only) and name not in without

    steps: list[Step] = []
    try:
        names = {path.name for path in shipped.glob("*.yaml")}
        flows = {file.removesuffix(".yaml") for file in names if not file.removesuffix(".yaml").endswith(TEST_SUFFIX)}
        for name in only:
            if name not in flows and not (folder / f"{name}.yaml").exists():
                raise SetupError(f"no flow {name} is shipped", f"there are {', '.join(sorted(flows))}")
        for file in sorted(filter(wanted, names)):
            steps.append(_step(shipped / file, folder, check, keep))
        for path in sorted((folder / BASES).glob("*.yaml")):
            if path.name not in names and wanted(path.name) and (folder / path.name).exists():
                steps.append(Step(file=path.name, action="no longer shipped", detail="the site's file stays as it is"))
    except (OSError, UnicodeDecodeError) as failure:
        raise SetupError(f"a flow can't be read: {failure}", "check its permissions; it must be UTF-8") from failure
    return steps


def shipped_flows() -> Path:
    """The flows that came with this version: beside the engine in a checkout, in the container's /app else."""
    beside = Path(__file__).parents[2] / "flows"
    return beside if beside.is_dir() else Path("/app/flows")


def copy_shipped_flows(folder: Path) -> None:
    """Copies the shipped flows, if there are any, into a folder that has none. SetupError when it can't be written."""
    shipped = shipped_flows()
    if shipped.is_dir() and not any(folder.glob("*.yaml")):
        apply_upgrade(plan_upgrade(shipped, folder, lambda flow: []), folder)


def apply_upgrade(steps: Sequence[Step], folder: Path) -> None:
    """Does what the steps say; those with conflicts change nothing. A file that is replaced is kept in `.shipped/before`.

    SetupError when the folder can't be written.
    """
    bases = folder / BASES
    try:
        for step in steps:
            if step.text is not None:
                local = folder / step.file
                if local.exists():
                    replace_file(bases / BEFORE / step.file, _text(local) or "")
                replace_file(local, step.text)
            if step.base is not None:
                replace_file(bases / step.file, step.base)
    except OSError as failure:
        raise SetupError(f"{folder} can't be written ({failure.strerror})", "correct its owner") from failure


def format_steps(steps: Sequence[Step]) -> str:
    """The plan for people: a line per file, and under it what both sides have changed."""
    lines: list[str] = []
    for step in steps:
        lines.append(f"{step.action:18} {step.file}" + (f": {step.detail}" if step.detail else ""))
        for conflict in step.conflicts:
            place = ", ".join(part for part in (conflict.node and f"node {conflict.node}", conflict.field) if part)
            lines.append(f"{'':18}   {place or 'the flow'}")
            for side, value in (("was", conflict.base), ("here", conflict.mine), ("shipped", conflict.theirs)):
                lines.append(f"{'':18}     {side:8} {_value(value)}")
    return "\n".join(lines)


def _step(shipped: Path, folder: Path, check: Check, keep: Side | None) -> Step:
    file, theirs = shipped.name, shipped.read_text(encoding="utf-8")
    mine, base = _text(folder / file), _text(folder / BASES / file)
    if mine is None and base is None:
        return Step(file=file, action="new", text=theirs, base=theirs)
    if mine is None:
        return Step(file=file, action="removed", detail="removed on this site; it is not put back", base=theirs)
    if mine == theirs:
        return Step(file=file, action="same", base=theirs)
    if base == theirs:
        return Step(file=file, action="kept", detail="edited on this site, and nothing new is shipped")
    if mine == base:
        return Step(file=file, action="renewed", text=theirs, base=theirs)
    if keep == "mine" and base is None:
        return Step(file=file, action="kept", detail="as on this site", base=theirs)
    if keep == "theirs" and (base is None or _is_test(file)):
        return Step(file=file, action="renewed", detail="as shipped", text=theirs, base=theirs)
    if base is None:
        return Step(
            file=file,
            action="conflict",
            detail="edited, and what it was made from is not known; choose --keep mine or theirs",
        )
    if _is_test(file):
        if keep == "mine":
            return Step(file=file, action="kept", detail="as on this site", base=theirs)
        return Step(file=file, action="conflict", detail="tests edited on both sides; choose --keep mine or theirs")
    return _merged(file, base, mine, theirs, check, keep)


def _merged(file: str, base: str, mine: str, theirs: str, check: Check, keep: Side | None) -> Step:
    try:
        was, ours, others = (FlowText(text, file) for text in (base, mine, theirs))
        merged = merge_flows(was.flow, ours.flow, others.flow)
        if merged.conflicts and keep is not None:
            merged = merge_flows(
                was.flow, ours.flow, others.flow, {(one.node, one.field): keep for one in merged.conflicts}
            )
        if merged.conflicts:
            detail = f"{len(merged.conflicts)} things were changed on both sides"
            return Step(file=file, action="conflict", detail=detail, conflicts=tuple(merged.conflicts))
        # The local text is patched, so that the site's comments and order stay.
        text = ours.apply(operations_between(ours.flow, merged.flow))
        problems = errors_in([*ours.problems, *check(ours.flow)])
    except FlowError as unreadable:
        return Step(file=file, action="broken", detail=str(unreadable.problems[0]))
    if problems:
        return Step(file=file, action="broken", detail=f"merged it would not run: {problems[0]}")
    return Step(file=file, action="merged", detail="edits of this site and of the new version", text=text, base=theirs)


def _is_test(file: str) -> bool:
    return file.removesuffix(".yaml").endswith(TEST_SUFFIX)


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


def _value(value: object) -> str:
    return "—" if value is UNSET else msgspec.json.encode(value).decode()
