from django.apps import AppConfig


class SimulatorConfig(AppConfig):
    name = "payments.simulator"
    label = "simulator"
    verbose_name = "Wallet operator"
