"""Under /sell/houses/."""

from django.urls import path

from .views import EditHouseView, HousesView, HouseView, NewHouseView, RoomView

app_name = "hosting"
urlpatterns = [
    path("", HousesView.as_view(), name="houses"),
    path("new/", NewHouseView.as_view(), name="new"),
    path("<int:pk>/", HouseView.as_view(), name="house"),
    path("<int:pk>/edit/", EditHouseView.as_view(), name="edit"),
    path("<int:pk>/rooms/new/", RoomView.as_view(), name="new-room"),
    path("<int:pk>/rooms/<int:room>/", RoomView.as_view(), name="room"),
]
