from django.urls import path

from .views import SellerHomeView

urlpatterns = [path("", SellerHomeView.as_view(), name="sell")]
