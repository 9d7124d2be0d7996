from django.urls import URLPattern, path

from . import views

urlpatterns: list[URLPattern] = [
    path("", views.HomeView.as_view(), name="home"),
    path("produce/", views.ProduceListView.as_view(), name="produce"),
    path("stays/", views.StayListView.as_view(), name="stays"),
]
