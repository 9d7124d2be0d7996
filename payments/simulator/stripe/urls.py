"""What the sandbox serves below ``/stripe/``: the API as stripe-python asks for it, and the payer's pages."""

from django.urls import path

from payments.simulator.stripe import intents, pages, sessions
from payments.simulator.stripe.endpoint import Resource

app_name = "stripe"

urlpatterns = [
    path("v1/checkout/sessions", Resource.as_view(reading=sessions.listed, writing=sessions.create)),
    path(
        "v1/checkout/sessions/<str:reference>",
        Resource.as_view(reading=sessions.retrieve, writing=sessions.update),
    ),
    path("v1/checkout/sessions/<str:reference>/expire", Resource.as_view(writing=sessions.expire)),
    path("v1/payment_intents", Resource.as_view(reading=intents.listed, writing=intents.create)),
    path("v1/payment_intents/search", Resource.as_view(reading=intents.search)),
    path(
        "v1/payment_intents/<str:reference>",
        Resource.as_view(reading=intents.retrieve, writing=intents.update),
    ),
    path("v1/payment_intents/<str:reference>/confirm", Resource.as_view(writing=intents.confirm)),
    path("v1/payment_intents/<str:reference>/capture", Resource.as_view(writing=intents.capture)),
    path("v1/payment_intents/<str:reference>/cancel", Resource.as_view(writing=intents.cancel)),
    path("v1/charges/<str:reference>", Resource.as_view(reading=intents.retrieve_charge)),
    path("v1/refunds", Resource.as_view(reading=intents.list_refunds, writing=intents.create_refund)),
    path("v1/refunds/<str:reference>", Resource.as_view(reading=intents.retrieve_refund)),
    path("v1/balance_transactions", Resource.as_view(reading=intents.list_movements)),
    path("v1/balance_transactions/<str:reference>", Resource.as_view(reading=intents.retrieve_movement)),
    path("v1/events", Resource.as_view(reading=intents.list_events)),
    path("v1/events/<str:reference>", Resource.as_view(reading=intents.retrieve_event)),
    path("v1/<path:anything>", Resource.as_view()),
    path("pay/<str:reference>/", pages.Pay.as_view(), name="pay"),
    path("authenticate/<str:reference>/", pages.Authenticate.as_view(), name="authenticate"),
]
