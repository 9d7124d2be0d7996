"""The guest's page of a stay, under /stays/visits/."""

from django.urls import path

from .views.guests import MyStayView

urlpatterns = [path("<str:key>/", MyStayView.as_view(), name="my-stay")]
