"""Opens the way to the broker, and says in words why it could not be opened."""

import asyncio
import ssl
from collections.abc import Callable
from socket import gaierror

from engine.api import Readable, Text
from nodes.drivers.mqtt.address import BrokerAddress
from nodes.drivers.mqtt.connection import ANSWER_WITHIN_S, Connection, Ended


async def connect(address: BrokerAddress, make: Callable[[], Connection]) -> Connection | Ended:
    """The open connection, TLS included, or why there is none. If cancelled, nothing stays open."""
    try:
        context = address.ssl_context()
    except OSError as error:
        files = [str(file) for file in (address.ca_file, address.client_cert_file, address.client_key_file) if file]
        return Ended("disconnected", Text("mqtt.tls-files", files=files, reason=str(error)))
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            _, connection = await asyncio.get_running_loop().create_connection(
                make, address.host, address.port, ssl=context, server_hostname=address.host if context else None
            )
    except (OSError, ValueError) as error:  # ValueError: a host name that cannot be one
        return Ended(
            "disconnected", Text("mqtt.no-connection", broker=str(address), reason=_in_words(error, address.host))
        )
    return connection


def _in_words(error: OSError | ValueError, host: str) -> Readable:
    match error:
        case ssl.SSLCertVerificationError():
            return Text("mqtt.untrusted", reason=error.verify_message)
        case ssl.SSLError():
            return Text("mqtt.tls", reason=str(error.reason or error))
        case ConnectionRefusedError():
            return Text("mqtt.nothing-listens")
        case TimeoutError():
            return Text("mqtt.timeout")
        case gaierror() | ValueError():
            return Text("mqtt.unknown-host", host=host)
        case _:
            return str(error)
