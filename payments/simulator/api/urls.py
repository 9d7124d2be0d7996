"""GSMA's paths, below ``/<operator>/v1.2/mm/``."""

from django.urls import URLPattern, path, re_path

from payments.simulator.api import (
    accounts,
    batches,
    bills,
    codes,
    mandates,
    supporting,
    transactions,
)
from payments.simulator.api.endpoint import Endpoint, UnknownResource

# Below an account, which has two forms of its path.
OF_AN_ACCOUNT: dict[str, type[Endpoint]] = {
    "/identities/<str:identity_id>": accounts.IdentityDetail,
    "/status": accounts.AccountStatus,
    "/accountname": accounts.AccountName,
    "/balance": accounts.AccountBalance,
    "/transactions": accounts.AccountTransactions,
    "/statemententries": accounts.AccountStatement,
    "/billcompanies": bills.AccountCompanies,
    "/bills": bills.AccountBills,
    "/bills/payments": bills.AccountPayments,
    "/bills/<str:reference>/payments": bills.AccountBillPayments,
    "/debitmandates": mandates.Mandates,
    "/debitmandates/<str:reference>": mandates.MandateDetail,
    "/links": mandates.Links,
    "/links/<str:reference>": mandates.LinkDetail,
    "/authorisationcodes": codes.Codes,
    "/authorisationcodes/<str:reference>": codes.CodeDetail,
}


def _of_an_account() -> list[URLPattern]:
    by_id, by_type = "accounts/<str:account_id>", "accounts/<str:identifier_type>/<str:identifier>"
    # accounts/msisdn@1/status is that of an account before it is an account of type "msisdn@1".
    first = [
        re_path(rf"^accounts/(?P<account_id>[^/@]+@[^/]*){_pattern(rest)}$", view.as_view())
        for rest, view in OF_AN_ACCOUNT.items()
    ]
    then = [path(f"{by_type}{rest}", view.as_view()) for rest, view in OF_AN_ACCOUNT.items()]
    return [
        path("accounts/balance", accounts.OwnBalance.as_view()),
        path(by_id, accounts.Accounts.as_view()),
        *first,
        *then,
        path(by_type, accounts.AccountDetail.as_view()),
    ]


def _pattern(rest: str) -> str:
    return rest.replace("<str:", "(?P<").replace(">", ">[^/]+)") if "<" in rest else rest


urlpatterns = [
    path("transactions", transactions.TransactionCreation.as_view()),
    path("transactions/type/<str:transaction_type>", transactions.TransactionCreation.as_view()),
    path("transactions/<str:reference>/reversals", transactions.Reversals.as_view()),
    path("transactions/<str:reference>", transactions.TransactionDetail.as_view()),
    path("batchtransactions", batches.Batches.as_view()),
    path("batchtransactions/<str:reference>", batches.BatchDetail.as_view()),
    path("batchtransactions/<str:reference>/completions", batches.Completions.as_view()),
    path("batchtransactions/<str:reference>/rejections", batches.Rejections.as_view()),
    *_of_an_account(),
    path("statemententries/<str:reference>", accounts.StatementEntry.as_view()),
    path("billcompanies", bills.Companies.as_view()),
    path("billcompanies/<str:service_provider>", bills.CompanyDetail.as_view()),
    path("bills/<str:reference>/payments", bills.BillPayments.as_view()),
    path("quotations", codes.Quotations.as_view()),
    path("quotations/<str:reference>", codes.QuotationDetail.as_view()),
    path("requeststates/<str:server_correlation_id>", supporting.RequestStateDetail.as_view()),
    path("responses/<str:client_correlation_id>", supporting.ResponseDetail.as_view()),
    path("heartbeat", supporting.Heartbeat.as_view()),
    re_path("^", UnknownResource.as_view()),
]
