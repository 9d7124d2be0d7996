"""What the bank serves: its API, its control panel and the payers' app."""

from django.urls import path

from payments.simulator.bank import api, app, control

urlpatterns = [
    path("v1/accounts/<str:number>/movements", api.MovementsView.as_view()),
    path("v1/accounts/<str:number>/transfers", api.TransfersView.as_view()),
    path("v1/accounts/<str:number>/transfers/<uuid:key>", api.TransferView.as_view()),
    path("sim/accounts/", control.AccountsView.as_view()),
    path("sim/accounts/<str:number>/", control.AccountView.as_view()),
    path("sim/transfers/", control.TransfersView.as_view()),
    path("sim/notices/", control.NoticesView.as_view()),
    path("app/", app.AppList.as_view(), name="bank-apps"),
    path("app/<str:phone>/", app.App.as_view(), name="bank-app"),
    path("app/<str:phone>/confirm/", app.Confirm.as_view(), name="bank-confirm"),
]
