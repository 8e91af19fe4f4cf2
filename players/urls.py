"""The pages' forms that change what plays, for browsers without JavaScript; and the covers."""

from django.urls import path

from players import covers, pages

urlpatterns = [
    path("r/<str:slug>/queue", pages.add_link, name="room-add"),
    path("media/covers/<str:digest>.jpg", covers.cover, name="cover"),
]
