"""How a file is written: its indentation, its line ends, and where it uses blocks or {…}."""

from engine.flow.tree import Mapping, Part, Path, Sequence, behind, parts_in

_BLOCK_SECTIONS = ("nodes", "layout", "groups", "notes", "subflows", "fields")


class FileStyle:
    """The habits of one file, looked up when something new is written into it."""

    def __init__(self, text: str, root: Part) -> None:
        self.root = root
        self.line_end = "\r\n" if "\r\n" in text else "\n"
        self.step = _indentation(root)

    def is_block(self, path: Path) -> bool:
        """Whether a new list or mapping at `path` is written as a block, rather than as {…}.

        It is as its siblings are, and a node's `with` as the `with` of the other nodes. Without examples, sections and
        the bodies of nodes are blocks.
        """
        steps = _in_scope(path)
        if len(steps) == 2 and steps[0] == "layout":
            return False
        found = self._neighbours(path, steps)
        if found:
            return 2 * sum(found) > len(found)
        return (len(steps) == 1 and steps[0] in _BLOCK_SECTIONS) or (
            len(steps) == 2 and steps[0] in ("nodes", "subflows")
        )

    def _neighbours(self, path: Path, steps: Path) -> list[bool]:
        if not path or len(steps) < 2:
            return []
        if len(steps) >= 3 and steps[0] == "nodes":
            owner = self._at(path[: len(path) - len(steps) + 1])
            owners = [behind(value) for _key, value in owner.entries] if isinstance(owner, Mapping) else []
            wanted = steps[2:]
            return [not part.flow for body in owners if (part := _below(body, wanted)) is not None]
        owner = self._at(path[:-1])
        if isinstance(owner, Mapping):
            values = [value for _key, value in owner.entries]
        elif isinstance(owner, Sequence):
            values = owner.items
        else:
            return []
        return [not value.flow for value in values if isinstance(value, Mapping | Sequence)]

    def _at(self, path: Path) -> Part | None:
        part: Part | None = self.root
        for step in path:
            part = _step(part, step)
        return part


def _in_scope(path: Path) -> Path:
    return path[2:] if len(path) > 2 and path[0] == "subflows" else path


def _below(part: Part | None, steps: Path) -> Mapping | Sequence | None:
    for step in steps:
        part = _step(part, step)
    return (
        part
        if isinstance(part, Mapping | Sequence) and (part.entries if isinstance(part, Mapping) else part.items)
        else None
    )


def _step(part: Part | None, step: str | int) -> Part | None:
    if isinstance(part, Mapping):
        entry = part.entry(str(step))
        return behind(entry[1]) if entry is not None else None
    if isinstance(part, Sequence) and isinstance(step, int) and step < len(part.items):
        return behind(part.items[step])
    return None


def _indentation(root: Part) -> int:
    if isinstance(root, Mapping):
        for _key, value in root.entries:
            if isinstance(value, Mapping) and not value.flow and value.entries:
                return max(value.entries[0][0].column - root.entries[0][0].column, 1)
    columns = [
        part.column - 1 for part in parts_in(root) if isinstance(part, Mapping) and not part.flow and part.column > 1
    ]
    return min(columns, default=2)
