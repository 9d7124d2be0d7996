from django.urls import path

from .views import OrderAgainView, OrderCancelView, OrderView

urlpatterns = [
    path("orders/<slug:number>/", OrderView.as_view(), name="order"),
    path("orders/<slug:number>/cancel/", OrderCancelView.as_view(), name="order-cancel"),
    path("orders/<slug:number>/again/", OrderAgainView.as_view(), name="order-again"),
]
