"""Log records as one JSON object a line, for programs that collect them."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

# What every record has; whatever else it has was given by `extra=` and is told.
_OF_EVERY_RECORD = frozenset(
    {*vars(logging.makeLogRecord({})), "message", "asctime", "request_id", "taskName", "color_message"}
)


class JsonFormatter(logging.Formatter):
    """``{"at", "level", "logger", "request_id", "message", "exception"?, ...}``, the moment in UTC.

    What was given by ``extra=`` stands beside these; what JSON cannot say stands as text. A line break
    never leaves the object, so that nobody's text can look like a record of its own.
    """

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request_id": getattr(record, "request_id", "-"),
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0] is not None:
            said["exception"] = self.formatException(record.exc_info)
        given = {name: value for name, value in vars(record).items() if name not in _OF_EVERY_RECORD}
        return json.dumps(given | said, ensure_ascii=False, default=str)
