"""What a call is answered while the database is away."""

from __future__ import annotations

import httpx


def is_refused_for_now(response: httpx.Response) -> bool:
    """Whether ``response`` says what it has to say while the database is away."""
    if response.status_code != 503:
        return False
    assert int(response.headers["Retry-After"]) > 0
    if response.request.url.path.startswith("/api/"):
        assert response.json()["error"]["code"] == "unavailable"
        assert response.json()["error"]["message"].endswith(".")
    return True
