"""A text that must not be shown: passwords, keys, and addresses that carry them."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit


@dataclass(frozen=True, slots=True)
class Secret:
    """Keeps a text out of logs, messages and tracebacks; only `reveal()` hands it out."""

    _text: str = field(repr=False)

    def reveal(self) -> str:
        """The text itself. Pass it straight to what needs it, and keep no copy."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(•••)"

    __str__ = __repr__


def without_password(url: str) -> str:
    """The same address with user, password and query left out, fit for a log line or an error.

    >>> without_password("postgresql://mcs:hunter2@db.plant:5432/mcs?password=hunter2")
    'postgresql://db.plant:5432/mcs'
    """
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
