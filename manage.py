#!/usr/bin/env python3
"""Django's command line. Without DATABASE_URL or REDIS_URL it starts the embedded services first."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.dev")
    from marketplace.local import services

    services.ensure_environment()
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
