from django.apps import AppConfig


class BankConfig(AppConfig):
    name = "payments.simulator.bank"
    label = "sandbox_bank"
    verbose_name = "Simulated bank"
