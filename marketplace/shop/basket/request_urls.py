"""Paying for what a host has accepted, under /stays/requests/."""

from django.urls import path

from .requests import PayForRequestView

urlpatterns = [path("<str:signed>/pay/", PayForRequestView.as_view(), name="pay-for-request")]
