"""Which machine this is: a fingerprint of /etc/machine-id, the same in every container that has the host's file mounted."""

from __future__ import annotations

import hashlib
import hmac
import re
from pathlib import Path

from engine.api import Text

__all__ = ["Machine", "MachineUnknown"]

_ID = re.compile(r"[0-9a-f]{32}")
_NONE = "0" * 32


class MachineUnknown(Exception):
    """The file is missing or does not hold a machine's id."""


class Machine:
    """`fingerprint` is what the vendor is told. The id itself never leaves, as machine-id(5) asks for."""

    def __init__(self, id: str) -> None:
        self._id = id
        self.fingerprint = self._derived(b"mcs-iot licence fingerprint").hex()[:32]

    @property
    def known(self) -> bool:
        """Whether it can be told from others."""
        return self._id != _NONE

    @classmethod
    def unknown(cls) -> Machine:
        """Stands for a machine that has no id: it can keep a record, but no licence is ever for it."""
        return cls(_NONE)

    @classmethod
    def read(cls, file: Path) -> Machine:
        """MachineUnknown when the file can't be read, or says what a system without an id says ("uninitialized", nothing)."""
        try:
            text = file.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as failure:
            raise MachineUnknown(Text("licence.no-machine", file=str(file))) from failure
        if not _ID.fullmatch(text) or text == _NONE:
            raise MachineUnknown(Text("licence.bad-machine", file=str(file)))
        return cls(text)

    def seal(self, data: bytes) -> str:
        """A code that only this machine makes for this data."""
        return hmac.new(self._derived(b"mcs-iot licence record"), data, hashlib.sha256).hexdigest()

    def matches_seal(self, data: bytes, code: str) -> bool:
        """Whether `seal` has made that code for this data."""
        return hmac.compare_digest(self.seal(data), code)

    def _derived(self, purpose: bytes) -> bytes:
        return hmac.new(bytes.fromhex(self._id), purpose, hashlib.sha256).digest()
