"""The bytes that go on: a request to the model server, and its answer to the client.

Bodies stay as they are, and headers but for those that are about one connection (RFC 9110, 7.6.1).
"""

from mainline.gateway.http_answer import Headers, head
from mainline.gateway.http_request import Request
from mainline.gateway.upstream import Reply

_OF_A_CONNECTION = {
    b"connection",
    b"keep-alive",
    b"proxy-authenticate",
    b"proxy-authorization",
    b"proxy-connection",
    b"te",
    b"trailer",
    b"transfer-encoding",
    b"upgrade",
    b"http2-settings",
}
_OF_A_REQUEST = _OF_A_CONNECTION | {b"content-length", b"expect"}


def request_bytes(request: Request) -> bytes:
    """The request for the model server. Its body is whole, so it has a length."""
    lines = [b"%s %s HTTP/1.1" % (request.method.encode(), request.target)]
    lines += [name + b": " + value for name, value in _kept(request.headers, _OF_A_REQUEST)]
    if request.body or request.method == "POST":
        lines.append(b"Content-Length: %d" % len(request.body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + request.body


def answer_bytes(reply: Reply, own: Headers, *, close: bool) -> bytes:
    """The answer for the client, with headers of our own."""
    dropped = _OF_A_CONNECTION | {b"content-length"} | {name for name, _ in own}
    length = (b"Content-Length", b"%d" % len(reply.body))
    headers = [*_kept(reply.headers, dropped), length, *own]
    return head(reply.status, headers, close=close) + reply.body


def _kept(headers: Headers, dropped: set[bytes]) -> Headers:
    for name, value in headers:
        if name.lower() == b"connection" and value.lower() not in {b"keep-alive", b"close"}:
            dropped = dropped | {each.strip().lower() for each in value.split(b",")}
    return [(name, value) for name, value in headers if name.lower() not in dropped]
