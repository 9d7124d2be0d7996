from django.apps import AppConfig


class StripeSandboxConfig(AppConfig):
    name = "payments.simulator.stripe"
    label = "sandbox_stripe"
    verbose_name = "Stripe sandbox"
