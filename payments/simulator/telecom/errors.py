"""Why the network does not carry something, in the words of the phone's screen."""


class NotCarried(Exception):
    """Nothing was sent. The message may be shown to whoever holds the phone."""


class Unreachable(NotCarried):
    """The service behind a code gave no answer that can be shown."""

    def __init__(self) -> None:
        super().__init__("Lỗi kết nối hoặc mã không hợp lệ. Hãy thử lại sau ít phút.")
