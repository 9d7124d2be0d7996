"""Everything that writes about where things come from.

- ``certificates``: sent in by sellers, decided by officials
- ``packs``: codes for what was packed, and who may know the hamlet
- ``mistakes``: what readers of codes report
"""

from .certificates import Wish, ask, refuse, verify, withdraw
from .mistakes import close_mistake, report_mistake
from .packs import codes_of_part, show_hamlet

__all__ = [
    "Wish",
    "ask",
    "close_mistake",
    "codes_of_part",
    "refuse",
    "report_mistake",
    "show_hamlet",
    "verify",
    "withdraw",
]
