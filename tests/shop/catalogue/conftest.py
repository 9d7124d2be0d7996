from datetime import date, timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone


@pytest.fixture
def visitor() -> Client:
    """A stranger who reads English."""
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


@pytest.fixture
def soon() -> date:
    """A day two weeks from now, which no calendar has left behind."""
    return timezone.localdate() + timedelta(days=14)
