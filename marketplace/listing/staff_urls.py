"""Under /staff/moderation/."""

from django.urls import path

from . import staff_views as views

app_name = "moderation"

urlpatterns = [
    path("", views.QueueView.as_view(), name="queue"),
    path("<int:pk>/", views.DecideView.as_view(), name="decide"),
]
