"""A seller's money, under /sell/money/."""

from django.urls import path

from .views import MoneyView, StatementFileView, StatementView

app_name = "settlement"

urlpatterns = [
    path("", MoneyView.as_view(), name="money"),
    path("<str:month>/", StatementView.as_view(), name="statement"),
    path("<str:month>/statement.<str:form>", StatementFileView.as_view(), name="statement-file"),
]
