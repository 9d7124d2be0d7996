"""A seller's certificates, under /sell/certificates/, and its labels, under /sell/orders/."""

from django.urls import path

from .views.sellers import (
    AskView,
    CertificatesView,
    HamletView,
    LabelsView,
    LotLabelsView,
    PaperView,
    SlipView,
)

app_name = "certificates"

urlpatterns = [
    path("certificates/", CertificatesView.as_view(), name="list"),
    path("certificates/new/", AskView.as_view(), name="ask"),
    path("certificates/hamlet/", HamletView.as_view(), name="hamlet"),
    path("certificates/<uuid:pk>/paper/", PaperView.as_view(), name="paper"),
    path("harvests/lots/<str:code>/labels.pdf", LotLabelsView.as_view(), name="lot-labels"),
    path("orders/<str:number>/labels.pdf", LabelsView.as_view(), name="labels"),
    path("orders/<str:number>/slip.pdf", SlipView.as_view(), name="slip"),
]
