"""The agent's side of help, under /post/farmers/."""

from django.urls import path

from .views import farmers

app_name = "farmers"

urlpatterns = [
    path("", farmers.FarmersView.as_view(), name="list"),
    path("new/", farmers.NewFarmerView.as_view(), name="new"),
    path("code/<uuid:consent_id>/", farmers.CodeView.as_view(), name="code"),
    path("<int:seller_id>/", farmers.FarmerView.as_view(), name="farmer"),
]
