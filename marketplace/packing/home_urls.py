"""A seller's home, under /sell/."""

from django.urls import path

from .views.home import HelpView, SellerHomeView

urlpatterns = [
    path("", SellerHomeView.as_view(), name="sell"),
    path("help/", HelpView.as_view(), name="sell-help"),
]
