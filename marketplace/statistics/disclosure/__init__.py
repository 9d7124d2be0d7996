"""What of published figures would tell what one household earned, and what must hide with it.

``frequency`` protects one table at a time, as quickly as a page needs it. What is published for good goes
through ``contributors`` (which figure is too much of one household), ``protection`` (what hides with it)
and ``attack`` (an attacker who solves everything ever published).
"""

from .frequency import Sum, hidden_cells

__all__ = ["Sum", "hidden_cells"]
