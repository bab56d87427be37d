"""The bytes of an HTTP answer."""

from mainline.serving.rest_paths import Answer

Headers = list[tuple[bytes, bytes]]
REASONS = {
    200: "OK", 400: "Bad Request", 404: "Not Found", 408: "Request Timeout",
    413: "Content Too Large", 429: "Too Many Requests", 431: "Request Header Fields Too Large",
    500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway",
    503: "Service Unavailable", 504: "Gateway Timeout",
}  # fmt: skip


def rendered(
    answer: Answer, headers: Headers | tuple[()] = (), *, close: bool = False, body: bool = True
) -> bytes:
    """The bytes of an answer of ours."""
    own = [(b"Content-Type", answer.kind.encode()), (b"Content-Length", b"%d" % len(answer.body))]
    return head(answer.status, [*own, *headers], close=close) + (answer.body if body else b"")


def head(status: int, headers: Headers, *, close: bool) -> bytes:
    """Status line and headers."""
    lines = [b"HTTP/1.1 %d %s" % (status, REASONS.get(status, "Other").encode())]
    lines += [name + b": " + value for name, value in headers]
    if close:
        lines.append(b"Connection: close")
    return b"\r\n".join(lines) + b"\r\n\r\n"
