"""The test suite: real PostgreSQL and Valkey, fast hashing, no browser caches."""

import os

from marketplace.local import services

# pytest-django reads these settings before it loads any conftest.py, so the services start here.
services.ensure_environment()
# Each worker of pytest-xdist is a process and has a cache of its own; tests/conftest.py clears it.
os.environ["CACHE_PREFIX"] = f"test-{os.getpid()}"

from .dev import *  # noqa: E402, F403
from .dev import DATABASES, VAR_DIR  # noqa: E402

DEBUG = False
# What a test wrote may be lost with the power: nobody waits for the disk.
DATABASES["default"]["OPTIONS"]["options"] = "-c synchronous_commit=off"
# Tests match sentences as the code says them; tests/frontend/test_translations.py reads Vietnamese pages.
LANGUAGE_CODE = "en"
# The first is fast; the second is what a process outside the tests knows.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
MEDIA_ROOT = VAR_DIR / "test-media"
UPLOADS_ROOT = VAR_DIR / "test-uploads"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
# Tasks run when a test calls them; none goes to the workers of a `make run` beside the tests.
CELERY_BROKER_URL = "memory://"
# Every page is made anew; tests of the copies switch them on.
COPIES_KEPT_S = 0
