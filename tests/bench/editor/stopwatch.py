"""Time from a person's act to the frame that shows what it did, taken in the page: the driver's own way does not count."""

from __future__ import annotations

from playwright.async_api import Page

START = """([event, shown]) => {
  const there = new Function('return ' + shown), over = new AbortController();
  let began = null;
  addEventListener(event, ({ timeStamp }) => { began = timeStamp; }, { capture: true, signal: over.signal });
  window.__took = new Promise(done => {
    const look = () => {
      if (began === null || !there()) return requestAnimationFrame(look);
      // That frame is drawn when the task after this one begins.
      const drawn = new MessageChannel();
      drawn.port1.onmessage = () => { over.abort(); done(performance.now() - began); };
      drawn.port2.postMessage(null);
    };
    requestAnimationFrame(look);
  });
}"""


class Stopwatch:
    """Runs from the last event of a kind until an expression of the page is true."""

    def __init__(self, page: Page) -> None:
        self._page = page

    @classmethod
    async def on(cls, page: Page, event: str, shown: str) -> Stopwatch:
        """Set it; the event comes after."""
        await page.evaluate(START, [event, shown])
        return cls(page)

    async def ms(self) -> float:
        """Waits for it."""
        return float(await self._page.evaluate("() => window.__took"))
