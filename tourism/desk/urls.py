"""The host's desk, under /sell/."""

from django.urls import path

from .views import register, today, village

app_name = "desk"

urlpatterns = [
    path("today/", today.TodayView.as_view(), name="today"),
    path("today/<int:booking_id>/", today.GuestView.as_view(), name="guest"),
    path("today/<int:booking_id>/door/", today.DoorView.as_view(), name="door"),
    path("today/<int:booking_id>/guests/", today.PersonView.as_view(), name="register-guest"),
    path("today/<int:booking_id>/bill/", today.ItemView.as_view(), name="bill"),
    path("today/<int:booking_id>/bill/pay/", today.PayView.as_view(), name="pay"),
    path("today/<int:booking_id>/strike/", today.StrikeView.as_view(), name="strike"),
    path("today/<int:booking_id>/review/", today.ReviewView.as_view(), name="review"),
    path("check-in/<str:key>/", today.ScanView.as_view(), name="scan"),
    path("register/", register.RegisterView.as_view(), name="register"),
    path("register/guests.<str:form>", register.RegisterFileView.as_view(), name="register-file"),
    path("village/", village.VillageView.as_view(), name="village"),
    path("village/turns/<int:turn_id>/", village.RefuseView.as_view(), name="refuse"),
    path("village/houses/<int:house_id>/", village.AwayView.as_view(), name="house"),
]
