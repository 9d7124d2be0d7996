"""The dialled menu, as a pure function: a state and what was typed give the next state and its screen.

- ``moving``: the function itself, and the way back
- ``lists``: screens with a list in them: orders, goods
- ``selling``: the questions before something is listed
- ``home``: the first screen, money, closed days, help, and joining for who is not a seller yet
"""

from .moving import begin, menu, told

__all__ = ["begin", "menu", "told"]
