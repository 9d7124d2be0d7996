"""What the gateway serves, below the paths VNPAY has."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
