from django.urls import path

from .views import (
    OrderAgainView,
    OrderCancelView,
    OrderDisputeView,
    OrderPayView,
    OrderReceivedView,
    OrderView,
)

urlpatterns = [
    path("orders/<slug:number>/", OrderView.as_view(), name="order"),
    path("orders/<slug:number>/cancel/", OrderCancelView.as_view(), name="order-cancel"),
    path("orders/<slug:number>/pay/", OrderPayView.as_view(), name="order-pay"),
    path("orders/<slug:number>/received/", OrderReceivedView.as_view(), name="order-received"),
    path("orders/<slug:number>/dispute/", OrderDisputeView.as_view(), name="order-dispute"),
    path("orders/<slug:number>/again/", OrderAgainView.as_view(), name="order-again"),
]
