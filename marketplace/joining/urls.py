"""Joining, under /join/."""

from django.urls import path

from .views import wizard

app_name = "joining"

urlpatterns = [
    path("what/", wizard.WhatView.as_view(), name="what"),
    path("name/", wizard.NameView.as_view(), name="name"),
    path("commune/", wizard.CommuneView.as_view(), name="commune"),
    path("hamlet/", wizard.HamletView.as_view(), name="hamlet"),
    path("kind/", wizard.KindView.as_view(), name="kind"),
    path("wallet/", wizard.WalletView.as_view(), name="wallet"),
    path("done/", wizard.DoneView.as_view(), name="done"),
]
