"""Covers that were found in files, by an address that names the picture itself."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.views.decorators.http import require_safe

from players.models import Cover


@require_safe
def cover(request: HttpRequest, digest: str) -> HttpResponse:
    """The picture of that digest, which never changes; 404 if it is not kept, or not any more."""
    etag = f'"{digest}"'
    response: HttpResponse
    if request.headers.get("If-None-Match") == etag and Cover.objects.filter(digest=digest).exists():
        response = HttpResponseNotModified()
    else:
        found = Cover.objects.filter(digest=digest).first() if digest.isalnum() else None
        if found is None:
            raise Http404
        response = HttpResponse(bytes(found.picture), content_type="image/jpeg")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["ETag"] = etag
    return response
