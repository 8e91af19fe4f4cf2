"""The client's IP address, taken from X-Forwarded-For as far as it was written by trusted proxies."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

LONGEST_ENTRY = 64
"""Characters. An IPv6 address with its zone and a port is shorter; a longer text is none."""

MAPPED_BITS = 96
"""What precedes an IPv4 address in its IPv4-mapped form, ``::ffff:192.0.2.1``."""

HOUSEHOLD_BITS = 64
"""The part of an IPv6 address that is given to one network; each host in it chooses the rest at will."""

SITE_BITS = 48
"""The most of an IPv6 address that providers give to one customer, who divides the rest."""


def networks(setting: str, names: Iterable[str]) -> tuple[Network, ...]:
    """The addresses and networks that a setting names; raises ImproperlyConfigured with a sentence."""
    return tuple(_network(setting, name.strip()) for name in names if name.strip())


def client_address(peer: str, forwarded_for: str) -> str:
    """Whose request came from ``peer`` with that X-Forwarded-For, in its one canonical form.

    Each trusted proxy appends whom it heard, so that the list is to be believed from its right end up to the first
    entry that is no trusted proxy; what stands left of it is the client's own text. An entry that is no address counts
    as the proxy that passed it on.
    """
    address = _client(peer, forwarded_for)
    return peer if address is None else str(address)


def counted_address_of(peer: str, forwarded_for: str) -> str:
    """What the address of that client counts as, where something is counted by address (see ``counted_as``)."""
    return _counted(_client(peer, forwarded_for))


def address_of_request(request: HttpRequest) -> str:
    """The client's address of one of Django's requests; empty as above."""
    return client_address(request.META.get("REMOTE_ADDR") or "", request.META.get("HTTP_X_FORWARDED_FOR", ""))


def counted_as(address: str) -> str:
    """What an address counts as where something is counted by address; empty if nothing is counted.

    IPv6 counts by its /64. A client on loopback, or without an address, is the operator or a proxy on this machine
    that TRUSTED_PROXIES does not name, behind which all clients would count as one.
    """
    return _counted(_parse(address))


def site_of(counted: str) -> str:
    """The /48 of IPv6 around what ``counted_as`` gives, all of which one customer may have; empty for others."""
    if not counted.endswith(f"/{HOUSEHOLD_BITS}"):
        return ""
    return str(IPv6Network(counted).supernet(new_prefix=SITE_BITS))


def _client(peer: str, forwarded_for: str) -> Address | None:
    address = _parse(peer)
    if address is None:
        return None
    entries = forwarded_for.split(",") if forwarded_for else []
    while entries and _is_trusted(address):
        before = _parse(entries.pop())
        if before is None:
            break
        address = before
    return address


def _counted(address: Address | None) -> str:
    if address is None or address.is_loopback:
        return ""
    return str(address) if address.version == 4 else str(IPv6Network((address, HOUSEHOLD_BITS), strict=False))


def _network(setting: str, name: str) -> Network:
    try:
        network = ip_network(name)
    except ValueError:
        raise ImproperlyConfigured(
            f"{setting} names “{name[:80]}”, which is neither an address like 10.0.0.5 or fd00::5 nor a whole "
            "network like 10.0.0.0/8 or fd00::/8."
        ) from None
    mapped = network.network_address.ipv4_mapped if isinstance(network, IPv6Network) else None
    if mapped is not None and network.prefixlen >= MAPPED_BITS:
        return IPv4Network((mapped, network.prefixlen - MAPPED_BITS))
    return network


def _parse(text: str) -> Address | None:
    """``text`` as an address: without quotes, brackets, port and zone, as proxies write them; None if it is none."""
    text = text.strip().strip('"')
    if len(text) > LONGEST_ENTRY:
        return None
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped if isinstance(address, IPv6Address) else None) or address


def _is_trusted(address: Address) -> bool:
    return any(address in network for network in settings.TRUSTED_PROXIES)
