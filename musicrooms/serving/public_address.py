"""Public origin of the server: the reverse proxy's, where there is one."""

from __future__ import annotations

from django.conf import settings


def public_address(own: str) -> str:
    """The origin for printed links, as https://rooms.example; ``own`` is the one that the server listens on.

    Derived from CSRF_TRUSTED_ORIGINS, else with HTTPS from ALLOWED_HOSTS, else ``own``.
    """
    if settings.CSRF_TRUSTED_ORIGINS and "*" not in settings.CSRF_TRUSTED_ORIGINS[0]:
        return str(settings.CSRF_TRUSTED_ORIGINS[0])
    if not settings.HTTPS:
        return own
    names = [name for name in settings.ALLOWED_HOSTS if _is_public(name)]
    return f"https://{names[0]}" if names else own.replace("http://", "https://", 1)


def _is_public(name: str) -> bool:
    """Whether ``name`` is a host name that other machines resolve: neither a pattern nor the loopback."""
    return name not in ("*", "localhost", "127.0.0.1", "[::1]") and not name.startswith(".")
