"""The running product, for tests that look at it from outside."""

from tests.browser.conftest import make_site, site

__all__ = ["make_site", "site"]
