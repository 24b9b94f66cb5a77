"""Newly shipped flows meet flows that were edited on the site: merged node by node, and where both changed the same, nothing is touched."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import UNSET

from engine.core.errors import SetupError
from engine.core.whole_file import write_whole
from engine.deploy.flow_files import TEST_SUFFIX
from engine.flow.changes.edit_script import operations_between
from engine.flow.changes.merge import Conflict, Side, merge_flows
from engine.flow.model import Flow
from engine.flow.problem import FlowError, Problem, errors_in
from engine.flow.yaml.patch import FlowText
from engine.texts.language import Language
from engine.texts.text import Readable, Text, render

__all__ = ["Step", "apply_upgrade", "copy_shipped_flows", "format_steps", "plan_upgrade", "shipped_flows"]

BASES = ".shipped"
"""Folder within the flows' folder: each file as it was shipped the last time, which is what a merge compares with."""
BEFORE = "before"
"""Folder within `BASES`: a local file as it was before it was changed by an upgrade."""

Check = Callable[[Flow], Sequence[Problem]]
Action = Literal["new", "renewed", "merged", "kept", "same", "removed", "no longer shipped", "conflict", "broken"]
_ACTIONS: Mapping[Action, Text] = {
    "new": Text("upgrade.new"),
    "removed": Text("upgrade.removed"),
    "same": Text("upgrade.same"),
    "kept": Text("upgrade.kept"),
    "renewed": Text("upgrade.renewed"),
    "merged": Text("upgrade.merged"),
    "conflict": Text("upgrade.conflict"),
    "broken": Text("upgrade.broken"),
    "no longer shipped": Text("upgrade.no-longer-shipped"),
}
_SIDES = (Text("upgrade.was"), Text("upgrade.here"), Text("upgrade.shipped"))


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What an upgrade does with one file. `text` is what the file will say, None when it stays; `base` what is remembered as shipped."""

    file: str
    action: Action
    detail: Readable = ""
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
        raise SetupError(Text("setup.no-shipped-flows", folder=str(shipped)))

    def wanted(file: str) -> bool:
        name = file.removesuffix(".yaml").removesuffix(TEST_SUFFIX)
        return (not only or name in only) and name not in without

    steps: list[Step] = []
    try:
        names = {path.name for path in shipped.glob("*.yaml")}
        flows = {file.removesuffix(".yaml") for file in names if not file.removesuffix(".yaml").endswith(TEST_SUFFIX)}
        for name in only:
            if name not in flows and not (folder / f"{name}.yaml").exists():
                raise SetupError(Text("setup.flow-not-shipped", flow=name, known=sorted(flows)))
        for file in sorted(filter(wanted, names)):
            steps.append(_step(shipped / file, folder, check, keep))
        for path in sorted((folder / BASES).glob("*.yaml")):
            if path.name not in names and wanted(path.name) and (folder / path.name).exists():
                steps.append(Step(file=path.name, action="no longer shipped", detail=Text("upgrade.stays")))
    except (OSError, UnicodeDecodeError) as failure:
        raise SetupError(Text("setup.flow-unreadable", reason=str(failure))) from failure
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
                    write_whole(bases / BEFORE / step.file, (_text(local) or "").encode())
                write_whole(local, step.text.encode())
            if step.base is not None:
                write_whole(bases / step.file, step.base.encode())
    except OSError as failure:
        raise SetupError(
            Text("setup.folder-unwritable", folder=str(folder), reason=failure.strerror or str(failure))
        ) from failure


def format_steps(steps: Sequence[Step], language: Language = "en") -> str:
    """The plan for people: a line per file, and under it what both sides have changed."""
    lines: list[str] = []
    for step in steps:
        file = Text("upgrade.file", file=step.file, detail=step.detail) if step.detail else step.file
        lines.append(f"{render(_ACTIONS[step.action], language):18} {render(file, language)}")
        for conflict in step.conflicts:
            node = Text("flow.node", node=conflict.node) if conflict.node else ""
            parts = [part for part in (node, conflict.field) if part]
            place = Text("upgrade.place", parts=parts) if parts else Text("flow.the-flow")
            lines.append(f"{'':18}   {render(place, language)}")
            for side, value in zip(_SIDES, (conflict.base, conflict.mine, conflict.theirs), strict=True):
                lines.append(f"{'':18}     {render(side, language):8} {_value(value)}")
    return "\n".join(lines)


def _step(shipped: Path, folder: Path, check: Check, keep: Side | None) -> Step:
    file, theirs = shipped.name, shipped.read_text(encoding="utf-8")
    mine, base = _text(folder / file), _text(folder / BASES / file)
    if mine is None and base is None:
        return Step(file=file, action="new", text=theirs, base=theirs)
    if mine is None:
        return Step(file=file, action="removed", detail=Text("upgrade.removed-here"), base=theirs)
    if mine == theirs:
        return Step(file=file, action="same", base=theirs)
    if base == theirs:
        return Step(file=file, action="kept", detail=Text("upgrade.nothing-new"))
    if mine == base:
        return Step(file=file, action="renewed", text=theirs, base=theirs)
    if keep == "mine" and base is None:
        return Step(file=file, action="kept", detail=Text("upgrade.as-here"), base=theirs)
    if keep == "theirs" and (base is None or _is_test(file)):
        return Step(file=file, action="renewed", detail=Text("upgrade.as-shipped"), text=theirs, base=theirs)
    if base is None:
        return Step(
            file=file,
            action="conflict",
            detail=Text("upgrade.unknown-base"),
        )
    if _is_test(file):
        if keep == "mine":
            return Step(file=file, action="kept", detail=Text("upgrade.as-here"), base=theirs)
        return Step(file=file, action="conflict", detail=Text("upgrade.tests-on-both-sides"))
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
            detail = Text("upgrade.both-sides", count=len(merged.conflicts))
            return Step(file=file, action="conflict", detail=detail, conflicts=tuple(merged.conflicts))
        # The local text is patched, so that the site's comments and order stay.
        text = ours.apply(operations_between(ours.flow, merged.flow))
        problems = errors_in([*ours.problems, *check(ours.flow)])
    except FlowError as unreadable:
        return Step(file=file, action="broken", detail=unreadable.problems[0].on_one_line)
    if problems:
        return Step(file=file, action="broken", detail=Text("upgrade.would-not-run", problem=problems[0].on_one_line))
    return Step(file=file, action="merged", detail=Text("upgrade.both-edits"), text=text, base=theirs)


def _is_test(file: str) -> bool:
    return file.removesuffix(".yaml").endswith(TEST_SUFFIX)


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


def _value(value: object) -> str:
    return "—" if value is UNSET else msgspec.json.encode(value).decode()
