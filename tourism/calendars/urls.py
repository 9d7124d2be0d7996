"""A host's nights, under /sell/calendar/."""

from django.urls import path

from .views import asking, guests, nights, sites

app_name = "calendars"

urlpatterns = [
    path("", nights.MonthView.as_view(), name="month"),
    path("many/", nights.ManyNightsView.as_view(), name="many"),
    path("book/", guests.WalkInView.as_view(), name="walk-in"),
    path("bookings/<int:pk>/", guests.BookingView.as_view(), name="booking"),
    path("sites/", sites.SitesView.as_view(), name="sites"),
    path("requests/", asking.RequestsView.as_view(), name="requests"),
    path("<int:room>/<str:day>/", nights.NightView.as_view(), name="night"),
]
