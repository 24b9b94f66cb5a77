"""The texts that were read last: whoever edits a flow asks about the same text again with every key."""

from __future__ import annotations

import threading
from collections import OrderedDict

from engine.flow.yaml.patch import FlowText

__all__ = ["Drafts"]

KEPT = 3
"""A text of 1,000 nodes takes about 3 MB when it is read."""


class Drafts:
    """May be asked from several threads at once."""

    def __init__(self) -> None:
        self._read: OrderedDict[tuple[str, str], FlowText] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, text: str, path: str) -> FlowText:
        """One to edit. FlowError as `FlowText` says."""
        with self._lock:
            found = self._read.get((path, text))
        if found is None:
            found = FlowText(text, path)
        self.keep(found)
        return found.fork()

    def keep(self, read: FlowText) -> None:
        """What an edit has come to is what the next one begins with."""
        place = read.path, read.text
        with self._lock:
            self._read[place] = read.fork()
            self._read.move_to_end(place)
            while len(self._read) > KEPT:
                self._read.popitem(last=False)
