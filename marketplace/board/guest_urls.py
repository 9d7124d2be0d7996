"""The page on which guests of a closed commune choose, under /closures/."""

from django.urls import path

from . import views

app_name = "closures"

urlpatterns = [path("<str:token>/", views.OfferView.as_view(), name="offer")]
