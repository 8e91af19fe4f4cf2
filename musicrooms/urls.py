"""Which address leads where."""

from allauth.socialaccount.models import SocialApp, SocialToken
from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from musicrooms.accounts import openid_views
from musicrooms.api import api
from musicrooms.serving.static_generations import static_file

# The provider comes from the environment alone, and its tokens are not kept.
admin.site.unregister([SocialApp, SocialToken])
admin.site.site_header = f"Musicrooms {settings.VERSION}"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/v1/", api.urls),
    path(f"{settings.STATIC_URL.removeprefix('/')}<path:name>", static_file),
    path("accounts/", include(openid_views.urlpatterns)),
    path("accounts/", include("allauth.urls")),
    path("", include("rooms.urls")),
    path("", include("players.urls")),
]
