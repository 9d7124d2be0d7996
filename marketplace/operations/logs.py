"""Log records as one JSON object a line, for programs that collect them."""

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any

# What every record has; whatever else it has was given by `extra=` and is told.
_OF_EVERY_RECORD = frozenset(
    {*vars(logging.makeLogRecord({})), "message", "asctime", "request_id", "taskName", "color_message"}
)
# What a text may carry without anybody meaning to, mostly that of an exception: telephone numbers of which
# the last three digits are enough, addresses of e-mail, and what opens a door.
_NUMBER = re.compile(r"(?<![\w.])(?:\+?84|0)[ -]?[35789](?:[ .-]?\d){5}(?P<end>(?:[ .-]?\d){3})(?![\w])")
_MAIL = re.compile(r"[\w.+-]{1,64}@(?=[\w-]+\.\w)")
_KEY = re.compile(
    r"""(?P<name>\b[\w-]{0,40}(?:password|passwd|secret|token|api_?key|authorization|cookie|sessionid|csrftoken|signature)
    \w*["']?\s*(?:[:=]|=>)\s*["']?)(?:(?:Bearer|Basic)\s+)?[^\s"',;}&]+|(?P<scheme>\bBearer\s+)[\w.~+/=-]+""",
    re.IGNORECASE | re.VERBOSE,
)
_IN_A_URL = re.compile(r"(?P<scheme>\b\w+://[^\s:/@]*):[^\s/@]+@")


def without_secrets(text: str) -> str:
    """Return ``text`` with whatever looks like a secret or a person's number or address struck out."""
    text = _IN_A_URL.sub(r"\g<scheme>:***@", text)
    text = _KEY.sub(lambda found: (found["name"] or found["scheme"]) + "***", text)
    text = _NUMBER.sub(r"***\g<end>", text)
    return _MAIL.sub("***@", text)


def _struck(value: Any) -> Any:
    return value if isinstance(value, int | float | bool | None) else without_secrets(str(value))


class JsonFormatter(logging.Formatter):
    """``{"at", "level", "logger", "request_id", "message", "exception"?, ...}``, the moment in UTC.

    What was given by ``extra=`` stands beside these; what JSON cannot say stands as text. A line break
    never leaves the object, so that nobody's text can look like a record of its own. Secrets and people's
    numbers are struck out.
    """

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request_id": getattr(record, "request_id", "-"),
            "message": without_secrets(record.getMessage()),
        }
        if record.exc_info and record.exc_info[0] is not None:
            said["exception"] = without_secrets(self.formatException(record.exc_info))
        given = {name: _struck(value) for name, value in vars(record).items() if name not in _OF_EVERY_RECORD}
        return json.dumps(given | said, ensure_ascii=False, default=str)
