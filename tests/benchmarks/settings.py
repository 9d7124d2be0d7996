"""The market as it is measured: as `make run` has it, without DEBUG, which keeps every query it makes."""

from marketplace.settings.dev import *  # noqa: F403

DEBUG = False
