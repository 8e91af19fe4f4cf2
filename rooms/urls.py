"""The pages."""

from django.urls import path
from django.views.i18n import set_language

from rooms.pages import doors, home, install, oembed_provider, room, screens
from rooms.pages.mine import mine
from rooms.pages.recent_rooms import recent
from rooms.pages.tokens import room_tokens, withdraw_token

urlpatterns = [
    path("", home.home, name="home"),
    path("join", home.join, name="join"),
    path("rooms/mine", mine, name="my-rooms"),
    path("recent", recent, name="recent"),
    path("r/<str:slug>", room.room, name="room"),
    path("r/<str:slug>/tv", screens.tv, name="room-tv"),
    path("r/<str:slug>/embed", screens.embed, name="room-embed"),
    path("r/<str:slug>/overlay", screens.overlay, name="room-overlay"),
    path("r/<str:slug>/name", room.rename_me, name="room-name"),
    path("r/<str:slug>/goodbye", room.say_goodbye, name="room-goodbye"),
    path("r/<str:slug>/as/<str:ticket>", doors.invitation, name="invitation"),
    path("r/<str:slug>/as/<str:ticket>/qr", doors.invitation_code, name="invitation-code"),
    path("r/<str:slug>/qr", doors.room_code, name="room-code"),
    path("r/<str:slug>/tokens", room_tokens, name="room-tokens"),
    path("r/<str:slug>/tokens/<int:number>/withdraw", withdraw_token, name="withdraw-token"),
    path("r/<str:slug>/enter", doors.enter, name="enter"),
    path("r/<str:slug>/recover/<str:secret>", doors.recovery, name="recovery"),
    path("r/<str:slug>/reopen", doors.reopen, name="reopen"),
    path("language", set_language, name="language"),
    path("oembed", oembed_provider.oembed, name="oembed"),
    path("manifest.webmanifest", install.manifest, name="manifest"),
    path("sw.js", install.service_worker, name="service-worker"),
    path("offline", install.offline, name="offline"),
]
