"""What every sender is: something that takes a text to a telephone, and touches no table."""

from abc import ABC, abstractmethod


class Sender(ABC):
    """One way to a telephone. Named in ``settings.MESSAGE_SENDERS`` under its channel."""

    @abstractmethod
    def send(self, *, to: str, text: str, key: str) -> str:
        """Hand ``text`` over for ``to`` (E.164) and return the operator's reference for it.

        ``key`` is the same for every try of one message, so an operator that knows such keys sends it once.
        Raises SenderUnavailable when it may be tried again, SenderRefused when that is of no use.
        """
