from django.urls import path

from . import views

urlpatterns = [path("", views.HistoryPage.as_view(), name="history")]
