"""A small OpenID Connect provider of one person: discovery, codes with PKCE, tokens signed by RS256."""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
import time
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, SECRET = "musicrooms", "a secret of both"


class Provider(ThreadingHTTPServer):
    """Knows one person, who agrees to everything. ``key`` signs; tests put another in its place to forge."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server_port}"
        self.published = self.key = new_key()
        self.claims: dict[str, Any] = {"sub": "42", "name": "Alice", "email": "alice@example.org"}
        self.codes: dict[str, dict[str, str]] = {}


class Handler(BaseHTTPRequestHandler):
    server: Provider

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        if url.path == "/authorize":
            assert asked["response_type"] == "code"
            assert "openid" in asked["scope"].split()
            code = secrets.token_urlsafe()
            self.server.codes[code] = asked
            self._redirect(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")
            return
        told = {"/.well-known/openid-configuration": self._discovery(), "/jwks": self._keys()}
        self._answer(told.get(url.path, self.server.claims))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        asked = {name: values[0] for name, values in parse_qs(body).items()}
        begun = self.server.codes.pop(asked["code"])
        challenge = urlsafe_b64encode(hashlib.sha256(asked["code_verifier"].encode()).digest()).decode().rstrip("=")
        assert (begun["code_challenge"], begun["code_challenge_method"]) == (challenge, "S256")
        assert begun["redirect_uri"] == asked["redirect_uri"]
        assert self._credentials(asked) == (CLIENT_ID, SECRET)
        now = int(time.time())
        claims = {"iss": self.server.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 60} | self.server.claims
        token = jwt.encode(claims, self.server.key, "RS256", {"kid": "1"})
        self._answer({"access_token": "anything", "token_type": "Bearer", "expires_in": 60, "id_token": token})

    def log_message(self, *args: Any) -> None:
        """Nothing: the test says what failed."""

    def _credentials(self, asked: dict[str, str]) -> tuple[str, str]:
        if header := self.headers.get("Authorization"):
            name, _, secret = b64decode(header.partition(" ")[2]).decode().partition(":")
            return unquote(name), unquote(secret)
        return asked["client_id"], asked["client_secret"]

    def _discovery(self) -> dict[str, Any]:
        issuer = self.server.issuer
        return {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "userinfo_endpoint": f"{issuer}/userinfo",
            "jwks_uri": f"{issuer}/jwks",
        }

    def _keys(self) -> dict[str, Any]:
        numbers = self.server.published.public_key().public_numbers()
        key = {"kty": "RSA", "kid": "1", "alg": "RS256", "n": _encoded(numbers.n), "e": _encoded(numbers.e)}
        return {"keys": [key]}

    def _redirect(self, url: str) -> None:
        self.send_response(302)
        self.send_header("Location", url)
        self.end_headers()

    def _answer(self, told: object) -> None:
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _encoded(number: int) -> str:
    return urlsafe_b64encode(number.to_bytes((number.bit_length() + 7) // 8, "big")).decode().rstrip("=")


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@contextmanager
def provider() -> Iterator[Provider]:
    """A provider that runs within the block."""
    with Provider() as server:
        running = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        running.start()
        try:
            yield server
        finally:
            server.shutdown()
            running.join()
