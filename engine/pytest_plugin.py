"""What pytest loads by itself where mcs-iot is installed: async tests of nodes run without any mark or setting."""

from __future__ import annotations

import pytest

__all__ = ["pytest_configure"]


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Takes pytest-asyncio's automatic mode unless the project has chosen one."""
    if getattr(config.option, "asyncio_mode", None) is None and not config.inipath:
        config.option.asyncio_mode = "auto"
