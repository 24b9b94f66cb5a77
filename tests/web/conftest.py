"""The whole product in a process of its own, called over HTTP."""

from tests.browser.conftest import make_site, site

__all__ = ["make_site", "site"]
