from django.utils.translation import gettext as _


class MessagingError(Exception):
    """A message did not go out. The text says what to do now."""


class SenderUnavailable(MessagingError):
    """Nobody answered, or the operator is busy: it may be tried again, and nobody knows if it went out."""


class SenderRefused(MessagingError):
    """The operator will not take this message, however often it is asked."""


class NoSender(MessagingError):
    def __init__(self, channel: str) -> None:
        super().__init__(
            f"Nobody sends messages by {channel}: name a sender for it in settings.MESSAGE_SENDERS."
        )


class TextTooLong(MessagingError):
    def __init__(self, *, length: int, most: int) -> None:
        super().__init__(
            _("The message has %(length)d letters; an SMS may have %(most)d. Shorten it.")
            % {"length": length, "most": most}
        )


class AddressGone(SenderRefused):
    """The browser shows no notices of ours any more: its device is dropped."""


class DeviceRefused(MessagingError):
    def __init__(self) -> None:
        super().__init__(
            _("This browser cannot show notices of ours. Choose SMS instead, or try another browser.")
        )
