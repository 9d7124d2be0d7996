from django.urls import include, path

from .statistics import SalesView
from .tokens import TokenRefreshView, TokenView

v1 = [
    path("auth/token/", TokenView.as_view()),
    path("auth/token/refresh/", TokenRefreshView.as_view()),
    path("statistics/sales/", SalesView.as_view()),
]

urlpatterns = [path("v1/", include(v1))]
