"""The address under which browsers reach the server, which is the proxy's where there is one."""

from __future__ import annotations

from django.conf import settings


def public_address(own: str) -> str:
    """The origin for links that are printed; ``own`` is the address that the server listens on."""
    if settings.CSRF_TRUSTED_ORIGINS and "*" not in settings.CSRF_TRUSTED_ORIGINS[0]:
        return str(settings.CSRF_TRUSTED_ORIGINS[0])
    if not settings.HTTPS:
        return own
    names = [name for name in settings.ALLOWED_HOSTS if _is_public(name)]
    return f"https://{names[0]}" if names else own.replace("http://", "https://", 1)


def _is_public(name: str) -> bool:
    """Whether ``name`` is one name that other machines know, and no pattern."""
    return name not in ("*", "localhost", "127.0.0.1", "[::1]") and not name.startswith(".")
