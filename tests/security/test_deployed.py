"""Production's settings: Django has nothing to say against them, and without secrets they are none."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from marketplace.local.paths import BASE_DIR

SECRETS = {
    f"WALLET_{operator}_{name}": "unused"
    for operator in ("VIETTEL", "VNPT", "MOBIFONE")
    for name in ("PASSWORD", "CALLBACK_SECRET")
}
WHOLE = {
    "DJANGO_SETTINGS_MODULE": "marketplace.settings.prod",
    "DATABASE_URL": "postgres://unused@/unused",
    "REDIS_URL": "redis://unused",
    "ALLOWED_HOSTS": "shop.example",
    "PUBLIC_BASE_URL": "https://shop.example",
    "WALLET_BASE_URL": "https://wallet.example",
    "MESSAGES_URL": "https://messages.example",
    "SECRET_KEY": "".join(chr(97 + (number * 7) % 26) for number in range(80)),
    **SECRETS,
}


def python(*arguments: str, settings: dict[str, str]) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=BASE_DIR,
        env=kept | settings,
        capture_output=True,
        text=True,
        check=False,
    )


def test_django_has_nothing_to_say_against_production():
    done = python("-m", "django", "check", "--deploy", "--fail-level", "WARNING", settings=WHOLE)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS", "WALLET_VIETTEL_CALLBACK_SECRET"])
def test_production_does_not_start_without_a_secret_and_names_it(missing):
    done = python("-c", "import marketplace.settings.prod", settings=WHOLE | {missing: ""})

    assert done.returncode != 0
    assert missing in done.stderr


def test_cookies_of_production_travel_only_over_https_and_to_no_script():
    names = "SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE OSCAR_BASKET_COOKIE_SECURE SECURE_SSL_REDIRECT DEBUG"
    script = f"import marketplace.settings.prod as s; print([getattr(s, n, None) for n in '{names}'.split()])"

    done = python("-c", script, settings=WHOLE)

    assert done.stdout.strip() == "[True, True, True, True, False]", done.stderr
