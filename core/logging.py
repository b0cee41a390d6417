"""Structured logs: one JSON object a line, with the request's id, without anybody's data."""

import re
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import Processor

Event = MutableMapping[str, Any]
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]

# What the text of an error may quote from a row: long numbers and Chinese words.
_QUOTED = re.compile(r"[0-9]{6,}[0-9Xx]?|[\u3400-\u9fff\U00020000-\U0003ffff·]+")
LONGEST_MESSAGE = 300


def without_quotes(message: str) -> str:
    """The first line of an error's text with everything that may be somebody's data cut out."""
    return _QUOTED.sub("…", (message.splitlines() or [""])[0])[:LONGEST_MESSAGE]


def format_exception(exc_info: ExcInfo) -> str:
    """Frames and kinds of errors; their texts only without quotes, values of variables never."""
    parts, error, seen = [], exc_info[1], set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        frames = "".join(traceback.format_tb(error.__traceback__))
        parts.append(f"{frames}{type(error).__name__}: {without_quotes(str(error))}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)  # type: ignore[assignment]
    return "\n\n".join(reversed(parts))


def cut_address(_logger: Any, _name: str, event: Event) -> Event:
    """Keep method and path of a request; what was asked for behind the `?` stays out of the log."""
    if "request" in event:
        event["request"] = (
            str(event["request"]).partition("?")[0].strip("<>'\" ").replace("WSGIRequest: ", "")
        )
    return event


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.PositionalArgumentsFormatter(),
    cut_address,
    structlog.processors.ExceptionRenderer(format_exception),
    structlog.processors.UnicodeDecoder(),
]


def configure_structlog() -> None:
    """Send the events of structlog through the standard library's handlers."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def logging_config(level: str) -> dict[str, Any]:
    """The standard library's side: every logger ends in the one JSON handler on stderr."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    structlog.processors.JSONRenderer(ensure_ascii=False),
                ],
                "foreign_pre_chain": SHARED,
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.request": {"level": "ERROR"},
            # Says the same as the request's own line.
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
            "celery.app.trace": {"level": "WARNING"},
        },
    }
