from django.utils.translation import gettext as _


class InvalidPhone(ValueError):
    code = "invalid_phone"

    def __init__(self, text: str) -> None:
        super().__init__(
            _(
                "“%(text)s” is not a phone number. Write it like 0399 000 001, or with + and the country "
                "code when it is foreign."
            )
            % {"text": text}
        )
