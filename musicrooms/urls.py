"""Which address leads where."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from musicrooms.api import api
from musicrooms.serving.static_generations import static_file

admin.site.site_header = f"Musicrooms {settings.VERSION}"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/v1/", api.urls),
    path(f"{settings.STATIC_URL.removeprefix('/')}<path:name>", static_file),
    path("", include("rooms.urls")),
    path("", include("players.urls")),
]
