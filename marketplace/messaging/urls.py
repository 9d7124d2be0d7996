from django.urls import path

from . import views

app_name = "notices"

urlpatterns = [
    path("notices/", views.NoticesView.as_view(), name="list"),
    path("notices/<int:pk>/", views.NoticeView.as_view(), name="open"),
    path("notifications/", views.ChoicesView.as_view(), name="choices"),
    path("notifications/devices/", views.DevicesView.as_view(), name="devices"),
    path("notifications/devices/<int:pk>/", views.DeviceView.as_view(), name="device"),
]
