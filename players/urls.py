"""Forms that change what plays, for browsers without JavaScript; covers, and the library's tracks."""

from django.urls import path

from players.pages import add_link, covers, library

urlpatterns = [
    path("r/<str:slug>/queue", add_link.add_link, name="room-add"),
    path("media/covers/<str:digest>.jpg", covers.cover, name="cover"),
    path("r/<str:slug>/library/<int:track_id>", library.track_of_room, name="room-library-track"),
    path("library/<int:track_id>", library.track, name="library-track"),
]
