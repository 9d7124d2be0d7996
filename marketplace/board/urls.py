"""The officials' board, under /board/."""

from django.urls import path

from . import views

app_name = "board"

urlpatterns = [
    path("", views.HomeView.as_view(), name="home"),
    path("closures/", views.ClosuresView.as_view(), name="closures"),
    path("closures/new/", views.CloseView.as_view(), name="close"),
    path("closures/<int:pk>/", views.ClosureView.as_view(), name="closure"),
    path("closures/<int:pk>/lift/", views.LiftView.as_view(), name="lift"),
    path("closures/<int:pk>/refund/", views.RefundAllView.as_view(), name="refund-all"),
]
