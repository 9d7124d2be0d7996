"""Counting wrong guesses, as the API does: see ``marketplace.tries``."""

from marketplace.tries import HOUR_S, limited

__all__ = ["HOUR_S", "limited"]
