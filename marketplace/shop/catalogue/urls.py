from django.urls import URLPattern, path

from marketplace.replicas import may_be_old

from . import tour_views, views

urlpatterns: list[URLPattern] = [
    path("", may_be_old(views.HomeView.as_view()), name="home"),
    path("produce/", may_be_old(views.ProduceListView.as_view()), name="produce"),
    path("stays/", may_be_old(views.StayListView.as_view()), name="stays"),
    path("tours/", may_be_old(tour_views.TourListView.as_view()), name="tours"),
    path("tours/book/", tour_views.BookView.as_view(), name="tour-book"),
    path("tours/departures/<int:pk>/wait/", tour_views.JoinView.as_view(), name="tour-join"),
    path("tours/waiting/<str:secret>/", tour_views.WaitingView.as_view(), name="tour-waiting"),
]
