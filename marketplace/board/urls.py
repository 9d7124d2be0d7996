"""The officials' board, under /board/."""

from django.urls import path

from . import certificate_views, overview, views
from .consumers import FiguresConsumer

app_name = "board"

urlpatterns = [
    path("", overview.HomeView.as_view(), name="home"),
    path("days.json", overview.DaysView.as_view(), name="days"),
    path("numbers/<slug:code>.csv", overview.NumberFileView.as_view(), name="number-file"),
    path("numbers/<slug:code>/", overview.NumberView.as_view(), name="number"),
    path("alerts/", overview.AlertsView.as_view(), name="alerts"),
    path("looks/", overview.LooksView.as_view(), name="looks"),
    path("closures/", views.ClosuresView.as_view(), name="closures"),
    path("closures/new/", views.CloseView.as_view(), name="close"),
    path("closures/<int:pk>/", views.ClosureView.as_view(), name="closure"),
    path("closures/<int:pk>/lift/", views.LiftView.as_view(), name="lift"),
    path("closures/<int:pk>/refund/", views.RefundAllView.as_view(), name="refund-all"),
    path("certificates/", certificate_views.CertificatesView.as_view(), name="certificates"),
    path("certificates/<uuid:pk>/", certificate_views.CertificateView.as_view(), name="certificate"),
    path("certificates/<uuid:pk>/paper/", certificate_views.PaperView.as_view(), name="paper"),
    path("mistakes/", certificate_views.MistakesView.as_view(), name="mistakes"),
]

websocket_urlpatterns = [path("ws/board/<str:key>/", FiguresConsumer.as_asgi())]
