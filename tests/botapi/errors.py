"""Refusals: the server's answers, in Telegram's own words, to calls that it rejects."""

from __future__ import annotations

from typing import Any

QUERY_TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)


class Refusal(Exception):
    """An answer with ``ok`` false; the description is the whole text that the bot receives."""

    def __init__(
        self, code: int, description: str, parameters: dict[str, Any] | None = None
    ) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def bad_request(message: str, parameters: dict[str, Any] | None = None) -> Refusal:
    """A 400; a sentence starts in lower case after the prefix, a code such as BUTTON_X stays."""
    return Refusal(400, f"Bad Request: {_lowered(message)}", parameters)


def forbidden(message: str) -> Refusal:
    return Refusal(403, f"Forbidden: {_lowered(message)}")


def conflict(message: str) -> Refusal:
    return Refusal(409, f"Conflict: {message}")


def too_many_requests(retry_after: int) -> Refusal:
    return Refusal(
        429, f"Too Many Requests: retry after {retry_after}", {"retry_after": retry_after}
    )


def _lowered(message: str) -> str:
    is_code = len(message) > 1 and (message[1] == "_" or "A" <= message[1] <= "Z")
    return message if is_code else message[:1].lower() + message[1:]
