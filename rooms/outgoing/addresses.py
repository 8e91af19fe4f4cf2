"""Which addresses the server may connect to on behalf of strangers: public ones, and those that an operator names."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from rooms.core.client_address import Network

Address = IPv4Address | IPv6Address

_NAT64 = IPv6Network("64:ff9b::/96")


def may_connect(text: str, named: Iterable[Network] = ()) -> bool:
    """Whether the address ``text``, as a resolver gives it, is a public one or in one of the networks ``named``."""
    address = _meant(ip_address(text.partition("%")[0]))
    return _is_public(address) or any(address in network for network in named)


def _meant(address: Address) -> Address:
    """The IPv4 address to which one of IPv6's ways to write it leads, or the address itself."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address.sixtofour is not None:
            return address.sixtofour
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address


def _is_public(address: Address) -> bool:
    # Python calls multicast, site-local and reserved addresses global, in one version or the other.
    is_special = (
        address.is_multicast
        or address.is_reserved
        or address.is_unspecified
        or address.is_loopback
        or address.is_link_local
        or address.is_private
        or (isinstance(address, IPv6Address) and address.is_site_local)
    )
    return address.is_global and not is_special
