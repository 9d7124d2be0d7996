from django.urls import path

from .views import PackagesView, PackageView

urlpatterns = [
    path("", PackagesView.as_view(), name="packages"),
    path("<slug:slug>/", PackageView.as_view(), name="package"),
]
