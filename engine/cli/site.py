"""What commands start from: the settings of this process, its packs, and their node types."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine.settings import Settings
from engine.texts.terminal import say
from engine.texts.text import Readable, Text

if TYPE_CHECKING:
    from engine.catalogue.node_types import Catalogue
    from engine.pack import Pack

__all__ = ["AddCommand", "catalogue_now", "packs_now", "settings_now"]

AddCommand = Callable[[str, Readable, Callable[[argparse.Namespace], int]], argparse.ArgumentParser]
"""Adds a command by its name, what it does, and what runs it; the answer takes its arguments."""


def settings_now() -> Settings:
    """The settings of this process: the environment, then `.env` in the working folder."""
    settings = Settings.read(os.environ, Path(".env"))
    for sentence in settings.unknown:
        say(Text("cli.warning", text=sentence), error=True)
    return settings


def packs_now() -> Sequence[Pack]:
    """Those that are installed."""
    from engine.pack import discover_packs

    return discover_packs()


def catalogue_now() -> Catalogue:
    """The node types of the packs and of the folders of MCS_NODES."""
    from engine.catalogue.node_types import Catalogue

    catalogue = Catalogue(packs_now())
    for folder in settings_now().nodes:
        catalogue.add_folder(folder)
    return catalogue
