"""How soon the page answers a person: a form opened, a mistake marked, a change deployed."""

from __future__ import annotations

import statistics

from tests.bench.editor.browser import Tab
from tests.bench.editor.editors import Editor, OurEditor
from tests.bench.editor.gestures import Figures

TURNS = 4
IDLE_MS = 1500


async def answered(tab: Tab, editor: Editor) -> Figures:
    """Medians over a few nodes; the first form is told apart, as its code may have to be fetched."""
    await tab.page.wait_for_timeout(IDLE_MS)
    forms = [await editor.inspect(tab.page, turn) for turn in range(TURNS)]
    figures = {"inspector, first ms": forms[0], "inspector ms": statistics.median(forms[1:])}
    if isinstance(editor, OurEditor):
        figures["validation ms"] = statistics.median([await editor.correct(tab.page, turn) for turn in range(TURNS)])
    figures["deploy ms"] = statistics.median([await editor.deploy(tab.page, turn) for turn in range(TURNS)])
    return figures
