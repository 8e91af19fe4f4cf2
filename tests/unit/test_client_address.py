"""The client's address: the peer's, unless that is a proxy which the settings name."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from rooms.core.client_address import address_of_request, client_address, counted_address_of, counted_as, networks
from rooms.live.stream.request import Request

PROXIES = ["10.0.0.0/8", "192.0.2.7", "fd00::/8", "::ffff:172.16.0.0/108"]
PROXY = "10.0.0.5"
ALICE = "203.0.113.5"
BOB = "2001:db8:1:2::b0b"


@pytest.fixture(autouse=True)
def _behind_proxies(settings: Any) -> None:
    settings.TRUSTED_PROXIES = networks("TRUSTED_PROXIES", PROXIES)


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "address"),
    [
        # Nobody in front, or nobody who is to be believed.
        (ALICE, "", ALICE),
        (ALICE, BOB, ALICE),
        (ALICE, PROXY, ALICE),
        ("192.0.2.8", ALICE, "192.0.2.8"),
        ("127.0.0.1", ALICE, "127.0.0.1"),
        # One proxy, several, and what a client wrote itself.
        (PROXY, ALICE, ALICE),
        (PROXY, f"{BOB}, {ALICE}", ALICE),
        ("192.0.2.7", f"{ALICE}, 10.9.9.9, fd00::5", ALICE),
        (PROXY, f"127.0.0.1, {PROXY}, {ALICE}", ALICE),
        (PROXY, f"{BOB},{ALICE},{PROXY}", ALICE),
        # Nobody but proxies: the first of them called by itself.
        (PROXY, "", PROXY),
        (PROXY, "10.0.0.9, 10.0.0.8", "10.0.0.9"),
        # As proxies write addresses.
        (PROXY, f"{ALICE}:50123", ALICE),
        (PROXY, f"[{BOB}]:50123", BOB),
        (PROXY, f"[{BOB}]", BOB),
        (PROXY, f'"[{BOB}]:50123"', BOB),
        (PROXY, f"  {ALICE}\t", ALICE),
        (PROXY, f"{BOB}%eth0", BOB),
        # One form for one address.
        (PROXY, "2001:DB8:0001:2:0:0:0:B0B", BOB),
        (PROXY, f"::ffff:{ALICE}", ALICE),
        (f"::ffff:{PROXY}", ALICE, ALICE),
        ("::ffff:172.16.3.4", ALICE, ALICE),
        (f"::ffff:{ALICE}", "", ALICE),
        ("2001:db8:1:2:0::b0b", "", BOB),
        # Junk stands for whoever passed it on.
        (PROXY, "unknown", PROXY),
        (PROXY, f"{ALICE}, _hidden", PROXY),
        (PROXY, f"{ALICE}, , 10.0.0.9", "10.0.0.9"),
        (PROXY, f"{ALICE},", PROXY),
        (PROXY, f"{ALICE}, 999.1.1.1", PROXY),
        (PROXY, f"{ALICE}, [", PROXY),
        (PROXY, f"{ALICE}, 1.2.3.4:5:6", PROXY),
        (PROXY, ",,,", PROXY),
        (PROXY, "\x00", PROXY),
        (PROXY, f"{ALICE}, {'1' * 10_000}", PROXY),
        (PROXY, f"{'x' * 10_000}, {ALICE}", ALICE),
        (PROXY, f"{'10.0.0.1, ' * 1_000}{ALICE}", ALICE),
        # Behind a Unix socket there is no address.
        ("", ALICE, ""),
    ],
)
def test_the_address_is_the_last_that_no_trusted_proxy_has(peer: str, forwarded_for: str, address: str) -> None:
    assert client_address(peer, forwarded_for) == address


def test_without_trusted_proxies_the_header_is_never_believed(settings: Any) -> None:
    settings.TRUSTED_PROXIES = networks("TRUSTED_PROXIES", [])
    for peer in (ALICE, PROXY, "127.0.0.1", "::1"):
        assert client_address(peer, BOB) == peer


@given(st.text(max_size=200) | st.lists(st.sampled_from([ALICE, BOB, PROXY, "", "junk", "[::1]:0"])).map(",".join))
def test_no_text_of_a_stranger_is_an_error_or_taken_from_left_of_one(text: str) -> None:
    assert client_address(ALICE, text) == ALICE
    assert client_address(PROXY, f"{text},{ALICE}") == ALICE
    client_address(PROXY, text)


def counted(scope: dict[str, Any]) -> str:
    """What the address of a stream's request counts as."""
    return Request({"method": "GET", **scope}).counted_address


def test_headers_that_come_several_times_are_read_as_one_list() -> None:
    headers = [(b"x-forwarded-for", BOB.encode()), (b"host", b"localhost"), (b"X-Forwarded-For", ALICE.encode())]
    assert counted({"client": (PROXY, 1), "headers": headers}) == counted_as(ALICE)


def test_bytes_that_are_no_text_are_junk() -> None:
    headers = [(b"x-forwarded-for", b"203.0.113.5, \xff\xfe")]
    assert counted({"client": (PROXY, 1), "headers": headers}) == counted_as(PROXY)


def test_a_scope_without_a_client_has_no_address() -> None:
    scopes: list[dict[str, Any]] = [{}, {"client": None}, {"client": ("", 0)}]
    for scope in scopes:
        assert counted({**scope, "headers": []}) == ""


@pytest.mark.parametrize("forwarded_for", ["", BOB, f"{BOB},{ALICE}", f"{ALICE},junk", "::1"])
@pytest.mark.parametrize("peer", ["", "junk", PROXY, ALICE, "::ffff:203.0.113.5", "2001:db8::1", "127.0.0.1"])
def test_an_address_that_is_parsed_once_counts_as_when_it_is_told_first(peer: str, forwarded_for: str) -> None:
    assert counted_address_of(peer, forwarded_for) == counted_as(client_address(peer, forwarded_for))


def test_a_request_of_django_has_the_same_address() -> None:
    request = RequestFactory().get("/", REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=f"{BOB},{ALICE}")
    assert address_of_request(request) == ALICE
    assert address_of_request(RequestFactory().get("/", REMOTE_ADDR="")) == ""


@pytest.mark.parametrize(
    ("address", "key"),
    [
        (ALICE, ALICE),
        (BOB, "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        (f"::ffff:{ALICE}", ALICE),
        ("10.0.0.5", "10.0.0.5"),
        ("127.0.0.1", ""),
        ("127.8.8.8", ""),
        ("::1", ""),
        ("", ""),
        ("nonsense", ""),
    ],
)
def test_ipv6_counts_by_its_network_and_loopback_not_at_all(address: str, key: str) -> None:
    assert counted_as(address) == key


@pytest.mark.parametrize("name", ["10.0.0.5/8", "proxy.example.org", "10.0.0.0/33", "10.0.0", "*", "fd00::/129"])
def test_a_proxy_that_is_no_address_is_refused_with_a_sentence(name: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        networks("TRUSTED_PROXIES", ["10.0.0.0/8", name])
    assert f"“{name}”" in str(refusal.value)
    assert str(refusal.value).endswith(".")


def test_spaces_and_empty_names_are_nothing() -> None:
    named = networks("TRUSTED_PROXIES", [" 10.0.0.5 ", "", "  ", "fd00::/8"])
    assert [str(network) for network in named] == ["10.0.0.5/32", "fd00::/8"]
