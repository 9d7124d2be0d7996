from django.urls import path

from payments.consumers import IntentConsumer
from payments.views import NoticeView

app_name = "payments"

urlpatterns = [
    path("callbacks/<slug:provider>/", NoticeView.as_view(), name="notice"),
    path("callbacks/<slug:provider>/<uuid:operation_id>/", NoticeView.as_view(), name="callback"),
]

websocket_urlpatterns = [
    path("ws/payments/<uuid:intent_id>/", IntentConsumer.as_asgi()),
]
