"""axe-core in the page: WCAG 2.2 A and AA."""

from pathlib import Path

from playwright.async_api import Page

AXE = Path(__file__).parents[2] / "editor" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


async def assert_accessible(page: Page, *within: str) -> None:
    """AssertionError with every violation that axe finds on the page as it is now: rule, what it asks, where.

    `within` are selectors of the parts that count, by default the whole page.
    """
    # Evaluated rather than added as a script: the page's own policy does not let foreign scripts in.
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found = await page.evaluate(
        "([tags, within]) => axe.run(within.length ? { include: within } : document, { runOnly: tags })", [TAGS, within]
    )
    told = [
        f"{violation['id']}: {violation['help']}\n    "
        + "\n    ".join(node["html"][:200] for node in violation["nodes"][:5])
        for violation in found["violations"]
    ]
    assert not told, f"{page.url}\n" + "\n".join(told)
