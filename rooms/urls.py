"""The pages."""

from django.urls import path
from django.views.i18n import set_language

from rooms import installable, oembed, screens, views
from rooms.recent import recent

urlpatterns = [
    path("", views.home, name="home"),
    path("join", views.join, name="join"),
    path("recent", recent, name="recent"),
    path("r/<str:slug>", views.room, name="room"),
    path("r/<str:slug>/tv", screens.tv, name="room-tv"),
    path("r/<str:slug>/embed", screens.embed, name="room-embed"),
    path("r/<str:slug>/overlay", screens.overlay, name="room-overlay"),
    path("r/<str:slug>/name", views.rename_me, name="room-name"),
    path("r/<str:slug>/goodbye", views.say_goodbye, name="room-goodbye"),
    path("r/<str:slug>/as/<str:ticket>", views.take_role, name="role-link"),
    path("language", set_language, name="language"),
    path("oembed", oembed.oembed, name="oembed"),
    path("manifest.webmanifest", installable.manifest, name="manifest"),
    path("sw.js", installable.service_worker, name="service-worker"),
    path("offline", installable.offline, name="offline"),
]
