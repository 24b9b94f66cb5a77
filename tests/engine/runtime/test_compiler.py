"""The compiled program calls what the wires say, counts it, and stays linear in size."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.api import Message
from engine.runtime.compiler import ProgramNode, compile_program
from tests.engine.runtime.fixture_nodes import message


def chain(
    length: int, *, raising: int | None = None
) -> tuple[dict[str, ProgramNode], list[tuple[str, object]], list[str]]:
    got: list[tuple[str, object]] = []
    failed: list[str] = []

    def step(n: int):
        def process(m: Message) -> Message:
            if n == raising:
                raise ValueError("no")
            got.append((f"n{n}", m.payload))
            return m.replace(payload=m.payload + 1)

        return process

    nodes = {
        f"n{n}": ProgramNode(
            f"n{n}",
            step(n),
            True,
            ("out",),
            {"out": [f"n{n + 1}"]} if n + 1 < length else {},
            lambda m, e, n=n: failed.append(f"n{n}"),
        )
        for n in range(length)
    }
    return nodes, got, failed


def test_chain_of_any_length_passes_every_node_once():
    """Two thousand nodes in a row need no deep recursion."""
    nodes, got, _ = chain(2000)
    program = compile_program(nodes)
    program.enter["n0"](message(0))
    assert [payload for _, payload in got] == list(range(2000))
    assert program.counts()["n1999"] == (1, {"out": 1}, 0)


def test_entering_in_the_middle_of_a_chain_counts_from_there():
    """A link or a replay may come in anywhere."""
    nodes, got, _ = chain(20)
    program = compile_program(nodes)
    program.enter["n13"](message(0))
    assert [name for name, _ in got] == [f"n{n}" for n in range(13, 20)]
    assert program.counts()["n12"][0] == 0
    assert program.counts()["n13"][0] == 1


def test_raising_node_ends_the_chain_there():
    """The node after it sees nothing; the failure is reported once."""
    nodes, got, failed = chain(10, raising=4)
    program = compile_program(nodes)
    program.enter["n0"](message(0))
    assert [name for name, _ in got] == ["n0", "n1", "n2", "n3"]
    assert failed == ["n4"]
    assert program.counts()["n4"] == (1, {"out": 0}, 1)


@given(
    st.dictionaries(st.integers(0, 12), st.lists(st.integers(1, 6), max_size=3, unique=True), min_size=1, max_size=9)
)
def test_any_acyclic_graph_delivers_along_every_path(steps: dict[int, list[int]]):
    """The compiled program does what walking the wires by hand does."""
    wires = {n: [n + step for step in targets] for n, targets in steps.items()}
    names = sorted({*wires, *(target for targets in wires.values() for target in targets)})
    compiled: list[int] = []
    walked: list[int] = []

    def walk(n: int) -> None:
        walked.append(n)
        for target in wires.get(n, ()):
            walk(target)

    nodes = {
        str(n): ProgramNode(
            str(n),
            lambda m, n=n: (compiled.append(n), m)[1],
            True,
            ("out",),
            {"out": [str(target) for target in wires.get(n, ())]},
            lambda m, e: None,
        )
        for n in names
    }
    compile_program(nodes).enter[str(names[0])](message(0))
    walk(names[0])
    assert compiled == walked
