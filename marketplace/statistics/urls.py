from django.urls import path

from marketplace.replicas import may_be_old

from . import views

urlpatterns = [
    path("", may_be_old(views.CommunesView.as_view()), name="communes"),
    path("<str:code>/", may_be_old(views.CommuneView.as_view()), name="commune"),
]
