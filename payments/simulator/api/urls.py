"""GSMA's paths, below ``/<operator>/v1.2/mm/``."""

from django.urls import path, re_path

from payments.simulator.api import accounts, supporting, transactions
from payments.simulator.api.endpoint import UnknownResource

urlpatterns = [
    path("transactions/type/<str:transaction_type>", transactions.TransactionCreation.as_view()),
    path("transactions", transactions.TransactionCreation.as_view()),
    path("transactions/<str:reference>/reversals", transactions.Reversals.as_view()),
    path("transactions/<str:reference>", transactions.TransactionDetail.as_view()),
    path("requeststates/<str:server_correlation_id>", supporting.RequestStateDetail.as_view()),
    path("responses/<str:client_correlation_id>", supporting.ResponseDetail.as_view()),
    path("heartbeat", supporting.Heartbeat.as_view()),
    path("accounts/balance", accounts.AccountBalance.as_view()),
    path("accounts/<str:identifier_type>/<str:identifier>", accounts.AccountDetail.as_view()),
    path("accounts/<str:identifier_type>/<str:identifier>/status", accounts.AccountStatus.as_view()),
    path("accounts/<str:identifier_type>/<str:identifier>/balance", accounts.AccountBalance.as_view()),
    re_path("^", UnknownResource.as_view()),
]
