from django.urls import path

from . import views

urlpatterns = [
    path("sms/inbound/", views.SmsView.as_view(), name="sms-inbound"),
    path("ussd/", views.UssdView.as_view(), name="ussd"),
    path("sell/keypad/", views.KeypadPage.as_view(), name="keypad"),
]
