"""Which requests are about a model, and the answers to all others, without a model."""

import json
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

_MODEL = r"(?i:/v1/models)/([^/:]+)(?:(?i:/versions)/([0-9]+)|(?i:/labels)/([^/:]+))?"
ASK = re.compile(_MODEL + ":(classify|regress|predict)")
LOOK = re.compile(_MODEL + "(/(?i:metadata))?")
_KNOWN = re.compile("(?i:/v1/)")
_BAD_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2})")
_METHODS = {"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}
PAGE = "<HTML><HEAD>\n<TITLE>{0} {1}</TITLE>\n</HEAD><BODY>\n<H1>{1}</H1>\n</BODY></HTML>\n"
HTML = "text/html"
EMPTY = "text/html; charset=ISO-8859-1"  # as its HTTP layer says of an answer without a body


@dataclass(frozen=True)
class Answer:
    """An HTTP response."""

    status: int
    body: bytes
    kind: str = "application/json"


def error(status: int, message: str) -> Answer:
    """An error response, as TensorFlow Serving writes it."""
    return Answer(status, json.dumps({"error": message}, indent=4).encode())


def page(status: int, words: str) -> Answer:
    """An error page of TensorFlow Serving's HTTP layer."""
    return Answer(status, PAGE.format(status, words).encode(), HTML)


def path_of(target: str) -> str:
    """The path that a request line's target has, with query and fragment; empty for other text.

    A query is part of the path, so `:predict?a=1` is malformed, as in TensorFlow Serving.
    """
    if target.startswith("/"):
        return target
    try:
        parts = urlsplit(target)
    except ValueError:  # such as a bracket without an IPv6 address
        return ""
    return parts._replace(scheme="", netloc="").geturl() if parts.netloc else ""


def refusal(method: str, path: str, origin: str) -> Answer | None:
    """The answer to a request that is about no model; None for those that a model answers.

    `origin` is the header.
    """
    if early := _of_http(method, path, origin):
        return early
    asks = ASK.fullmatch(path) if method == "POST" else None
    if asks or (method == "GET" and LOOK.fullmatch(path)):
        return None
    if method == "GET" and path.lower() == "/v1/models":
        return error(400, "Missing model name in request.")
    return error(400, f"Malformed request: {method} {path[:300]}")


def _of_http(method: str, path: str, origin: str) -> Answer | None:
    """The answers of TensorFlow Serving's HTTP layer."""
    if method not in _METHODS:
        return page(501, "Not Implemented")
    if method == "OPTIONS":  # as without `--enable_cors_support`
        return Answer(200 if re.match("https?://", origin) else 400, b"", EMPTY)
    if _BAD_ESCAPE.search(path):
        return page(400, "Bad Request")
    return None if _KNOWN.match(path) else page(404, "Not Found")
