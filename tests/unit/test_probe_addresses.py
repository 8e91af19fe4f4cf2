"""The server connects to no address that strangers could not reach themselves, whatever a link, a redirect or a name
leads to."""

from __future__ import annotations

import datetime
import socket
import ssl
import threading
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pytest_django import Settings

from players.probe.probe import probe
from rooms.outgoing.addresses import may_connect
from rooms.outgoing.budget import Budget, Unanswered
from rooms.outgoing.connection import Refused, is_own
from tests.support.media_files import id3, m4a, mp3
from tests.support.web import Web, served

NAMED = "127.0.0.2"
"""Stands in for a public address: the one that the setting names. All others of this machine are private."""


@pytest.fixture
def web(settings: Settings) -> Iterator[Web]:
    settings.PROBE_PRIVATE_NETWORKS = (ip_network(NAMED),)
    with served(NAMED) as web:
        yield web


@pytest.fixture
def secret() -> Iterator[Web]:
    """What only this machine may reach."""
    with served("127.0.0.1") as secret:
        secret.has("/", mp3(tag=id3("Secret")))
        yield secret


class Names:
    """A resolver whose answers change: the last one stays."""

    def __init__(self, *answers: list[str]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, host: str, port: int, timeout_s: float) -> list[str]:
        self.asked.append(host)
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
        *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1"),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fec0::1", "ff02::1", "2001:db8::1", "::10.0.0.1"),
        *("::ffff:10.0.0.1", "::ffff:127.0.0.1", "2002:a00:1::", "64:ff9b::10.0.0.1", "64:ff9b::7f00:1"),
    ],
)
def test_no_private_address_is_connected_to(address: str) -> None:
    assert not may_connect(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"])
def test_public_addresses_are_connected_to(address: str) -> None:
    assert may_connect(address)


def test_a_network_that_the_operator_names_is_connected_to_in_whatever_form() -> None:
    named = [ip_network("10.0.0.0/8"), ip_network("fd00::/8")]
    assert all(may_connect(address, named) for address in ("10.0.0.1", "::ffff:10.0.0.1", "fd00::1"))
    assert not may_connect("192.168.0.1", named)


def test_a_private_link_is_refused_before_anything_is_sent(web: Web, secret: Web) -> None:
    with pytest.raises(Refused, match=r"127\.0\.0\.1"):
        probe(secret.url + "/")
    assert secret.asked == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1"])
def test_a_redirect_to_this_machine_is_refused(web: Web, secret: Web, host: str) -> None:
    url = web.answers("/a.mp3", 302, Location=f"http://{host}:{secret.port}/")
    with pytest.raises(Unanswered):
        probe(url)
    assert secret.asked == []


@pytest.mark.parametrize("place", ["http://[::ffff:10.0.0.1]/", "http://169.254.169.254/latest", "//10.0.0.1/"])
def test_a_redirect_into_a_private_network_is_refused(web: Web, place: str) -> None:
    with pytest.raises(Refused):
        probe(web.answers("/a.mp3", 302, Location=place))


@pytest.mark.parametrize("place", ["file:///etc/passwd", "gopher://127.0.0.2/", "http://a:b@127.0.0.2/", "http://["])
def test_a_redirect_to_what_is_no_plain_web_address_is_refused(web: Web, place: str) -> None:
    with pytest.raises(Unanswered):
        probe(web.answers("/a.mp3", 302, Location=place))
    assert len(web.asked) == 1


def test_the_address_that_was_checked_is_connected_to_under_the_names_host(web: Web) -> None:
    names = Names([NAMED], ["127.0.0.1"])
    web.has("/a.mp3", mp3(tag=id3("Dusk")))
    assert probe(f"http://media.example.org:{web.port}/a.mp3", resolver=names).title == "Dusk"
    assert web.asked[0][1] == f"media.example.org:{web.port}"


def test_of_several_addresses_only_public_ones_are_tried(web: Web) -> None:
    web.has("/a.mp3", mp3(tag=id3("Dusk")))
    names = Names(["127.0.0.1", "10.0.0.1", NAMED])
    assert probe(f"http://media.example.org:{web.port}/a.mp3", resolver=names).title == "Dusk"


def test_a_name_that_resolves_anew_to_a_private_address_is_refused_by_then(web: Web, secret: Web) -> None:
    names = Names([NAMED], ["127.0.0.1"])
    web.answers("/a.mp3", 302, Location=f"http://media.example.org:{secret.port}/")
    with pytest.raises(Refused):
        probe(f"http://media.example.org:{web.port}/a.mp3", resolver=names)
    assert names.asked == ["media.example.org"] * 2
    assert secret.asked == []


def test_the_ranges_of_a_file_are_as_guarded_as_its_head(web: Web) -> None:
    web.has("/a.m4a", m4a("Dusk", "Alice"))
    names = Names([NAMED], ["127.0.0.1"])
    found = probe(f"http://media.example.org:{web.port}/a.m4a", resolver=names)
    assert (found.media_type, found.title) == ("audio/mp4", "")
    assert [asked[2] for asked in web.asked] == ["bytes=0-"]


def test_a_name_that_takes_too_long_to_resolve_ends_with_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_named: ended.wait(20) and [])
    with pytest.raises(Unanswered, match="in time"):
        probe("http://media.example.org/a.mp3", Budget(seconds=0.2))
    ended.set()


@pytest.mark.parametrize(
    ("host", "own"),
    [("rooms.example.org", True), ("a.rooms.example.net", True), ("example.org", False), ("127.0.0.1", False)],
)
def test_this_server_itself_is_never_probed(settings: Settings, host: str, own: bool) -> None:
    settings.ALLOWED_HOSTS = ["*", "127.0.0.1", ".rooms.example.net"]
    settings.CSRF_TRUSTED_ORIGINS = ["https://rooms.example.org:8443"]
    assert is_own(host) is own
    if own:
        with pytest.raises(Refused, match="itself"):
            probe(f"http://{host}/media/demo/dusk.mp3", resolver=Names([NAMED]))


def test_tls_asks_for_the_name_and_not_for_the_address(settings: Settings, tmp_path: Path) -> None:
    settings.PROBE_PRIVATE_NETWORKS = (ip_network(NAMED),)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path / "certificate.pem"))
    asked: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: asked.append(name)
    with socket.create_server((NAMED, 0)) as listening:

        def answer() -> None:
            with listening.accept()[0] as peer, pytest.raises(ssl.SSLError):
                context.wrap_socket(peer, server_side=True)

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(Unanswered, match="certificate"):
            probe(f"https://media.example.org:{listening.getsockname()[1]}/a.mp3", resolver=Names([NAMED]))
        thread.join()
    assert asked == ["media.example.org"]


def self_signed(path: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "media.example.org")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path.write_bytes(pem + certificate.public_bytes(serialization.Encoding.PEM))
    return path
