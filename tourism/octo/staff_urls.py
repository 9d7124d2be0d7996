"""Resellers, their keys and what they owe, for the staff, under /staff/resellers/."""

from django.urls import path

from . import staff_views

app_name = "octo-staff"

urlpatterns = [
    path("", staff_views.ResellersView.as_view(), name="resellers"),
    path("<int:reseller_id>/", staff_views.ResellerView.as_view(), name="reseller"),
    path("<int:reseller_id>/keys/", staff_views.NewKeyView.as_view(), name="new-key"),
    path("<int:reseller_id>/keys/<int:key_id>/", staff_views.RevokeKeyView.as_view(), name="revoke-key"),
    path("<int:reseller_id>/<str:month>.csv", staff_views.StatementFileView.as_view(), name="statement-file"),
]
