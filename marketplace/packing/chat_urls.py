"""What buyers write to sellers and complain of, under /orders/."""

from django.urls import path

from .consumers import ChatConsumer
from .views import chat, complaints

urlpatterns = [
    path("orders/<slug:number>/chat/", chat.BuyerChatView.as_view(), name="order-chat"),
    path(
        "orders/<slug:number>/complaints/<int:pk>/",
        complaints.BuyerComplaintView.as_view(),
        name="order-complaint",
    ),
    path("complaints/pictures/<str:key>/", complaints.PhotoView.as_view(), name="complaint-picture"),
]

websocket_urlpatterns = [path("ws/chats/<str:key>/", ChatConsumer.as_asgi())]
