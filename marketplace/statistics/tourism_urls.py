from django.urls import path

from . import tourism_views as views

urlpatterns = [path("tourism/", views.TourismView.as_view(), name="tourism-figures")]
