"""The pages."""

from django.urls import path

from rooms import views

urlpatterns = [
    path("", views.home, name="home"),
    path("join", views.join, name="join"),
    path("r/<str:slug>", views.room, name="room"),
    path("r/<str:slug>/name", views.rename_me, name="room-name"),
    path("r/<str:slug>/goodbye", views.say_goodbye, name="room-goodbye"),
    path("r/<str:slug>/as/<str:ticket>", views.take_role, name="role-link"),
]
