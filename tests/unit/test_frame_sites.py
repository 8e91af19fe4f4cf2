"""Which sites may frame the player: what the setting takes."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from musicrooms.frame_ancestors import frame_ancestors


@pytest.mark.parametrize(
    "text", ["*", "https://a.example.org", "https://*.example.org:8443", "blog.example.org", "http://localhost:*"]
)
def test_sites_are_named_as_the_policy_knows_them(text: str) -> None:
    assert frame_ancestors("EMBED_ANCESTORS", [text]) == [text]


@pytest.mark.parametrize(
    "text", ["https://a.example.org; script-src *", "https://a.example.org/page", "a b", "'none'", "javascript:"]
)
def test_what_is_no_site_stops_the_start_with_a_sentence(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"EMBED_ANCESTORS holds “.*allowed are"):
        frame_ancestors("EMBED_ANCESTORS", [text])


def test_self_is_written_as_the_policy_wants_it() -> None:
    assert frame_ancestors("EMBED_ANCESTORS", ["self", "'self'", " "]) == ["'self'", "'self'"]
