"""What buyers write to sellers, under /orders/."""

from django.urls import path

from .consumers import ChatConsumer
from .views import chat

urlpatterns = [
    path("orders/<slug:number>/chat/", chat.BuyerChatView.as_view(), name="order-chat"),
]

websocket_urlpatterns = [path("ws/chats/<str:key>/", ChatConsumer.as_asgi())]
