"""The editor's figures in Chromium, Node-RED's in turn with them where it is installed.

    make bench EDITOR=1                 or
    python -m tests.bench.editor [PART …] [--nodes 200 1000] [--rounds 3] [--node-red]      parts: canvas answers live debug floor

Both open flows of the same nodes in chains of ten, each round in a browser of its own; a figure is the median of all rounds. Node-RED is
installed by `make bench EDITOR=1 NODE_RED=1`. Main-thread figures are CPU time, so they hold on a busy machine too; of frames and times look at the
ratios, and at the part `floor`: what the machine's browser does on pages that do nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from playwright.async_api import Playwright, async_playwright

from tests.bench.editor.answers import answered
from tests.bench.editor.browser import Tab, tab
from tests.bench.editor.editors import Editor, OurEditor
from tests.bench.editor.floor import floor
from tests.bench.editor.gestures import Figures, moved, opened
from tests.bench.editor.running import debug_list, live_wires
from tests.bench.editor.started import node_red_editor, our_editor
from tests.bench.editor.targets import target_of
from tests.bench.node_red import install

PARTS = ("canvas", "answers", "live", "debug", "floor")
Measure = Callable[[Tab, Editor], Awaitable[Figures]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, "all"], default="all", help="what is measured")
    parser.add_argument("--nodes", type=int, nargs="+", default=[200, 1000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="one round")
    parser.add_argument("--node-red", action="store_true", help="install Node-RED if it is not there")
    given = parser.parse_args()
    if given.node_red:
        install()
    rounds = 1 if given.quick else given.rounds
    parts = PARTS if "all" in given.parts else given.parts
    with tempfile.TemporaryDirectory(prefix="mcs-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the database runs under an account of its own
        with our_editor(folder) as ours, node_red_editor(folder / "node-red", ours.site.mqtt_url) as theirs:
            if theirs is None:
                print("Node-RED is not installed: make bench EDITOR=1 NODE_RED=1 measures it beside")
            editors: list[Editor] = [ours] if theirs is None else [ours, theirs]
            asyncio.run(_measure(parts, ours, editors, given.nodes, rounds))


async def _measure(parts: Sequence[str], ours: OurEditor, editors: list[Editor], nodes: list[int], times: int) -> None:
    async with async_playwright() as play:
        for count in nodes if {"canvas", "answers"} & {*parts} else ():
            ours.fill(count)

            async def canvas(tab: Tab, editor: Editor, count: int = count) -> Figures:
                return (
                    await opened(tab, editor, count)
                    | (await answered(tab, editor) if "answers" in parts else {})
                    | (await moved(tab, editor) if "canvas" in parts else {})
                )

            _report(f"{count} nodes", await _rounds(play, editors, canvas, times))
        if "live" in parts:
            ours.fill_live(1000)
            _report(
                "1,000 wires, 4 messages a second on each",
                await _rounds(play, [ours], lambda tab, _: live_wires(tab, ours), times),
            )
        if "debug" in parts:
            ours.fill_debug()
            _report(
                "1,000 messages a second into the debug list",
                await _rounds(play, editors, lambda tab, editor: debug_list(tab, editor, ours.site.mqtt_url), times),
            )
        if "floor" in parts:
            _report("pages that do nothing else", await _rounds(play, [ours], lambda tab, _: floor(tab), times))


async def _rounds(
    play: Playwright, editors: Sequence[Editor], measure: Measure, times: int
) -> dict[str, list[Figures]]:
    """Every editor once in each round."""
    found: dict[str, list[Figures]] = {editor.name: [] for editor in editors}
    for _ in range(times):
        for editor in editors:
            async with tab(play) as fresh:
                await editor.sign_in(fresh.page)
                found[editor.name].append(await measure(fresh, editor))
    return found


def _report(title: str, found: dict[str, list[Figures]]) -> None:
    rounds = len(found["ours"])
    print(f"\n{title}: median of {rounds}, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"  {'':44}{'ours':>10}{'Node-RED':>10}{'ratio':>8}   target")
    for figure in found["ours"][0]:
        medians = {
            name: statistics.median(one[figure] for one in rounds)
            for name, rounds in found.items()
            if figure in rounds[0]
        }
        ours, theirs = medians["ours"], medians.get("Node-RED")
        beside = f"{theirs:>10.1f}{ours / theirs:>8.2f}" if theirs else " " * 18
        print(f"  {figure:44}{ours:>10.1f}{beside}   {target_of(figure)}", flush=True)


if __name__ == "__main__":
    main()
