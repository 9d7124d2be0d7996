"""Reports of officials, under /board/reports/."""

from django.urls import path, re_path

from . import board_views as views

app_name = "board-reports"

urlpatterns = [
    path("", views.ReportsView.as_view(), name="home"),
    path("<int:pk>/stop/", views.StopView.as_view(), name="stop"),
    path("confirm/<str:token>/", views.ConfirmView.as_view(), name="confirm"),
    re_path(r"^figures\.(?P<form>csv|xlsx|json|pdf)$", views.FiguresView.as_view(), name="figures"),
    re_path(r"^daily\.(?P<form>csv|xlsx|json)$", views.DailyView.as_view(), name="daily"),
]
