"""The farmer's side of help, under /sell/."""

from django.urls import path

from .views import helpers

app_name = "helping"

urlpatterns = [
    path("helpers/", helpers.HelpersView.as_view(), name="helpers"),
    path("helpers/<int:mandate_id>/", helpers.AnswerView.as_view(), name="answer"),
    path("wallet/<int:seller_id>/", helpers.WalletView.as_view(), name="wallet"),
    path("shares/<int:seller_id>/", helpers.SharesView.as_view(), name="shares"),
]
