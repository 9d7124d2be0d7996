"""The counter of a post point, under /post/."""

from django.urls import path

from . import views

app_name = "counter"

urlpatterns = [
    path("", views.TodayView.as_view(), name="today"),
    path("till/", views.TillView.as_view(), name="till"),
    path("<str:number>/", views.OrderView.as_view(), name="order"),
]
