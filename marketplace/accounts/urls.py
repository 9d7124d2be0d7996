"""The second factor, and proving once more who one is, under /accounts/. Names are those allauth knows."""

from allauth.account.views import ReauthenticateView
from django.urls import include, path

urlpatterns = [
    path("second-factor/", include("allauth.mfa.urls")),
    path("again/", ReauthenticateView.as_view(), name="account_reauthenticate"),
]
