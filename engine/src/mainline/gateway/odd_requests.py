"""Requests that are not plain HTTP/1.1: how they are answered, or what is left of them."""

import re

import httptools

from mainline.gateway.http_request import Request
from mainline.serving.rest_paths import Answer, error, page

_UNKNOWN_METHOD = re.compile(  # in the first line of what came
    rb"(?!(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) )[A-Za-z]+ \S+ HTTP/1\.[01]\r\n"
)
_OFFER = {b"upgrade", b"connection", b"http2-settings"}


def malformed(wrong: httptools.HttpParserError, data: bytes) -> Answer:
    """The answer to what the parser did not understand."""
    unknown = isinstance(wrong, httptools.HttpParserInvalidMethodError)
    if unknown and _UNKNOWN_METHOD.match(data):
        return page(501, "Not Implemented")
    return error(400, "The request is not HTTP/1.1")


def without_offer(request: Request) -> bytes:
    """The head of a request that offers another protocol, as if it did not."""
    lines = [b"%s %s HTTP/1.1" % (request.method.encode(), request.target)]
    lines += [b"%s: %s" % each for each in request.headers if each[0].lower() not in _OFFER]
    return b"\r\n".join(lines) + b"\r\n\r\n"
