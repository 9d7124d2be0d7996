from django.urls import path

from . import views

urlpatterns = [
    path("", views.CommunesView.as_view(), name="communes"),
    path("<str:code>/", views.CommuneView.as_view(), name="commune"),
]
