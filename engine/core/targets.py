"""Which addresses the site's own requests may go to: what ops have named, and what is refused unless they have."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

__all__ = ["Target", "address_in", "is_closed"]

METADATA = (ip_network("100.100.100.200/32"), ip_network("fd00:ec2::254/128"))
"""Where clouds give out a server's own credentials, besides the link-local 169.254.169.254."""
_IPV4_IN_IPV6 = ip_network("64:ff9b::/96")


@dataclass(frozen=True)
class Target:
    """One entry of `MCS_ALLOWED_TARGETS`: a host's name, or a network; for one port or all of them."""

    host: str
    network: IPv4Network | IPv6Network | None
    port: int | None

    @classmethod
    def parse(cls, text: str) -> Target:
        """ValueError when it is none.

        >>> Target.parse("erp.plant:8443").port
        8443
        >>> Target.parse("10.1.0.0/16").network
        IPv4Network('10.1.0.0/16')
        >>> Target.parse("[::1]:8080")
        Target(host='', network=IPv6Network('::1/128'), port=8080)
        """
        try:
            return cls("", ip_network(text.strip("[]")), None)
        except ValueError:
            pass
        parts = urlsplit(f"//{text}")
        host, port = parts.hostname, parts.port
        if not host or parts.path or parts.query or "@" in text or " " in text:
            raise ValueError(text)
        try:
            return cls("", ip_network(host), port)
        except ValueError:
            return cls(host, None, port)

    def covers(self, host: str, address: IPv4Address | IPv6Address, port: int) -> bool:
        """Whether a request to that host, which is at that address, is named by it."""
        if self.port is not None and self.port != port:
            return False
        return address in self.network if self.network is not None else host.lower() == self.host


def address_in(text: str) -> IPv4Address | IPv6Address | None:
    """The address that a text is, an IPv4 one also where it stands in an IPv6 one; None for a name."""
    try:
        address = ip_address(text.strip("[]").partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _IPV4_IN_IPV6:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def is_closed(address: IPv4Address | IPv6Address) -> bool:
    """This machine itself, what only its network card sees, and where clouds keep its credentials."""
    return (
        address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_unspecified
        or any(address in network for network in METADATA)
    )
