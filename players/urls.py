"""The pages' forms that change what plays; browsers with JavaScript call the API instead."""

from django.urls import path

from players import pages

urlpatterns = [path("r/<str:slug>/queue", pages.add_link, name="room-add")]
