from django.urls import URLPattern, path

from marketplace.copies.copying import copied
from marketplace.replicas import may_be_old

from . import tour_views, views

# What each page shows: see marketplace/copies/migrations for the tables behind these names.
home = copied("things", "goods", "stays", "tours", "figures", seconds=60)(views.HomeView.as_view())
produce = copied("things", "goods", parameters=("commune", "category", "season", "sort", "page"))(
    views.ProduceListView.as_view()
)
stays = copied("things", "stays", parameters=("commune", "near", "guests", "page"))(
    views.StayListView.as_view()
)
tours = copied("things", "tours", seconds=60)(tour_views.TourListView.as_view())

urlpatterns: list[URLPattern] = [
    path("", may_be_old(home), name="home"),
    path("produce/", may_be_old(produce), name="produce"),
    path("stays/", may_be_old(stays), name="stays"),
    path("tours/", may_be_old(tours), name="tours"),
    path("tours/book/", tour_views.BookView.as_view(), name="tour-book"),
    path("tours/departures/<int:pk>/wait/", tour_views.JoinView.as_view(), name="tour-join"),
    path("tours/waiting/<str:secret>/", tour_views.WaitingView.as_view(), name="tour-waiting"),
]
