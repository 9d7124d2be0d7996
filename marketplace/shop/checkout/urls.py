from django.urls import path

from .views import PaymentStatusView, PaymentView

urlpatterns = [
    path("<uuid:payment_id>/", PaymentView.as_view(), name="payment"),
    path("<uuid:payment_id>/status/", PaymentStatusView.as_view(), name="payment-status"),
]
