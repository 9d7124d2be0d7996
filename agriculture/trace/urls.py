"""The pages of codes, under /t/. Their addresses stand on paper: they never change."""

from django.urls import path

from .views.public import FindView, ReportView, TraceView

app_name = "trace"

urlpatterns = [
    path("", FindView.as_view(), name="find"),
    path("<str:code>/", TraceView.as_view(), name="page"),
    path("<str:code>/report/", ReportView.as_view(), name="report"),
]
