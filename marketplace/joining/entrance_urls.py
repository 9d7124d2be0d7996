"""The entrance by telephone, under /join/, by the names allauth's flow knows."""

from django.urls import path
from django.views.generic import RedirectView

from .views import entrance

urlpatterns = [
    path("", entrance.EnterView.as_view(), name="account_request_login_code"),
    path("code/", entrance.CodeView.as_view(), name="account_confirm_login_code"),
    path("password/", RedirectView.as_view(pattern_name="customer:login"), name="account_login"),
]
