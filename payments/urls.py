from django.urls import path

from payments.consumers import IntentConsumer
from payments.views import CallbackView

app_name = "payments"

urlpatterns = [
    path("callbacks/<slug:provider>/<uuid:operation_id>/", CallbackView.as_view(), name="callback"),
]

websocket_urlpatterns = [
    path("ws/payments/<uuid:intent_id>/", IntentConsumer.as_asgi()),
]
