"""Departments and their programs, for the staff, under /staff/departments/."""

from django.urls import path

from . import staff_views as views

app_name = "departments"

urlpatterns = [
    path("", views.DepartmentsView.as_view(), name="departments"),
    path("<int:pk>/", views.DepartmentView.as_view(), name="department"),
    path("<int:pk>/new-key/", views.NewKeyView.as_view(), name="new-key"),
    path("<int:pk>/new-webhook/", views.NewWebhookView.as_view(), name="new-webhook"),
    path("department-keys/<uuid:pk>/revoke/", views.RevokeKeyView.as_view(), name="revoke-key"),
    path("webhooks/<uuid:pk>/end/", views.EndWebhookView.as_view(), name="end-webhook"),
    path("webhooks/<uuid:pk>/secret/", views.RenewSecretView.as_view(), name="renew-secret"),
    path("webhooks/<uuid:pk>/test/", views.TestWebhookView.as_view(), name="test-webhook"),
    path("webhook-deliveries/<uuid:pk>/replay/", views.ReplayView.as_view(), name="replay"),
]
