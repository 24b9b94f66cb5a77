"""Passwords: hashed with argon2id, checked in a thread, made when nobody gave one."""

from __future__ import annotations

import asyncio
import re
import secrets
import socket

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from engine.texts.text import Text

__all__ = ["SHORTEST", "Passwords", "guesses", "invalid_password_reason", "made_password"]

SHORTEST = 10
LONGEST = 256
EASY_GUESSES = 1e9
PRODUCT_WORDS = (
    "mcs",
    "mcs-iot",
    "metachip",
    "gas",
    "alarm",
    "admin",
    "viewer",
    "operator",
    "integrator",
    "monitoring",
)
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def invalid_password_reason(password: str, user: str) -> Text | None:
    """Why a password is not good enough, or None.

    After NIST SP 800-63B: length counts, rules about characters do not, and what is among the first that a guesser tries is refused: passwords
    that have leaked, words, names, keyboard walks, dates, and whatever has to do with this user, machine and product.
    """
    if len(password) < SHORTEST:
        return Text("access.password-short", length=len(password), limit=SHORTEST)
    if len(password) > LONGEST:
        return Text("access.password-long", length=len(password), limit=LONGEST)
    if user.lower() in password.lower() or guesses(password, user) < EASY_GUESSES:
        return Text("access.password-easy")
    return None


def guesses(password: str, user: str) -> float:
    """How many guesses a good guesser needs, by zxcvbn's lists, which it brings along. About 10 ms."""
    # Not at the top: the lists take 0.2 s and 10 MB, and most processes never set a password.
    from zxcvbn import zxcvbn

    words = [*re.split(r"[\W_]+", user), *re.split(r"[\W_]+", socket.gethostname()), *PRODUCT_WORDS]
    # It takes no more than 72 characters; they are enough.
    return float(zxcvbn(password[:72], user_inputs=[word for word in words if len(word) > 2])["guesses"])


def made_password() -> str:
    """Four groups of four letters and digits (79 random bits), without those that are taken for one another."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


class Passwords:
    """Argon2id with OWASP's second profile (19 MiB, 2 passes): about 25 ms of one core, two at a time, the loop goes on meanwhile."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._turns = asyncio.Semaphore(2)
        self._nobody = ""

    async def hash(self, password: str) -> str:
        """What is stored."""
        async with self._turns:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def matches(self, stored: str | None, password: str) -> bool:
        """Whether it is the password. For a user who does not exist (None) it takes just as long and is False."""
        if stored is None:
            self._nobody = self._nobody or await self.hash("nobody")
        async with self._turns:
            return await asyncio.to_thread(self._verify, stored or self._nobody, password) and stored is not None

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except VerifyMismatchError:
            return False
        except (VerificationError, InvalidHashError):
            return False
