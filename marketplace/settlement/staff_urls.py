"""Payouts, disputes and taxes for the staff, under /staff/."""

from django.urls import path

from . import staff_views as views

app_name = "settlement-staff"

urlpatterns = [
    path("payouts/", views.PayoutsView.as_view(), name="payouts"),
    path("payouts/start/", views.StartRunView.as_view(), name="start-run"),
    path("payouts/<uuid:payout_id>/by-hand/", views.ByHandView.as_view(), name="by-hand"),
    path("payouts/<slug:payee>/pay/", views.PayView.as_view(), name="pay"),
    path("taxes/", views.NewestTaxesView.as_view(), name="taxes"),
    path("taxes/<str:month>/", views.TaxesView.as_view(), name="month-taxes"),
    path("taxes/<str:month>/<slug:tax>/", views.RemitView.as_view(), name="remit"),
    path("taxes/<str:month>.<str:form>", views.TaxFileView.as_view(), name="tax-file"),
    path("disputes/", views.DisputesView.as_view(), name="disputes"),
    path("disputes/<int:dispute_id>/", views.DecideView.as_view(), name="decide"),
]
