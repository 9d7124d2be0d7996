"""What the gateway serves, below the paths VNPAY has, and what it owes merchants, for tests."""

from django.urls import path

from payments.simulator.vnpay.api import ApiView, IpnsView
from payments.simulator.vnpay.page import PaymentPage

urlpatterns = [
    path("paymentv2/vpcpay.html", PaymentPage.as_view()),
    path("merchant_webapi/api/transaction", ApiView.as_view()),
    path("sim/ipns/", IpnsView.as_view()),
]
