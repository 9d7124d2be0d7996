"""Refused refunds for the staff, under /staff/refunds/."""

from django.urls import path

from . import staff_views as views

app_name = "fulfilment-staff"

urlpatterns = [
    path("", views.RefundsView.as_view(), name="refunds"),
    path("<str:number>/again/", views.AgainView.as_view(), name="refund-again"),
    path("<str:number>/by-hand/", views.ByHandView.as_view(), name="refund-by-hand"),
]
