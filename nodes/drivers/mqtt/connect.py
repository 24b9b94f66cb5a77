"""Opens the way to the broker, and says in words why it could not be opened."""

import asyncio
import ssl
from collections.abc import Callable
from socket import gaierror

from nodes.drivers.mqtt.address import BrokerAddress
from nodes.drivers.mqtt.connection import ANSWER_WITHIN_S, Connection, Ended


async def connect(address: BrokerAddress, make: Callable[[], Connection]) -> Connection | Ended:
    """The open connection, TLS included, or why there is none. If cancelled, nothing stays open."""
    try:
        context = address.ssl_context()
    except OSError as error:
        files = ", ".join(str(f) for f in (address.ca_file, address.client_cert_file, address.client_key_file) if f)
        return Ended("disconnected", f"the TLS files ({files}) cannot be used: {error}; check names and contents")
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            _, connection = await asyncio.get_running_loop().create_connection(
                make, address.host, address.port, ssl=context, server_hostname=address.host if context else None
            )
    except (OSError, ValueError) as error:  # ValueError: a host name that cannot be one
        return Ended("disconnected", f"no connection to {address}: {_in_words(error, address.host)}")
    return connection


def _in_words(error: OSError | ValueError, host: str) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            return f"its certificate is not trusted: {error.verify_message}; check the host, or name the CA's file"
        case ssl.SSLError():
            return f"TLS failed: {error.reason or error}; check that the port speaks TLS, and the client certificate"
        case ConnectionRefusedError():
            return "nothing listens there; check that the broker runs, and host and port"
        case TimeoutError():
            return "no answer; check host, port and firewall"
        case gaierror() | ValueError():
            return f"the host name {host!r} is not known; check the spelling and the name server"
        case _:
            return str(error)
