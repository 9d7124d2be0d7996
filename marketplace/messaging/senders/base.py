"""What every sender is: something that takes a text to a telephone or a browser, and touches no table."""

from abc import ABC, abstractmethod
from dataclasses import dataclass


@dataclass(frozen=True)
class Letter:
    """What is to be sent, and to whom. ``to`` is a number in E.164, an e-mail address or the endpoint of a
    browser with its two ``keys``; a telephone is told the ``text`` alone."""

    to: str
    text: str
    key: str  # the same for every try, so an operator that knows such keys sends it once
    title: str = ""
    link: str = ""  # an address of ours, absolute
    keys: tuple[str, str] = ("", "")


class Sender(ABC):
    """One way to somebody. Named in ``settings.MESSAGE_SENDERS`` under its channel."""

    @abstractmethod
    def send(self, letter: Letter) -> str:
        """Hand ``letter`` over and return the operator's reference for it.

        Raises SenderUnavailable when it may be tried again, SenderRefused when that is of no use, AddressGone
        when nothing reaches that address any more.
        """
