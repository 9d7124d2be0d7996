from datetime import date

from django.urls import path, register_converter

from payments.staff import treasury, views

app_name = "staff"


class DayConverter:
    """A day as it is written in addresses: 2026-03-02."""

    regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()


register_converter(DayConverter, "day")

urlpatterns = [
    path("", views.OverviewPage.as_view(), name="overview"),
    path("find/", views.FindPage.as_view(), name="find"),
    path("reconciliation/", views.DaysPage.as_view(), name="reconciliation"),
    path("reconciliation/<slug:provider>/<day:day>/", views.DayPage.as_view(), name="day"),
    path(
        "reconciliation/<slug:provider>/<day:day>/<int:difference_id>/",
        views.DifferencePage.as_view(),
        name="close-difference",
    ),
    path("treasury/", treasury.TreasuryPage.as_view(), name="treasury"),
    path("ledger/", views.AccountsPage.as_view(), name="ledger"),
    path("ledger/<str:account>/", views.AccountPage.as_view(), name="account"),
    path("transfers/<uuid:transfer_id>/", views.TransferPage.as_view(), name="transfer"),
    path("stories/<str:reference>/", views.StoryPage.as_view(), name="story"),
]
