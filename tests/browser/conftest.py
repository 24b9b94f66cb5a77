"""Browser tests: the whole product in a process of its own, and real Chromium pages that are signed in to it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from tests.browser.live_site import LiveSite
from tests.servers.chromium import ARGUMENTS
from tests.servers.mosquitto import Mosquitto
from tests.servers.postgres import Postgres
from tests.servers.process import program

NewPage = Callable[..., Awaitable[Page]]
PATIENCE_MS = 60_000
"""A busy machine is slow, and that is no failure."""
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def make_site(
    postgres_server: Postgres, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Callable[..., LiveSite]]:
    """`make_site({"MCS_…": …})` starts a site of its own broker and database, for tests that stop or change it."""
    made: list[tuple[LiveSite, Mosquitto, str]] = []

    def make(settings: Mapping[str, str] | None = None) -> LiveSite:
        folder = tmp_path_factory.mktemp("site")
        database = f"site_{folder.name.strip('site')}_{len(made)}_{request.node.name.removesuffix('.py').lower()}"
        database = "".join(letter if letter.isalnum() else "_" for letter in database)[:60]
        postgres_server.sql(f"create database {database} template template0")
        broker = Mosquitto(folder)
        broker.start()
        site = LiveSite(folder, postgres_server.dsn(database), broker.url, settings)
        made.append((site, broker, database))
        site.start()
        return site

    yield make
    for site, broker, database in made:
        site.stop()
        broker.stop()
        postgres_server.sql(f"drop database {database} with (force)")


@pytest.fixture(scope="module")
def site(make_site: Callable[..., LiveSite]) -> LiveSite:
    """One site for all tests of a file, with five devices that publish every second. Leave it as you found it, or take `make_site`."""
    site = make_site()
    site.simulate()
    return site


@pytest.fixture
async def new_page() -> AsyncIterator[NewPage]:
    """`await new_page(site, role="admin", language="zh", scheme="light", width=1280, height=800)`: a browser profile of its own, signed in.

    A page that logs an error to its console, a broken content security policy included, fails the test; `page.allowed` is a list of
    texts of errors that are meant to be.
    """
    problems: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program("chromium"), args=ARGUMENTS)

        async def make(
            site: LiveSite,
            role: str | None = "admin",
            *,
            language: str = "zh",
            scheme: str = "light",
            width: int = 1280,
            height: int = 800,
        ) -> Page:
            context = await browser.new_context(
                viewport={"width": width, "height": height},
                locale="zh-CN" if language == "zh" else "en-GB",
                color_scheme=scheme,  # type: ignore[arg-type]
                base_url=site.url,
            )
            await context.grant_permissions(["clipboard-read", "clipboard-write"])
            await context.add_init_script(
                f"localStorage.getItem('mcs.language') || localStorage.setItem('mcs.language', '{language}')"
            )
            page = await context.new_page()
            page.set_default_timeout(PATIENCE_MS)
            allowed: list[str] = []
            page.allowed = allowed  # type: ignore[attr-defined]

            def heard(text: str) -> None:
                if not any(meant in text for meant in allowed):
                    problems.append(text)

            page.on("console", lambda message: heard(message.text) if message.type == "error" else None)
            page.on("pageerror", lambda error: heard(str(error)))
            if role is not None:
                await site.sign_in(page, role)
            return page

        yield make
        await browser.close()
    assert not problems, "\n".join(problems)


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    """A folder for screenshots of this test."""
    return tmp_path
