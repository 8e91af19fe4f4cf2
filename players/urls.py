"""The pages' forms that change what plays; browsers with JavaScript call the API instead."""

from django.urls import path

from players import views

urlpatterns = [path("r/<str:slug>/queue", views.add_link, name="room-add")]
