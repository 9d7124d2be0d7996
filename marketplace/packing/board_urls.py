"""Complaints that officials decide, under /board/disputes/."""

from django.urls import path

from .views import complaints

app_name = "complaints-board"

urlpatterns = [
    path("", complaints.BoardComplaintsView.as_view(), name="list"),
    path("<int:pk>/", complaints.BoardComplaintView.as_view(), name="complaint"),
]
