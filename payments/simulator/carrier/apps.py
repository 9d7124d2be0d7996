from django.apps import AppConfig


class CarrierConfig(AppConfig):
    name = "payments.simulator.carrier"
    label = "sandbox_carrier"
    verbose_name = "Simulated carrier"
