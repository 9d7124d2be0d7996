"""A load that is interrupted leaves an empty market behind, so that the next start loads all of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.demo import services
from marketplace.sellers.models import Seller
from payments.models import Intent
from tests.factories import load_province

pytestmark = pytest.mark.django_db


class Interrupted(Exception):
    pass


def interrupted_after_two(items: Sequence[Any], unit: str) -> Iterator[Any]:
    yield from items[:2]
    raise Interrupted(unit)


def test_an_interrupted_load_leaves_nothing_behind():
    load_province()
    call_command("load_delivery", stdout=StringIO())

    with pytest.raises(Interrupted, match="order"):
        services.fill(now=timezone.now(), with_pictures=False, orders=5, track=interrupted_after_two)

    assert not Seller.objects.exists()
    assert not User.objects.exists()
    assert not Intent.objects.exists()
