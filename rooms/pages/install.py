"""Progressive web app: the manifest, the service worker, and the page that it shows offline."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_cookie

LIGHT, DARK = "#faf6f0", "#16110d"
"""The grounds of both themes, as in ``tokens.css`` before any artwork colours them."""

ICONS = {"icon": (48, 96, 192, 512), "maskable": (192, 512)}
"""The sizes of each, in pixels; ``bin/icons`` draws them."""

MANIFEST_AGE_S = 3600


@require_safe
@cache_control(max_age=MANIFEST_AGE_S)
@vary_on_cookie
def manifest(request: HttpRequest) -> JsonResponse:
    """The web app manifest: name, colours and icons of the installed site."""
    told = {
        "id": "/",
        "name": "Musicrooms",
        "short_name": "Musicrooms",
        "description": gettext("Listen to music together, at the same moment. No account needed."),
        "lang": get_language(),
        "dir": "auto",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": DARK,
        "theme_color": DARK,
        "categories": ["music", "entertainment", "social"],
        "icons": _icons(),
    }
    return JsonResponse(told, content_type="application/manifest+json", json_dumps_params={"ensure_ascii": False})


@require_safe
@cache_control(no_cache=True)
@vary_on_cookie
def service_worker(request: HttpRequest) -> HttpResponse:
    """The service worker. It has to lie at the root to see the whole site, and its text differs when files do."""
    path = finders.find("rooms/service_worker.js")
    if not isinstance(path, str):
        raise FileNotFoundError("rooms/service_worker.js is not among the static files.")
    # The page names its style and script by their content, so that it stands for all that is kept.
    version = hashlib.sha256(_offline_page().encode()).hexdigest()[:16]
    text = f'self.VERSION = "{version}";\n{Path(path).read_text()}'
    return HttpResponse(text, content_type="text/javascript; charset=utf-8")


@require_safe
@cache_control(no_cache=True)
@vary_on_cookie
def offline(request: HttpRequest) -> HttpResponse:
    """What the service worker shows when the server cannot be reached. Since it is kept, only its language differs."""
    return HttpResponse(_offline_page())


def _offline_page() -> str:
    return render_to_string("offline.html")


def _icons() -> list[dict[str, Any]]:
    drawn = [
        {"src": static(f"rooms/icons/{name}-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
        | {"purpose": "maskable" if name == "maskable" else "any"}
        for name, sizes in ICONS.items()
        for size in sizes
    ]
    return [{"src": static("rooms/favicon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}, *drawn]
