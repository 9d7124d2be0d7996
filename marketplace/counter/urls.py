"""The counter of a post point, under /post/."""

from django.urls import path

from . import manifest_views, parcel_views, views

app_name = "counter"

urlpatterns = [
    path("", views.TodayView.as_view(), name="today"),
    path("till/", views.TillView.as_view(), name="till"),
    path("parcels/", parcel_views.ParcelsView.as_view(), name="parcels"),
    path("parcels/<slug:number>/", parcel_views.ParcelView.as_view(), name="parcel"),
    path("parcels/<slug:number>/acts/", parcel_views.ParcelActView.as_view(), name="parcel-act"),
    path("p/<str:key>/", parcel_views.ScanView.as_view(), name="scan"),
    path("manifests/", manifest_views.ManifestsView.as_view(), name="manifests"),
    path("manifests/<slug:number>/", manifest_views.ManifestView.as_view(), name="manifest"),
    path("manifests/<slug:number>.pdf", manifest_views.ManifestPaperView.as_view(), name="manifest-pdf"),
    path("<str:number>/", views.OrderView.as_view(), name="order"),
]
