"""Forms that change what plays, for browsers without JavaScript; covers, and the library's tracks."""

from django.urls import path

from players import covers, library_pages, pages

urlpatterns = [
    path("r/<str:slug>/queue", pages.add_link, name="room-add"),
    path("media/covers/<str:digest>.jpg", covers.cover, name="cover"),
    path("r/<str:slug>/library/<int:track_id>", library_pages.track_of_room, name="room-library-track"),
    path("library/<int:track_id>", library_pages.track, name="library-track"),
]
