from django.urls import path

from .views import (
    DepartureView,
    EditTourView,
    EndScheduleView,
    NewTourView,
    ToursView,
    TourView,
)

app_name = "organising"
urlpatterns = [
    path("", ToursView.as_view(), name="tours"),
    path("new/", NewTourView.as_view(), name="new"),
    path("<int:pk>/", TourView.as_view(), name="tour"),
    path("<int:pk>/edit/", EditTourView.as_view(), name="edit"),
    path("schedules/<int:pk>/end/", EndScheduleView.as_view(), name="end-schedule"),
    path("departures/<int:pk>/", DepartureView.as_view(), name="departure"),
]
