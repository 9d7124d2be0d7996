"""Indicators and the roll-out, under /board/."""

from django.urls import path

from . import plan_views, views

app_name = "indicators"

urlpatterns = [
    path("indicators/", views.PillarsView.as_view(), name="pillars"),
    path("indicators/facts/", views.FactsView.as_view(), name="facts"),
    path("indicators/<slug:code>/", views.CardView.as_view(), name="card"),
    path("indicators/<slug:code>/figures.csv", views.FiguresView.as_view(), name="figures"),
    path("indicators/<slug:code>/target/", views.TargetView.as_view(), name="target"),
    path("rollout/", plan_views.PlanView.as_view(), name="plan"),
    path("rollout/<slug:code>/", plan_views.CommuneView.as_view(), name="commune"),
    path("rollout/<slug:code>/plan/", plan_views.PlanCommuneView.as_view(), name="plan-commune"),
    path("rollout/<slug:code>/begin/", plan_views.BeginView.as_view(), name="begin"),
    path("rollout/<slug:code>/live/", plan_views.LiveView.as_view(), name="live"),
    path("rollout/<slug:code>/steps/", plan_views.MarkView.as_view(), name="mark"),
]
