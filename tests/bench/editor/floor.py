"""What this machine's browser can do at all: pages that do next to nothing while a mouse moves over them."""

from __future__ import annotations

from tests.bench.editor.browser import Tab
from tests.bench.editor.gestures import Figures, counted

STYLE = (
    "<style>body{margin:0;overflow:hidden}#it{width:188px;height:42px;background:teal;will-change:transform}</style>"
)
PAGES = {
    "nothing": "",
    "one div": "<div id=it></div>",
    "a canvas": "<canvas id=paint width=1440 height=900></canvas>",
}
"""An empty page; one moved box of a layer of its own; a thousand boxes painted anew in every frame."""
SCRIPT = """() => {
  const it = document.querySelector('#it'), to = document.querySelector('#paint')?.getContext('2d');
  let frame = 0, at = [0, 0];
  const draw = () => {
    frame = 0;
    if (it) it.style.transform = `translate(${at[0]}px, ${at[1]}px)`;
    if (!to) return;
    to.clearRect(0, 0, 1440, 900);
    for (let index = 0; index < 1000; index++) to.strokeRect(index % 40 * 34 + at[0] / 10, Math.floor(index / 40) * 34 + at[1] / 10, 30, 12);
  };
  addEventListener('pointermove', ({ clientX, clientY }) => { at = [clientX, clientY]; frame ||= requestAnimationFrame(draw); });
}"""


async def floor(tab: Tab) -> Figures:
    """The figures of a gesture on each page."""
    figures: Figures = {}
    for name, body in PAGES.items():
        await tab.page.set_content(STYLE + body)
        await tab.page.evaluate(SCRIPT)
        figures |= await counted(tab, name, lambda step: tab.page.mouse.move(300 + step % 120, 300 + step % 60))
    return figures
