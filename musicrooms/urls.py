"""Which address leads where."""

from django.contrib import admin
from django.urls import include, path

from musicrooms.api import api

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/v1/", api.urls),
    path("", include("rooms.urls")),
    path("", include("players.urls")),
]
