from django.urls import URLPattern, path

from . import tour_views, views

urlpatterns: list[URLPattern] = [
    path("", views.HomeView.as_view(), name="home"),
    path("produce/", views.ProduceListView.as_view(), name="produce"),
    path("stays/", views.StayListView.as_view(), name="stays"),
    path("tours/", tour_views.TourListView.as_view(), name="tours"),
    path("tours/book/", tour_views.BookView.as_view(), name="tour-book"),
    path("tours/departures/<int:pk>/wait/", tour_views.JoinView.as_view(), name="tour-join"),
    path("tours/waiting/<str:secret>/", tour_views.WaitingView.as_view(), name="tour-waiting"),
]
