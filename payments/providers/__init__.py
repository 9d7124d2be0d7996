"""The payment providers named in ``settings.PAYMENT_PROVIDERS``."""

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed
from django.dispatch import receiver
from django.utils.module_loading import import_string

from payments.errors import UnknownProvider
from payments.providers.base import Capability, Provider


@cache
def get(code: str) -> Provider:
    """Return the provider ``code``, made once per process. Raises UnknownProvider."""
    try:
        entry = _entries()[code]
    except KeyError as error:
        raise UnknownProvider(provider=code, known=sorted(_entries())) from error
    provider: Provider = import_string(entry["class"])(
        code=code, label=entry["label"], **entry.get("options", {})
    )
    return provider


def available(
    *, amount_vnd: int | None = None, given: Collection[str] | None = None
) -> list[tuple[str, str]]:
    """Return the code and the label of every provider buyers may choose, in the order of the settings.

    With ``amount_vnd``, only those whose ``limits`` allow it; with ``given``, only those that need nothing
    else. One with ``"offered": False`` is for staff and for the past: get() knows it, buyers do not see it.
    """
    return [
        (code, entry["label"])
        for code, entry in _entries().items()
        if entry.get("offered", True)
        and (amount_vnd is None or _allows(entry.get("limits", {}), amount_vnd))
        and (given is None or "needs" not in entry or entry["needs"] in given)
    ]


def can(code: str, capability: Capability) -> bool:
    """Return whether the provider ``code`` has ``capability``. One that left the settings has none."""
    return code in _entries() and capability in get(code).capabilities


def label(code: str) -> str:
    """Return what people call the provider ``code``, offered or not; the code if there is none any more."""
    entry = _entries().get(code)
    return str(entry["label"]) if entry else code


def _allows(limits: Mapping[str, int], amount_vnd: int) -> bool:
    return limits.get("min_vnd", 0) <= amount_vnd <= limits.get("max_vnd", amount_vnd)


def _entries() -> dict[str, dict[str, Any]]:
    return settings.PAYMENT_PROVIDERS


@receiver(setting_changed)
def _forget(*, setting: str, **kwargs: Any) -> None:
    if setting == "PAYMENT_PROVIDERS":
        get.cache_clear()
