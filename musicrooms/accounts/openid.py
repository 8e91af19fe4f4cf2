"""The OpenID Connect provider through which people may sign in, from ``OIDC_ISSUER`` and what belongs to it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

PROVIDER_ID = "oidc"
"""Its name in our addresses: ``/accounts/oidc/login/callback/`` is where the provider sends people back to."""


def providers(issuer: str, client_id: str, secret: str, name: str) -> dict[str, Any]:
    """``SOCIALACCOUNT_PROVIDERS`` for that provider, none if no issuer is named.

    Raises ImproperlyConfigured with a sentence if one of them is set without what it needs.
    """
    if not issuer:
        if lonely := [key for key, value in (("ID", client_id), ("SECRET", secret)) if value]:
            raise ImproperlyConfigured(f"OIDC_CLIENT_{lonely[0]} is set, but no OIDC_ISSUER: name the provider's URL.")
        return {}
    if not client_id:
        raise ImproperlyConfigured("OIDC_ISSUER is set, but no OIDC_CLIENT_ID: register Musicrooms at the provider.")
    try:
        host = urlsplit(issuer).hostname
    except ValueError:
        raise ImproperlyConfigured("OIDC_ISSUER names a host with a bracket that nothing closes.") from None
    app = {
        "provider_id": PROVIDER_ID,
        "name": name or host or issuer,
        "client_id": client_id,
        "secret": secret,
        "settings": {"server_url": issuer.rstrip("/")},
    }
    return {"openid_connect": {"APPS": [app], "OAUTH_PKCE_ENABLED": True}}
