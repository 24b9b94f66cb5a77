"""One HTTP request to a webhook: no redirects, no cookies, a short answer, and no address that the site must not ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from engine.api import TargetRefused
from plant.notifications.outcome import PermanentFailure, TransientFailure

__all__ = ["post"]

ANSWER_WITHIN_S = 15.0
LONGEST_ANSWER = 2000


async def post(session: aiohttp.ClientSession, url: str, data: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
    """(status, the beginning of the answer). Raises TransientFailure when there is none, PermanentFailure for an address that won't do.

    Neither text names the address: it carries the robot's key.
    """
    host = urlsplit(url).hostname or ""
    timeout = aiohttp.ClientTimeout(total=ANSWER_WITHIN_S)
    try:
        # As it stands: signatures are made over these very bytes.
        target = URL(url, encoded=url.isascii())
        async with session.post(target, data=data, headers=headers, allow_redirects=False, timeout=timeout) as answer:
            raw = await answer.content.read(LONGEST_ANSWER * 4)
            return answer.status, raw.decode(answer.charset or "utf-8", "replace")[:LONGEST_ANSWER]
    except TargetRefused as refused:
        raise PermanentFailure(str(refused), "address") from refused
    except TimeoutError as error:
        raise TransientFailure(f"{host}: no answer within {ANSWER_WITHIN_S:g} s", "network") from error
    except aiohttp.ClientConnectorError as error:
        hint: Any = "tls" if isinstance(error, aiohttp.ClientConnectorSSLError) else "network"
        raise TransientFailure(f"{host}: {error.os_error.strerror or error.os_error}", hint) from error
    except aiohttp.ClientSSLError as error:
        raise TransientFailure(f"{host}: {type(error).__name__}", "tls") from error
    except (aiohttp.InvalidURL, UnicodeError, ValueError) as error:
        raise PermanentFailure("the address can't be read; copy it from the robot's page", "address") from error
    except (aiohttp.ClientError, OSError) as error:
        raise TransientFailure(f"{host}: {type(error).__name__}", "network") from error
