from django.apps import AppConfig


class TelecomConfig(AppConfig):
    name = "payments.simulator.telecom"
    label = "sandbox_telecom"
    verbose_name = "Simulated mobile network"
